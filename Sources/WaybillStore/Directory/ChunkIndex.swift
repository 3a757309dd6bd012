import Synchronization
import WaybillFormat
import WaybillSystem

/// Where the chunks of a directory store lie. Sorted segment files looked up by `pread`, and a table in memory for what came
/// since; a pack that no segment covers is read from its footer. Rebuildable: deleting the folder loses nothing.
///
/// Every call may block: use it on the pool. A place is given only if its pack is really there.
package final class ChunkIndex: Sendable {
    /// Rows in memory that make a segment.
    package static let flushRows = 65_536
    /// Segment files that make a merge.
    package static let mergeSegments = 12

    private struct State {
        var isOpen = false
        var segments: [IndexSegment] = []
        /// Packs that a segment or `recent` covers.
        var covered: Set<Digest> = []
        var recent: [ChunkName: ChunkPlace] = [:]
        var recentPacks: [Digest] = []
    }

    private let root: Folder
    private let folder: Folder
    private let label: String
    private let state = Mutex(State())

    package init(root: Folder, folder: Folder, label: String) {
        self.root = root
        self.folder = folder
        self.label = label
    }

    /// The place of each chunk; nil for one that the store does not hold.
    package func places(_ names: [ChunkName]) throws(StoreError) -> [ChunkPlace?] {
        try locked { (state) throws(StoreError) in
            try self.open(&state)
            var places: [ChunkPlace?] = names.map { state.recent[$0] }
            var open = names.indices.filter { places[$0] == nil }.sorted { names[$0] < names[$1] }
            for segment in state.segments.reversed() where !open.isEmpty {
                let found = try segment.places(open.map { names[$0] })
                var still: [Int] = []
                for (slot, place) in zip(open, found) {
                    if let place { places[slot] = place } else { still.append(slot) }
                }
                open = still
            }
            var present: [Digest: Int] = [:]
            for slot in places.indices {
                guard let place = places[slot] else { continue }
                let size: Int
                if let known = present[place.pack] {
                    size = known
                } else {
                    size = try self.size(of: place.pack)
                    present[place.pack] = size
                }
                if place.offset + place.stored > size { places[slot] = nil }
            }
            return places
        }
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
        for row in rows { state.recent[row.name] = ChunkPlace(pack: pack, offset: row.offset, stored: row.stored) }
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
        let rows = state.recent.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
        let segment = try IndexSegment.write(rows, packs: state.recentPacks, in: folder)
        state.segments.append(segment)
        state.recent.removeAll(keepingCapacity: true)
        state.recentPacks.removeAll()
        if state.segments.count >= Self.mergeSegments {
            let merged = try IndexSegment.merge(state.segments, in: folder)
            // Another process may be reading the old ones: it holds them open, and what it misses it reads from footers.
            for old in state.segments { try storing { () throws(SystemError) in try folder.remove(old.name) } }
            state.segments = [merged]
        }
    }
}
