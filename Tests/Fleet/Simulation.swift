import WaybillPlanning

/// Hosts that pull one model, in steps of time. Between two steps every flow has its max-min fair share.
struct Simulation {
    struct Flow {
        /// A host, or -1 for the mirror.
        let from: Int32
        let to: Int32
        let fetch: SourceScheduler.Fetch
        var left: Double
        /// The sender says that it does not have it, or is gone: what the puller hears at the next step.
        var failure: SourceScheduler.Failure?
        var isWaiting = false
        var isCancelled = false
    }

    let options: FleetOptions
    private(set) var hosts: [Host] = []
    private(set) var now = 0.0
    private(set) var mirrorBytes = 0.0
    private(set) var peerBytes = 0.0
    private(set) var wastedBytes = 0.0
    private(set) var requests = 0
    private var flows: [Flow] = []
    private var mirrorLine: [Int] = []
    private var mirrorActive = 0
    private var generator: Generator
    private let layout: ChunkLayout
    /// Hosts that the mirror has given a ticket and has heard of lately.
    private var leased: [Int32] = []
    private var placeInLeased: [Int32] = []
    /// The next row that the mirror hands out unasked, and how many it may still hand out.
    private var nextAssigned = 0
    private var assignable: Int
    private var shares = FairShares()
    private var rates: [Double] = []
    private var traced = 0.0

    init(_ options: FleetOptions) {
        self.options = options
        generator = Generator(seed: options.seed)
        layout = ChunkLayout((0..<options.units).map { .init(row: $0, object: 0, offset: $0 * options.unit, stored: options.unit) })
        assignable = Int(Double(options.units) * options.copies)
        for _ in 0..<options.hosts { add(starts: generator.unit() * options.spread) }
    }

    private mutating func add(starts: Double) {
        let lot = generator.unit()
        let manner: Host.Manner =
            lot < options.hostile
            ? .hostile
            : lot < options.hostile + options.lying ? .lying : lot < options.hostile + options.lying + options.slow ? .slow : .honest
        hosts.append(
            Host(
                manner, starts: starts, slots: options.slots,
                upload: manner == .slow ? min(options.slowUpload, options.upload) : options.upload, units: options.units,
                unit: options.unit, layout: layout, seed: generator.next()))
        placeInLeased.append(-1)
    }

    /// Honest hosts that stayed, and the seconds that each took; nil: not done.
    var times: [Double?] {
        hosts.filter { !$0.announcesAll && !$0.isGone }.map { host in host.finished.map { $0 - host.starts } }
    }

    mutating func run() {
        while now < options.longest {
            churn()
            var isOver = true
            for index in hosts.indices where !hosts[index].isGone && !hosts[index].announcesAll && hosts[index].finished == nil {
                if hosts[index].starts < options.lastStart { isOver = false }
                guard hosts[index].starts <= now else { continue }
                if hosts[index].nextTicket <= now { ticket(index) }
                guard hosts[index].nextRefresh <= now else { continue }
                hosts[index].nextRefresh = now + options.refresh * (0.9 + 0.2 * generator.unit())
                refresh(index)
                fill(index)
            }
            for index in hosts.indices where hosts[index].announcesAll && !hosts[index].isGone && hosts[index].nextTicket <= now {
                ticket(index)
            }
            if isOver { return }
            move()
            if options.trace, Int(now / 0.25) != Int((now + options.step) / 0.25) { trace() }
            now += options.step
        }
    }

    /// What moved lately, as a share of all links, and how far the hosts are.
    private mutating func trace() {
        let rate = (peerBytes + mirrorBytes - traced) / 0.25 / (options.rate * Double(options.hosts))
        traced = peerBytes + mirrorBytes
        var copies = [Int](repeating: 0, count: options.units)
        var total = 0
        for host in hosts where !host.isGone {
            for row in host.log { copies[Int(row)] += 1 }
            total += host.log.count
        }
        let few = copies.filter { $0 < 10 }.count
        let none = copies.filter { $0 == 0 }.count
        let idle = hosts.filter { !$0.isGone && $0.finished == nil && !$0.announcesAll && $0.scheduler.fetchesUnderWay < 3 }.count
        print(
            "t \(Double(Int(now * 100)) / 100)  moved \(Int(rate * 100)) %  have \(100 * total / options.units / options.hosts) %  nowhere \(none)  rare \(few)",
            "starving \(idle)  at the mirror \(flows.filter { $0.from < 0 }.count)  flows \(flows.count)")
    }

    // MARK: Mirror

    /// The mirror names some peers by lot, and rows that it wants to be rid of.
    private mutating func ticket(_ index: Int) {
        hosts[index].nextTicket = now + options.ticket
        if placeInLeased[index] < 0 {
            placeInLeased[index] = Int32(leased.count)
            leased.append(Int32(index))
        }
        guard !hosts[index].announcesAll else { return }
        var live = 0
        for source in 1..<max(1, hosts[index].sources.count) where !hosts[index].scheduler.isBanned(source) {
            let peer = Int(hosts[index].sources[source])
            if placeInLeased[peer] >= 0 { live += 1 }
        }
        var tries = 0
        while live < options.peers, leased.count > 1, tries < 3 * options.peers {
            tries += 1
            let peer = leased[generator.below(leased.count)]
            guard peer != Int32(index), !hosts[index].sources.contains(peer) else { continue }
            let source = hosts[index].scheduler.addSource(.raw, .near)
            hosts[index].scheduler.setLayout(source, layout)
            hosts[index].sources.append(peer)
            hosts[index].read.append(0)
            if hosts[Int(peer)].announcesAll { hosts[index].scheduler.hold(source, RowSet(0..<options.units, capacity: options.units)) }
            live += 1
        }
        for _ in 0..<options.assigned where assignable > 0 {
            assignable -= 1
            hosts[index].scheduler.assign(Host.mirror, CollectionOfOne(nextAssigned))
            nextAssigned = (nextAssigned + 1) % options.units
        }
    }

    private mutating func churn() {
        guard options.churn > 0, generator.unit() < options.churn * Double(options.hosts) * options.step else { return }
        let index = generator.below(hosts.count)
        guard !hosts[index].isGone else { return }
        hosts[index].isGone = true
        let silent = generator.unit() < 0.5
        if placeInLeased[index] >= 0 {
            // The lease ends: nobody is sent there any more.
            let last = leased.removeLast()
            if Int(last) != index {
                leased[Int(placeInLeased[index])] = last
                placeInLeased[Int(last)] = placeInLeased[index]
            }
            placeInLeased[index] = -1
        }
        hosts[index].leavesSilently = silent
        for flow in flows.indices where flows[flow].from == Int32(index) && !silent { flows[flow].failure = .outage }
        for flow in flows.indices where flows[flow].to == Int32(index) { flows[flow].isCancelled = true }
        if now < options.lastStart { add(starts: now + options.step) }
    }

    // MARK: Peers

    /// The puller hears what came to its peers since it asked last.
    private mutating func refresh(_ index: Int) {
        for source in 1..<max(1, hosts[index].sources.count) {
            let peer = Int(hosts[index].sources[source])
            let known = Int(hosts[index].read[source])
            let count = hosts[peer].log.count
            guard known < count, !hosts[peer].isGone else { continue }
            hosts[index].read[source] = Int32(count)
            for place in known..<count { hosts[index].scheduler.hold(source, Int(hosts[peer].log[place])) }
        }
    }

    /// Carries out what the scheduler wants now.
    private mutating func fill(_ index: Int) {
        while let action = hosts[index].scheduler.next(at: now) {
            switch action {
            case .fetch(let fetch): start(fetch, to: index)
            case .cancel(let id):
                for flow in flows.indices where flows[flow].to == Int32(index) && flows[flow].fetch.id == id {
                    flows[flow].isCancelled = true
                }
            case .insist(let row, _): hosts[index].scheduler.insisted(row, from: nil)
            case .lost: break
            }
        }
    }

    private mutating func start(_ fetch: SourceScheduler.Fetch, to index: Int) {
        requests += 1
        let from = hosts[index].sources[fetch.source]
        var flow = Flow(from: from, to: Int32(index), fetch: fetch, left: Double(fetch.range.count))
        if from < 0 {
            flow.isWaiting = true
        } else {
            let peer = Int(from)
            if hosts[peer].isGone {
                flow.failure = hosts[peer].leavesSilently ? nil : .outage
            } else if hosts[peer].manner == .lying {
                flow.failure = .notThere
            } else if hosts[peer].uploads >= hosts[peer].slots + options.line {
                flow.failure = .busy(0.05 + 0.1 * generator.unit())
            } else {
                hosts[peer].uploads += 1
                flow.isWaiting = true
            }
        }
        flows.append(flow)
    }

    // MARK: Time

    /// One step: bytes move, and what is over is told.
    private mutating func move() {
        // Whoever came first is served first.
        var active = [Int](repeating: 0, count: hosts.count + 1)
        for flow in flows where !flow.isWaiting && !flow.isCancelled && flow.failure == nil {
            active[flow.from < 0 ? hosts.count : Int(flow.from)] += 1
        }
        for index in flows.indices where flows[index].isWaiting && !flows[index].isCancelled && flows[index].failure == nil {
            let from = flows[index].from < 0 ? hosts.count : Int(flows[index].from)
            guard active[from] < (from == hosts.count ? options.mirrorSlots : hosts[from].slots) else { continue }
            flows[index].isWaiting = false
            active[from] += 1
        }
        var links: [(from: Int32, to: Int32)] = []
        var moving: [Int] = []
        let count = Int32(hosts.count)
        for (index, flow) in flows.enumerated()
        where !flow.isWaiting && !flow.isCancelled && flow.failure == nil && (flow.from < 0 || !hosts[Int(flow.from)].isGone) {
            links.append((flow.from < 0 ? count : flow.from, count + 1 + flow.to))
            moving.append(index)
        }
        var capacities = hosts.map(\.upload)
        capacities.append(options.mirror)
        capacities += repeatElement(options.rate, count: hosts.count)
        shares.share(capacities, links, into: &rates)
        var endings: [(index: Int, at: Double)] = []
        for (place, index) in moving.enumerated() {
            let moved = min(flows[index].left, rates[place] * options.step)
            if flows[index].from < 0 { mirrorBytes += moved } else { peerBytes += moved }
            let before = flows[index].left
            flows[index].left -= moved
            if flows[index].left <= 0.5 { endings.append((index, now + before / rates[place])) }
        }
        let later = now + options.step
        for index in flows.indices where flows[index].isCancelled || flows[index].failure != nil { endings.append((index, later)) }
        guard !endings.isEmpty else { return }
        var touched: [Int] = []
        var isOver = [Bool](repeating: false, count: flows.count)
        for (index, time) in endings {
            isOver[index] = true
            end(flows[index], at: time)
            let to = Int(flows[index].to)
            if touched.last != to { touched.append(to) }
        }
        var place = 0
        flows.removeAll { _ in
            defer { place += 1 }
            return isOver[place]
        }
        now = later
        for index in touched where !hosts[index].isGone && hosts[index].finished == nil { fill(index) }
        now = later - options.step
    }

    private mutating func end(_ flow: Flow, at time: Double) {
        let index = Int(flow.to)
        let peer = Int(flow.from)
        let wasServed: Bool
        switch flow.failure {
        case .busy, .notThere: wasServed = false
        default: wasServed = peer >= 0 && !(hosts[peer].isGone)
        }
        if wasServed { hosts[peer].uploads -= 1 }
        guard !hosts[index].isGone else { return }
        if flow.isCancelled {
            wastedBytes += Double(flow.fetch.range.count) - flow.left
            hosts[index].scheduler.failed(flow.fetch.id, .cancelled, at: time)
        } else if let failure = flow.failure {
            hosts[index].scheduler.failed(flow.fetch.id, failure, at: time)
        } else {
            let rows = flow.fetch.pieces.map(\.row)
            let isWrong = peer >= 0 && hosts[peer].manner == .hostile
            if isWrong { wastedBytes += Double(flow.fetch.range.count) }
            let fresh = hosts[index].scheduler.finished(flow.fetch.id, verified: isWrong ? [] : rows, wrong: isWrong ? rows : [], at: time)
            for row in fresh { hosts[index].log.append(Int32(row)) }
            if hosts[index].finished == nil, hosts[index].scheduler.isDone { hosts[index].finished = time }
        }
    }
}
