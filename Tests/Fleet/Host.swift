import WaybillPlanning

/// One machine: pulls, and serves what it has.
struct Host {
    enum Manner { case honest, slow, hostile, lying }

    /// The mirror is every puller's first source.
    static let mirror = 0

    let manner: Manner
    let starts: Double
    var scheduler: SourceScheduler
    /// Hosts behind the scheduler's sources; the mirror is -1.
    var sources: [Int32] = [-1]
    /// How much of each source's log was read.
    var read: [Int32] = [0]
    /// Rows in the order in which they came: a bitmap, as its changes are told.
    var log: [Int32] = []
    var uploads = 0
    var upload: Double
    /// Requests that it answers at once.
    let slots: Int
    var finished: Double?
    var isGone = false
    var isHere = false
    var nextTicket = 0.0
    var nextRefresh = 0.0
    /// Its answers stop without a word when it leaves.
    var leavesSilently = false

    init(_ manner: Manner, starts: Double, slots: Int, upload: Double, units: Int, unit: Int, layout: ChunkLayout, seed: UInt64) {
        self.manner = manner
        self.starts = starts
        self.upload = upload
        // Side by side a slow peer would send all of them for a long time, and none soon.
        self.slots = max(1, min(slots, Int(upload / 40e6)))
        var limits = SchedulerLimits()
        limits.maximumRange = unit
        limits.minimumRange = unit
        limits.inFlight = max(6 * unit, 24 << 20)
        limits.hedgeRoom = 2 * unit
        limits.firstRate = 25e6
        limits.requests = 4
        limits.outagesUntilGivenUp = 1_000
        scheduler = SourceScheduler(limits, seed: seed)
        scheduler.addChunks([Int](repeating: unit, count: units))
        _ = scheduler.addSource(.packed, .far, isReserve: true)
        scheduler.setLayout(Host.mirror, layout)
        scheduler.hold(Host.mirror, RowSet(0..<units, capacity: units))
        nextTicket = starts
        nextRefresh = starts
    }

    /// What it says that it has is everything, true or not.
    var announcesAll: Bool { manner == .hostile || manner == .lying }
}
