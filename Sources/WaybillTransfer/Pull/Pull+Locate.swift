import WaybillFormat
import WaybillStore
import WaybillSystem

extension Pull {
    /// A chunk's row of the chunk table, as locators count: the list's number, and the row in it.
    private struct TableRow {
        let list: Int
        let row: Int
    }

    private static func tableRow(of name: ChunkName, _ state: BuildState) -> TableRow? {
        guard let destination = state.destinations[name]?.first else { return nil }
        let row = state.targets[destination.target].file.firstRow + destination.row
        return TableRow(list: row / Limits.segmentRows, row: row % Limits.segmentRows)
    }

    /// The list segment and row in which a chunk stands.
    static func position(
        of name: ChunkName, _ state: BuildState, _ resolved: Resolved
    ) -> (segment: Digest, rows: Int, row: Int)? {
        tableRow(of: name, state).map { (resolved.manifest.lists[$0.list], resolved.segments[$0.list].rows.count, $0.row) }
    }

    /// Where the sources say that the next chunks lie; the first source counts, the others for what it lacks.
    /// - Parameter start: of the first chunk, in `state.order`.
    /// - Returns: fewer than all that are left, and none only at the end.
    func locate(
        from start: Int, _ state: BuildState, _ resolved: Resolved
    ) async throws(TransferError) -> [(name: ChunkName, place: ChunkPlace)] {
        let names = state.order[start..<min(start + options.chunksLocated, state.order.count)]
        var wanted: [Int: [(name: ChunkName, row: Int)]] = [:]
        for name in names {
            if let found = Self.tableRow(of: name, state) { wanted[found.list, default: []].append((name, found.row)) }
        }
        var places: [ChunkName: ChunkPlace] = [:]
        var failure: TransferError?
        for (list, rows) in wanted.sorted(by: { $0.key < $1.key }) {
            // A chunk that only another source has is asked of the first in vain, and then found there.
            for source in [source] + extraSources {
                guard rows.contains(where: { places[$0.name] == nil }) else { break }
                do throws(StoreError) {
                    let locator = try await RevisionReader(source)
                        .locator(resolved.manifest.lists[list], rows: resolved.segments[list].rows.count)
                    for (name, row) in rows where places[name] == nil {
                        // No frame is longer: a locator that says so would only make us read more.
                        if let place = locator.places[row], place.stored <= name.length + Limits.frameOverhead { places[name] = place }
                    }
                } catch {
                    let mayBeElsewhere = error.code == .integrity || error.code == .notFound || error.code == .unavailable
                    guard mayBeElsewhere, !extraSources.isEmpty else { throw TransferError(error) }
                    failure = failure ?? TransferError(error)
                }
            }
        }
        return try names.map { (name) throws(TransferError) in
            guard let place = places[name] else {
                throw failure
                    ?? TransferError(
                        .integrity, subject: "\(source.label): chunk \(name.digest)", cause: "the mirror does not hold it",
                        remedy: "Push the revision again, or pull from another mirror")
            }
            return (name, place)
        }
    }

    /// Where one source says that the next chunks lie: rows of `state.order`.
    /// - Returns: how many chunks it was asked for, and those that it has.
    func locate(
        _ source: any ChunkSource, from start: Int, _ state: BuildState, _ resolved: Resolved
    ) async throws(TransferError) -> (count: Int, places: [(row: Int, place: ChunkPlace)]) {
        let asked = start..<min(start + options.chunksLocated, state.order.count)
        var wanted: [Int: [(row: Int, tableRow: Int)]] = [:]
        for row in asked {
            if let found = Self.tableRow(of: state.order[row], state) { wanted[found.list, default: []].append((row, found.row)) }
        }
        var places: [(row: Int, place: ChunkPlace)] = []
        for (list, rows) in wanted.sorted(by: { $0.key < $1.key }) {
            let locator = try await lifting { () async throws(StoreError) in
                try await RevisionReader(source).locator(resolved.manifest.lists[list], rows: resolved.segments[list].rows.count)
            }
            for (row, tableRow) in rows {
                // No frame is longer: a locator that says so would only make us read more.
                guard let place = locator.places[tableRow], place.stored <= state.order[row].length + Limits.frameOverhead else { continue }
                places.append((row, place))
            }
        }
        return (asked.count, places.sorted { $0.row < $1.row })
    }

    /// Fails before the first byte when the disk is too small.
    func requireSpace(_ folder: CheckoutFolder, _ state: BuildState, _ resolved: Resolved) async throws(TransferError) {
        let available = try await work.perform { _ throws(TransferError) in
            try lifting { () throws(SystemError) in try DiskSpace.available(at: folder.root.path) }
        }
        var needed = Self.openBytes(state)
        var start = 0
        while needed > available, start < state.order.count {
            let places = try await locate(from: start, state, resolved)
            // A chunk that is stored in next to nothing is one value, most likely zero, and will be a hole.
            for (name, place) in places where place.stored * 64 < name.length {
                needed -= name.length * (state.destinations[name]?.count ?? 0)
            }
            start += places.count
        }
        guard needed <= available else {
            throw TransferError(
                .storage, subject: folder.root.path, cause: "needs \(needed) bytes more, and the disk has \(available)",
                remedy: "Free some space, or pull to another disk; --include takes only some files")
        }
    }
}
