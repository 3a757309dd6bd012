import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem

/// A chunk that lies in a slab, hashed.
package struct ReadChunk: Sendable {
    package let name: ChunkName
    package let element: ElementType
    package let range: Range<Int>
}

/// What a file turned out to be.
package struct ReadFile: Sendable {
    package let index: Int
    package let sha256: Digest
    package let format: FileFormat
}

/// Bytes that were read once: hashed into chunks, perhaps of several small files.
package struct ReadBatch: Sendable {
    package let slab: Slab
    /// The chunks of each file piece: index of the file and number of its first row here.
    package var pieces: [(file: Int, firstRow: Int, chunks: [ReadChunk])]
    /// Files that are wholly read with this batch.
    package var finished: [ReadFile]
}

/// The SHA-256 of one large file, fed window by window in order, each on the pool while later windows are already read.
final class RunningFileDigest: @unchecked Sendable {
    private var hasher: SHA256Running
    private var last: Task<Void, Never>?

    init(after state: SHA256Running.State?) { hasher = state.map(SHA256Running.init) ?? SHA256Running() }

    /// Hashes `range` of `slab` after everything that was fed before. Called by one task only.
    /// - Parameter then: gets the state behind it, on the pool.
    func feed(_ slab: Slab, range: Range<Int>, work: Work, then: @escaping @Sendable (SHA256Running.State) -> Void) {
        let previous = last
        last = Task {
            await previous?.value
            // Window waits for window here, and nothing of a file can end before the last.
            await work.pool.run(ahead: true) { _ in
                self.hasher.update(slab, range: range)
                then(self.hasher.state)
            }
        }
    }

    func finish() async -> Digest {
        await last?.value
        return hasher.digest()
    }
}

/// Reads source files into batches of about 8 MiB, each byte once. Pure disk and hash work; knows no store.
package struct FileReader: Sendable {
    /// Bytes of a batch. Eight chunks: a job is long against its hand-over, and several fit the memory budget.
    package static let window = 8 << 20
    /// A larger file has windows of its own; smaller ones share.
    package static let shared = 4 << 20
    /// Files of one shared batch.
    package static let sharedFiles = 1_024

    let work: Work

    package init(work: Work) { self.work = work }

    /// Groups of files that share a batch; a large file is a group of its own.
    /// - Parameter known: indices of files that need not be read.
    package static func groups(_ files: [SourceFile], without known: Set<Int> = []) -> [[Int]] {
        var groups: [[Int]] = []
        var current: [Int] = []
        var bytes = 0
        for (index, file) in files.enumerated() where !known.contains(index) {
            if file.status.size > shared {
                groups.append([index])
                continue
            }
            if bytes + file.status.size > window || current.count >= sharedFiles {
                groups.append(current)
                current = []
                bytes = 0
            }
            current.append(index)
            bytes += file.status.size
        }
        if !current.isEmpty { groups.append(current) }
        return groups
    }

    /// Reads files of at most `shared` bytes each into one batch.
    package func readShared(_ indices: [Int], of files: [SourceFile]) async throws(TransferError) -> ReadBatch {
        let total = indices.reduce(0) { $0 + files[$1].status.size }
        let slab = await work.memory.acquire(max(total, 1))
        return try await work.perform { _ throws(TransferError) in
            var batch = ReadBatch(slab: slab, pieces: [], finished: [])
            for index in indices { try Self.readWhole(index, files[index], into: &batch) }
            return batch
        }
    }

    private static func readWhole(_ index: Int, _ source: SourceFile, into batch: inout ReadBatch) throws(TransferError) {
        let slab = batch.slab
        let start = slab.count
        let file = try open(source)
        let got = try lifting { () throws(SystemError) in try file.read(at: 0, count: source.status.size, into: slab) }
        guard got == source.status.size else { throw changed(source) }
        try requireUnchanged(file, source)
        let layout = FileLayout.detect(size: got) { (offset: Int, count: Int) in
            slab.bytes(start + offset..<start + min(offset + count, got))
        }
        var chunks: [ReadChunk] = []
        for span in layout.spans {
            switch span.kind {
            case .fixed(let element):
                chunks.append(try name(slab, start + span.offset..<start + span.offset + span.length, element, source))
            case .contentDefined:
                var at = start + span.offset
                let end = at + span.length
                while at < end {
                    let length = GearChunker.cut(slab, from: at, to: end, isLast: true) ?? (end - at)
                    chunks.append(try name(slab, at..<at + length, .opaque, source))
                    at += length
                }
            }
        }
        let sha256: Digest
        if chunks.count == 1, let only = chunks.first {
            sha256 = only.name.digest
        } else {
            sha256 = slab.withSpan(start..<start + got) { SHA256.digest($0) }
        }
        batch.pieces.append((index, 0, chunks))
        batch.finished.append(ReadFile(index: index, sha256: sha256, format: layout.format))
    }

    static func name(_ slab: Slab, _ range: Range<Int>, _ element: ElementType, _ source: SourceFile) throws(TransferError) -> ReadChunk {
        guard let chunk = VerifiedChunk.naming(slab, range: range) else { throw changed(source) }
        return ReadChunk(name: chunk.name, element: element, range: range)
    }

    static func open(_ source: SourceFile) throws(TransferError) -> OwnedFile {
        let file = try lifting { () throws(SystemError) in try OwnedFile.open(source.location, .read) }
        try requireUnchanged(file, source)
        return file
    }

    static func requireUnchanged(_ file: OwnedFile, _ source: SourceFile) throws(TransferError) {
        let now = try lifting { () throws(SystemError) in try file.status() }
        let then = source.status
        guard now.size == then.size, now.modified == then.modified, now.inode == then.inode, now.device == then.device else {
            throw changed(source)
        }
    }

    static func changed(_ source: SourceFile) -> TransferError {
        TransferError(
            .conflict, subject: source.location, cause: "changed while it was read",
            remedy: "Wait until nothing writes to it, and push again: what was sent is not sent twice")
    }

    /// Reads one large file window by window, in order; `deliver` gets each batch and may work on it while the next is read.
    /// - Parameters:
    ///   - known: what an earlier run read of it, with a state; reading begins behind it.
    ///   - journal: told what was learned.
    package func readLarge(
        _ index: Int, _ source: SourceFile, after known: KnownFile? = nil, journal: HashJournal? = nil,
        deliver: (ReadBatch) async throws(TransferError) -> Void
    ) async throws(TransferError) {
        let (file, layout) = try await work.perform { _ throws(TransferError) in
            let file = try Self.open(source)
            file.adviseSequential()
            let layout = try lifting { () throws(SystemError) in
                try FileLayout.detect(size: source.status.size) { (offset: Int, count: Int) throws(SystemError) in
                    try file.read(at: offset, count: count)
                }
            }
            return (file, layout)
        }
        let record = journal?.begin(source, after: known)
        let digest = RunningFileDigest(after: known?.state)
        var cursor = WindowCursor(layout: layout)
        var row = 0
        if let known {
            cursor.advance(past: known.byteCount)
            row = known.rows.count
        }
        // What was read beyond the last cut, so that no byte is read twice. A copy: who waits for a slab must not hold one.
        var carried: Slab?
        while let window = cursor.next() {
            let slab = await work.memory.acquire(window.length)
            let firstRow = row
            if let carried { slab.append(carried, range: 0..<min(carried.count, window.length)) }
            carried = nil
            let cut = try await work.perform { _ throws(TransferError) in
                let had = slab.count
                let got = try lifting { () throws(SystemError) in
                    try file.read(at: window.offset + had, count: window.length - had, into: slab)
                }
                guard had + got == window.length else { throw Self.changed(source) }
                return window.cut(slab)
            }
            guard let used = cut.last?.range.upperBound else { throw Self.changed(source) }
            cursor.advance(past: window.offset + used)
            if used < slab.count {
                let rest = Slab(capacity: slab.count - used)
                rest.append(slab, range: used..<slab.count)
                carried = rest
            }
            row += cut.count
            let isLast = cursor.isAtEnd
            let share = (cut.count + work.pool.threads - 1) / work.pool.threads
            let chunks = try await work.map(cut, perJob: share) { (piece, _) throws(TransferError) in
                try Self.name(slab, piece.range, piece.element, source)
            }
            if isLast { try await work.perform { _ throws(TransferError) in try Self.requireUnchanged(file, source) } }
            digest.feed(slab, range: 0..<used, work: work) { state in
                record?.note(chunks.map { ChunkRow(name: $0.name, element: $0.element) }, state)
            }
            var batch = ReadBatch(slab: slab, pieces: [(index, firstRow, chunks)], finished: [])
            if isLast {
                let finished = ReadFile(index: index, sha256: await digest.finish(), format: layout.format)
                if let record { await work.pool.run { _ in record.finish(finished) } }
                batch.finished = [finished]
            }
            try await deliver(batch)
        }
    }

    /// Reads those chunks of a large file again that `wanted` names, and delivers them as batches.
    /// - Returns: false if the file is not what `known` says.
    package func reread(
        _ index: Int, _ source: SourceFile, _ known: KnownFile, wanted: Set<ChunkName>,
        deliver: (ReadBatch) async throws(TransferError) -> Void
    ) async throws(TransferError) -> Bool {
        let file = try await work.perform { _ throws(TransferError) in try Self.open(source) }
        for run in Self.runs(known.rows, wanted) {
            let slab = await work.memory.acquire(run.length)
            let chunks = try await work.perform { _ throws(TransferError) -> [ReadChunk]? in
                let got = try lifting { () throws(SystemError) in try file.read(at: run.offset, count: run.length, into: slab) }
                guard got == run.length else { return nil }
                var chunks: [ReadChunk] = []
                var start = 0
                for row in known.rows[run.rows] {
                    let chunk = try Self.name(slab, start..<start + row.name.length, row.element, source)
                    guard chunk.name == row.name else { return nil }
                    chunks.append(chunk)
                    start += row.name.length
                }
                return chunks
            }
            guard let chunks else { return false }
            try await deliver(ReadBatch(slab: slab, pieces: [(index, run.rows.lowerBound, chunks)], finished: []))
        }
        try await work.perform { _ throws(TransferError) in try Self.requireUnchanged(file, source) }
        return true
    }

    /// Neighbouring rows whose chunks are wanted, at most `window` bytes together.
    package static func runs(_ rows: [ChunkRow], _ wanted: Set<ChunkName>) -> [(rows: Range<Int>, offset: Int, length: Int)] {
        var runs: [(rows: Range<Int>, offset: Int, length: Int)] = []
        var offset = 0
        for (number, row) in rows.enumerated() {
            defer { offset += row.name.length }
            guard wanted.contains(row.name) else { continue }
            if let last = runs.last, last.rows.upperBound == number, last.length + row.name.length <= window {
                runs[runs.count - 1] = (last.rows.lowerBound..<number + 1, last.offset, last.length + row.name.length)
            } else {
                runs.append((number..<number + 1, offset, row.name.length))
            }
        }
        return runs
    }
}
