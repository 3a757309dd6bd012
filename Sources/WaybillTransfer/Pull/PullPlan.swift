import WaybillFormat
import WaybillStore

/// Decides what a pull does next. Pure: no clock, no I/O; the driver carries out an action and reports what came of it.
///
/// Legal order: `start`, then for each action that `next` gave exactly one of `fetched`, `failed`, `verified`; `next` returns nil
/// while everything possible is under way, and `isDone` tells the end.
package struct PullPlan: Sendable {
    /// A chunk inside a range of a pack.
    package struct Piece: Hashable, Sendable {
        package let name: ChunkName
        /// Offset in the pack.
        package let offset: Int
        package let stored: Int
    }

    /// One request: a range of one pack.
    package struct Fetch: Hashable, Sendable {
        package let pack: Digest
        package let range: Range<Int>
        package let pieces: [Piece]
    }

    package enum Action: Hashable, Sendable {
        case fetch(Fetch)
        /// All chunks of a target are written: hash the whole file.
        case verify(target: Int)
    }

    /// Bytes of a request. With eight of them under way a killed pull has received 24 MiB that are not journalled.
    package static let maximumRange = 3 << 20
    /// Unwanted bytes that are read rather than making another request.
    package static let maximumGap = 128 << 10

    private var fetches: [Fetch]
    private var nextFetch = 0
    private var openRows: [Int]
    private var ready: [Int] = []
    private var underWay = 0
    private var verifiedCount = 0
    private let destinations: [ChunkName: [Destination]]

    /// - Parameters:
    ///   - places: where wanted chunks lie; `add` takes the others.
    ///   - destinations: where each wanted chunk goes; chunks that are here already are not in it.
    ///   - openRows: for each target, rows that are not written yet.
    package init(places: [(name: ChunkName, place: ChunkPlace)], destinations: [ChunkName: [Destination]], openRows: [Int]) {
        self.destinations = destinations
        self.openRows = openRows
        ready = openRows.indices.filter { openRows[$0] == 0 }
        fetches = Self.coalesce(places)
    }

    /// Where more of the wanted chunks lie. What was given out is forgotten.
    package mutating func add(_ places: [(name: ChunkName, place: ChunkPlace)]) {
        fetches.removeFirst(nextFetch)
        nextFetch = 0
        fetches += Self.coalesce(places)
    }

    /// Ranges in the order of the first chunk that each pack serves, so that files complete one after another.
    package static func coalesce(_ places: [(name: ChunkName, place: ChunkPlace)]) -> [Fetch] {
        var order: [Digest: Int] = [:]
        for (index, item) in places.enumerated() where order[item.place.pack] == nil { order[item.place.pack] = index }
        let sorted = places.sorted { a, b in
            let (first, second) = (order[a.place.pack] ?? 0, order[b.place.pack] ?? 0)
            return first == second ? a.place.offset < b.place.offset : first < second
        }
        var fetches: [Fetch] = []
        var pieces: [Piece] = []
        var pack: Digest?
        var start = 0
        var end = 0
        func close() {
            if let pack, !pieces.isEmpty { fetches.append(Fetch(pack: pack, range: start..<end, pieces: pieces)) }
            pieces = []
        }
        for (name, place) in sorted {
            let stop = place.offset + place.stored
            let joins = pack == place.pack && !pieces.isEmpty && place.offset <= end + maximumGap && max(end, stop) - start <= maximumRange
            if !joins {
                close()
                pack = place.pack
                start = place.offset
                end = place.offset
            }
            pieces.append(Piece(name: name, offset: place.offset, stored: place.stored))
            end = max(end, stop)
        }
        close()
        return fetches
    }

    package var isDone: Bool { verifiedCount == openRows.count }

    /// Requests that were not given out yet.
    package var fetchesLeft: Int { fetches.count - nextFetch }

    /// What to do now; nil while nothing more can be begun. Verification goes first: its pages are warm.
    package mutating func next() -> Action? {
        if let target = ready.popLast() {
            underWay += 1
            return .verify(target: target)
        }
        guard nextFetch < fetches.count else { return nil }
        underWay += 1
        defer { nextFetch += 1 }
        return .fetch(fetches[nextFetch])
    }

    package func destinations(of name: ChunkName) -> [Destination] { destinations[name] ?? [] }

    /// Chunks of a fetch were written.
    package mutating func fetched(_ names: [ChunkName]) {
        underWay -= 1
        for name in names {
            for destination in destinations[name] ?? [] {
                openRows[destination.target] -= 1
                if openRows[destination.target] == 0 { ready.append(destination.target) }
            }
        }
    }

    /// A target's whole-file digest was right.
    package mutating func verified(_ target: Int) {
        underWay -= 1
        verifiedCount += 1
    }
}
