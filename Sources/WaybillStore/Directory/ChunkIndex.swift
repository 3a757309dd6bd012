import Synchronization
import WaybillFormat
import WaybillSystem

/// Where the chunks of a directory store lie. Sorted segment files looked up by `pread`, and a table in memory for what came
/// since; a pack that no segment covers is read from its footer. Rebuildable: deleting the folder loses nothing.
///
/// Every call may block: use it on the pool. A place is given only if its pack is really there.
package final class ChunkIndex: Sendable {
    /// Which copies of a chunk will do.
    package enum Copies: Sendable {
        /// Only those that no condemned set names: what a writer may rely on.
        case lasting
        /// Any that can be read now; lasting ones are preferred.
        case readable
    }

    /// Rows in memory that make a segment.
    package static let flushRows = 65_536
    /// Segments of about the same size that are merged: a row is written once for each tier, which is eight times the one below.
    package static let mergeSegments = 8
    /// Rows of the largest segment of the lowest tier.
    private static let lowestTier = 32_768

    private struct State {
        var isOpen = false
        var segments: [IndexSegment] = []
        /// Packs that a segment or `recent` covers.
        var covered: Set<Digest> = []
        var recent: [ChunkName: ChunkPlace] = [:]
        /// Further copies of chunks in `recent`, in other packs.
        var copies: [ChunkName: [ChunkPlace]] = [:]
        var recentPacks: [Digest] = []
        /// Packs that were found to be gone.
        var gone: Set<Digest> = []
        /// Of the condemned sets at the last look.
        var generation = 0
    }

    private let root: Folder
    private let folder: Folder
    private let label: String
    private let condemned: CondemnedSets
    private let state = Mutex(State())

    package init(root: Folder, folder: Folder, label: String, condemned: CondemnedSets? = nil) {
        self.root = root
        self.folder = folder
        self.label = label
        self.condemned = condemned ?? CondemnedSets(root: root)
    }

    /// The place of each chunk; nil for one that the store does not hold, or holds only where `copies` excludes it.
    /// - Parameter avoiding: packs that will not do either.
    package func places(
        _ names: [ChunkName], _ copies: Copies = .lasting, avoiding: Set<Digest> = []
    ) throws(StoreError) -> [ChunkPlace?] {
        try locked { (state) throws(StoreError) in
            try self.open(&state)
            let condemned = try self.lookAtSets(&state)
            var search = Search(count: names.count, copies: copies) { condemned.contains($0) || avoiding.contains($0) }
            try self.run(&search, for: names, in: state)
            // A collector may have moved to other packs what lay in one that is gone.
            let gone = search.gone.subtracting(state.gone)
            if !gone.isEmpty {
                state.gone.formUnion(gone)
                try self.readUncovered(&state)
                try self.run(&search, for: names, in: state)
            }
            return search.places
        }
    }

    private func run(_ search: inout Search, for names: [ChunkName], in state: State) throws(StoreError) {
        for slot in names.indices where !search.isDone(slot) {
            guard let place = state.recent[names[slot]] else { continue }
            for place in [place] + (state.copies[names[slot]] ?? []) where try search.take(slot, place, size) { break }
        }
        var open = names.indices.filter { !search.isDone($0) }.sorted { names[$0] < names[$1] }
        for segment in state.segments.reversed() where !open.isEmpty {
            try segment.forEachPlace(of: open.map { names[$0] }) { (index, place) throws(StoreError) in
                try search.take(open[index], place, size)
            }
            open.removeAll { search.isDone($0) }
        }
    }

    /// One look-up of many chunks: takes the first copy that will do.
    private struct Search {
        private let copies: Copies
        private let isExcluded: (Digest) -> Bool
        private(set) var places: [ChunkPlace?]
        private var isLasting: [Bool]
        private var sizes: [Digest: Int] = [:]
        /// Packs that are named and not there.
        private(set) var gone: Set<Digest> = []

        init(count: Int, copies: Copies, isExcluded: @escaping (Digest) -> Bool) {
            self.copies = copies
            self.isExcluded = isExcluded
            places = Array(repeating: nil, count: count)
            isLasting = Array(repeating: false, count: count)
        }

        func isDone(_ slot: Int) -> Bool { isLasting[slot] }

        /// - Returns: whether the slot needs no other copy.
        mutating func take(_ slot: Int, _ place: ChunkPlace, _ size: (Digest) throws(StoreError) -> Int) throws(StoreError) -> Bool {
            let excluded = isExcluded(place.pack)
            if excluded, copies == .lasting || places[slot] != nil { return false }
            let byteCount: Int
            if let known = sizes[place.pack] {
                byteCount = known
            } else {
                byteCount = try size(place.pack)
                sizes[place.pack] = byteCount
                if byteCount == 0 { gone.insert(place.pack) }
            }
            guard place.offset + place.stored <= byteCount else { return false }
            places[slot] = place
            isLasting[slot] = !excluded
            return !excluded
        }
    }

    /// The condemned packs. After a change other packs may hold what they held: a collector that repacks adds them before.
    private func lookAtSets(_ state: inout State) throws(StoreError) -> Set<Digest> {
        let view = try condemned.current()
        if view.generation != state.generation {
            try readUncovered(&state)
            state.generation = view.generation
        }
        return view.packs
    }

    /// Notes the rows of a pack that is durable in the store.
    package func add(_ pack: Digest, rows: [PackRow]) throws(StoreError) {
        try locked { (state) throws(StoreError) in
            try self.open(&state)
            self.note(pack, rows, in: &state)
            if state.recent.count >= Self.flushRows { try self.write(&state) }
        }
    }

    /// Writes what is only in memory to a segment.
    package func flush() throws(StoreError) {
        try locked { (state) throws(StoreError) in
            try self.open(&state)
            if !state.recent.isEmpty { try self.write(&state) }
        }
    }

    /// Drops the rows of packs that are gone; for a collector, after it has deleted them.
    package func prune() throws(StoreError) {
        try locked { (state) throws(StoreError) in
            try self.open(&state)
            if !state.recent.isEmpty { try self.write(&state) }
            var gone: Set<Digest> = []
            for pack in state.segments.flatMap(\.packs) where try self.size(of: pack) == 0 { gone.insert(pack) }
            guard !gone.isEmpty else { return }
            let merged = try IndexSegment.merge(state.segments, dropping: gone, in: self.folder)
            for old in state.segments { try storing { () throws(SystemError) in try self.folder.remove(old.name) } }
            state.segments = merged.map { [$0] } ?? []
            state.covered = Set(state.segments.flatMap(\.packs))
        }
    }

    /// Looks for packs that other processes added.
    package func refresh() throws(StoreError) {
        try locked { (state) throws(StoreError) in
            try self.open(&state)
            try self.readUncovered(&state)
        }
    }

    private func locked<T: Sendable>(_ body: (inout State) throws(StoreError) -> T) throws(StoreError) -> T {
        let result = state.withLock { state -> Result<T, StoreError> in
            do throws(StoreError) { return .success(try body(&state)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Bytes of a pack; 0 for one that is gone. A truncated one does not hold its last chunks: they are sent again.
    private func size(of pack: Digest) throws(StoreError) -> Int {
        do throws(SystemError) {
            return try root.folder(["packs", pack.shard]).status(pack.hex)?.size ?? 0
        } catch {
            if error.code == .notFound { return 0 }
            throw StoreError(error)
        }
    }

    private func note(_ pack: Digest, _ rows: [PackRow], in state: inout State) {
        guard state.covered.insert(pack).inserted else { return }
        state.recentPacks.append(pack)
        for row in rows {
            let place = ChunkPlace(pack: pack, offset: row.offset, stored: row.stored)
            // A pack may go while another one with the same chunk stays: both places count.
            if let other = state.recent.updateValue(place, forKey: row.name), other.pack != pack {
                state.copies[row.name, default: []].append(other)
            }
        }
    }

    private func open(_ state: inout State) throws(StoreError) {
        guard !state.isOpen else { return }
        for name in try storing({ () throws(SystemError) in try folder.names().sorted() }) where name.hasSuffix(".wbx") {
            // A damaged segment is only a cache that failed: drop it, its packs are read again.
            guard let segment = try? IndexSegment(folder: folder, name: name) else {
                try storing { () throws(SystemError) in try folder.remove(name) }
                continue
            }
            state.segments.append(segment)
            state.covered.formUnion(segment.packs)
        }
        try readUncovered(&state)
        state.isOpen = true
    }

    private func readUncovered(_ state: inout State) throws(StoreError) {
        guard let packs = try? root.folder("packs") else { return }
        for shard in try storing({ () throws(SystemError) in try packs.names() }) {
            guard shard.utf8.count == 2, let inner = try? packs.folder(shard) else { continue }
            var isDurable = false
            for name in try storing({ () throws(SystemError) in try inner.names() }) {
                guard let pack = Digest(hex: name), pack.shard == shard, !state.covered.contains(pack) else { continue }
                guard let file = try? inner.file(name, .read), let size = try? file.status().size,
                    let footer = try? PackFile.footer(of: file, size: size, name: pack, label: label)
                else { continue }  // An unreadable pack holds nothing that could be promised.
                if !isDurable {
                    // Its writer may have been killed before the name was durable; whoever hears of its chunks relies on them.
                    try storing { () throws(SystemError) in for folder in [inner, packs, root] { try folder.settle() } }
                    isDurable = true
                }
                note(pack, footer.rows, in: &state)
                if state.recent.count >= Self.flushRows { try write(&state) }
            }
        }
    }

    private func write(_ state: inout State) throws(StoreError) {
        let copies = state.copies.flatMap { (name, places) in places.map { (name, $0) } }
        let rows = (state.recent.map { ($0.key, $0.value) } + copies).sorted { $0.0 < $1.0 }
        let segment = try IndexSegment.write(rows, packs: state.recentPacks, in: folder)
        state.segments.append(segment)
        state.recent.removeAll(keepingCapacity: true)
        state.copies.removeAll()
        state.recentPacks.removeAll()
        try mergeTiers(&state)
    }

    private func mergeTiers(_ state: inout State) throws(StoreError) {
        while let full = Dictionary(grouping: state.segments, by: { Self.tier($0.rowCount) }).values.first(
            where: { $0.count >= Self.mergeSegments })
        {
            let merged = try IndexSegment.merge(full, in: folder)
            // Another process may be reading the old ones: it holds them open, and what it misses it reads from footers.
            for old in full { try storing { () throws(SystemError) in try folder.remove(old.name) } }
            let names = Set(full.map(\.name))
            state.segments = state.segments.filter { !names.contains($0.name) } + (merged.map { [$0] } ?? [])
        }
    }

    private static func tier(_ rows: Int) -> Int {
        var tier = 0
        var largest = lowestTier
        while rows > largest {
            tier += 1
            largest *= mergeSegments
        }
        return tier
    }
}
