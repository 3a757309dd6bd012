import Synchronization
import WaybillFormat
import WaybillStore
import WaybillSystem

/// What moved.
struct TransferOutcome: Sendable {
    var bytesFetched = 0
    var chunksFetched = 0
    var sources: [TransferReport.Source] = []
}

/// The files being built and where their chunks go.
struct BuildState: Sendable {
    var targets: [PullTarget] = []
    /// Chunks that are not written yet, in file order.
    var order: [ChunkName] = []
    var destinations: [ChunkName: [Destination]] = [:]
    var openRows: [Int] = []
}

extension Pull {
    /// Barriers, so that a power loss costs no more than this.
    static let barrierBytes = 256 << 20
    static let barrierNanoseconds: UInt64 = 5_000_000_000

    /// Builds every target as a verified part.
    func transfer(
        _ folder: CheckoutFolder, resolved: Resolved, survey: Survey, old: Checkout?
    ) async throws(TransferError) -> TransferOutcome {
        guard !survey.build.isEmpty else { return TransferOutcome() }
        let (parts, recovered) = try await work.perform { _ throws(TransferError) in
            try lifting { () throws(SystemError) in (try PartFiles(state: folder.state), try Journal.recover(folder.state)) }
        }
        var state = Self.targets(survey.build, rows: resolved.rows)
        let confirmed = try await resume(&state, parts: parts, recovered: recovered, rows: resolved.rows)
        let journal = try await work.perform { _ throws(TransferError) in
            try lifting { () throws(SystemError) in try Journal.begin(folder.state, keeping: confirmed) }
        }
        let reused = survey.build.reduce(0) { $0 + $1.size } - Self.openBytes(state)
        meter.update {
            $0.phase = .transferring
            $0.bytesReused = $0.bytesTotal - survey.build.reduce(0) { $0 + $1.size } + reused
            $0.bytesDone = $0.bytesReused
            $0.filesDone = survey.kept.count
        }
        try await reuseLocal(&state, folder: folder, resolved: resolved, survey: survey, old: old, parts: parts, journal: journal)
        try await requireSpace(folder, state, resolved)
        var outcome = TransferOutcome(
            bytesFetched: state.order.reduce(0) { $0 + $1.length * (state.destinations[$1]?.count ?? 0) }, chunksFetched: state.order.count)
        outcome.sources = try await fetch(state, resolved: resolved, parts: parts, journal: journal)
        return outcome
    }

    static func openBytes(_ state: BuildState) -> Int {
        state.order.reduce(0) { $0 + $1.length * (state.destinations[$1]?.count ?? 0) }
    }

    static func targets(_ files: [ManifestFile], rows: [ChunkRow]) -> BuildState {
        var state = BuildState()
        var ordinals: [Digest: Int] = [:]
        for file in files {
            let own = rows[file.firstRow..<file.firstRow + file.rows]
            let key = PullTarget.key(file, own)
            let ordinal = ordinals[key, default: 0]
            ordinals[key] = ordinal + 1
            let index = state.targets.count
            state.targets.append(PullTarget(file: file, key: key, ordinal: ordinal))
            state.openRows.append(file.rows)
            var offset = 0
            for (row, chunk) in own.enumerated() {
                if state.destinations[chunk.name] == nil { state.order.append(chunk.name) }
                state.destinations[chunk.name, default: []].append(Destination(target: index, row: row, offset: offset))
                offset += chunk.name.length
            }
        }
        return state
    }

    /// Takes over what an earlier run wrote: trusted rows as they are, doubtful ones after hashing.
    /// - Returns: the rows that are there.
    private func resume(
        _ state: inout BuildState, parts: PartFiles, recovered: Journal.Recovered, rows: [ChunkRow]
    ) async throws(TransferError) -> [Journal.Row] {
        let targets = state.targets
        var index: [String: Int] = [:]
        for (number, target) in targets.enumerated() { index[target.part] = number }
        let known = index
        let present = try await work.perform { _ throws(TransferError) in
            try lifting { () throws(SystemError) in
                // Parts of other revisions stay only if this one can use them.
                try parts.removeAll(except: Set(known.keys))
                var present: Set<String> = []
                for target in targets {
                    guard let status = try parts.folder.status(target.part) else { continue }
                    if status.kind == .file, status.size == target.file.size {
                        present.insert(target.part)
                    } else {
                        try parts.folder.removeTree(target.part)
                    }
                }
                return present
            }
        }
        var held: Set<Destination> = []
        var confirmed: [Journal.Row] = []
        var offsets: [Int: [Int]] = [:]
        for (rowsToTake, isTrusted) in [(recovered.trusted, true), (recovered.doubtful, false)] {
            for row in rowsToTake {
                let part = PartFiles.name(row.key, row.ordinal)
                guard present.contains(part), let number = index[part], row.row < targets[number].file.rows else { continue }
                let file = targets[number].file
                let name = rows[file.firstRow + row.row].name
                if offsets[number] == nil { offsets[number] = Self.offsets(rows[file.firstRow..<file.firstRow + file.rows]) }
                guard let offset = offsets[number]?[row.row] else { continue }
                if !isTrusted {
                    let isRight = try await work.perform { context throws(TransferError) in
                        try Self.holds(name, part: part, size: file.size, offset: offset, parts, &context)
                    }
                    guard isRight else { continue }
                }
                if held.insert(Destination(target: number, row: row.row, offset: offset)).inserted { confirmed.append(row) }
            }
        }
        // The next barrier vouches for these rows too, and the process that wrote them may have been killed before it synced.
        parts.noteDirty(Set(held.map { targets[$0.target].part }))
        Self.settle(&state, held)
        return confirmed
    }

    /// Where each row begins in its file.
    private static func offsets(_ rows: ArraySlice<ChunkRow>) -> [Int] {
        var next = 0
        return rows.map { row in
            defer { next += row.name.length }
            return next
        }
    }

    private static func holds(
        _ name: ChunkName, part: String, size: Int, offset: Int, _ parts: PartFiles, _ context: inout WorkContext
    ) throws(TransferError) -> Bool {
        let buffer = context.chunk
        buffer.resize(0)
        let got = try lifting { () throws(SystemError) in
            try parts.file(part, size: size).read(at: offset, count: name.length, into: buffer)
        }
        guard got == name.length, let chunk = VerifiedChunk.naming(buffer, range: 0..<got) else { return false }
        return chunk.name == name
    }

    /// Takes places that are filled out of the state.
    static func settle(_ state: inout BuildState, _ held: Set<Destination>) {
        guard !held.isEmpty else { return }
        var order: [ChunkName] = []
        for name in state.order {
            let open = (state.destinations[name] ?? []).filter { !held.contains($0) }
            if open.isEmpty {
                state.destinations[name] = nil
            } else {
                state.destinations[name] = open
                order.append(name)
            }
        }
        state.order = order
        for destination in held { state.openRows[destination.target] -= 1 }
    }
}
