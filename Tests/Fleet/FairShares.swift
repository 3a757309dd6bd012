/// Max-min fair shares of links: no flow can get more without one that has no more getting less. Every flow passes two links, the
/// sender's way out and the receiver's way in.
struct FairShares {
    private var capacity: [Double] = []
    private var count: [Int32] = []
    private var first: [Int32] = []
    private var order: [Int32] = []
    private var heap: [(share: Double, link: Int32)] = []

    /// - Parameters:
    ///   - capacities: of all links.
    ///   - links: the two of each flow.
    ///   - rates: of each flow; set.
    mutating func share(_ capacities: [Double], _ links: [(from: Int32, to: Int32)], into rates: inout [Double]) {
        capacity = capacities
        count = [Int32](repeating: 0, count: capacities.count)
        for link in links {
            count[Int(link.from)] += 1
            count[Int(link.to)] += 1
        }
        first = [Int32](repeating: 0, count: capacities.count + 1)
        for link in capacities.indices { first[link + 1] = first[link] + count[link] }
        var fill = first
        order = [Int32](repeating: 0, count: 2 * links.count)
        for (flow, link) in links.enumerated() {
            for end in [link.from, link.to] {
                order[Int(fill[Int(end)])] = Int32(flow)
                fill[Int(end)] += 1
            }
        }
        rates = [Double](repeating: -1, count: links.count)
        heap.removeAll(keepingCapacity: true)
        for link in capacities.indices where count[link] > 0 { push(capacity[link] / Double(count[link]), Int32(link)) }
        while let (share, link) = pop() {
            let index = Int(link)
            guard count[index] > 0 else { continue }
            let current = capacity[index] / Double(count[index])
            // Shares only grow while others are settled: the link waits for its turn again.
            guard share >= current * (1 - 1e-9) else {
                push(current, link)
                continue
            }
            for place in first[index]..<first[index + 1] {
                let flow = Int(order[Int(place)])
                guard rates[flow] < 0 else { continue }
                rates[flow] = share
                for end in [links[flow].from, links[flow].to] {
                    let other = Int(end)
                    capacity[other] = max(0, capacity[other] - share)
                    count[other] -= 1
                }
            }
        }
    }

    private mutating func push(_ share: Double, _ link: Int32) {
        heap.append((share, link))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].share < heap[parent].share else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() -> (Double, Int32)? {
        guard let top = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return (top.share, top.link) }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].share < heap[least].share {
                least = child
            }
            guard least != parent else { return (top.share, top.link) }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
