import WaybillCodec
import WaybillFormat
import WaybillSystem

/// Collects verified frames into packs and stores each when it is full.
struct PackWriter {
    private let store: DirectoryStore
    private let slab: Slab
    private var builder: PackBuilder
    /// Packs that are durable now.
    private(set) var names: [Digest] = []

    init(_ store: DirectoryStore) {
        self.store = store
        // Beside the budget, as the packs of a push are: frames that wait for it come out of the budget.
        slab = Slab(capacity: PackBuilder.slabCapacity)
        builder = PackBuilder(slab: slab)
    }

    /// - Parameter frame: decodes to the chunk; the caller has seen that.
    mutating func append(_ name: ChunkName, frame: Slab) async throws(StoreError) {
        guard builder.append(name, frame: frame) else {
            throw StoreError(.failure, subject: "pack", cause: "a frame of \(frame.count) bytes does not fit")
        }
        if builder.isFull { try await finish() }
    }

    /// Stores what was collected.
    mutating func finish() async throws(StoreError) {
        guard let pack = builder.finish() else { return }
        try await store.put(pack)
        names.append(pack.name)
        builder = PackBuilder(slab: slab)
    }
}

extension StoreRepair {
    /// Saves readable frames of damaged packs that no other pack holds.
    func salvage(
        _ findings: inout StoreFindings, _ check: StoreCheck, _ store: DirectoryStore, _ report: inout StoreRepairReport
    ) async throws(StoreError) {
        guard !findings.badPacks.isEmpty else { return }
        let hints = try await hints(findings, check)
        var writer = PackWriter(store)
        let others = findings.distrustingDamagedPacks
        var frames: [FoundFrame] = []
        for pack in findings.badPacks.keys.sorted() {
            let damage = findings.badPacks[pack]
            frames += try await work.run { context throws(StoreError) in
                try Self.frames(pack, damage, hints[pack] ?? [], check, &context)
            }
            guard frames.count >= StoreCheck.lookup / 2 else { continue }
            try await save(frames, others, check, &writer, &report)
            frames = []
        }
        try await save(frames, others, check, &writer, &report)
        try await writer.finish()
        findings.packs = (findings.packs + writer.names).sorted()
        for name in writer.names { report.did("written with frames of damaged packs", ObjectName.pack(name).path) }
    }

    /// Copies those frames that no good pack holds, as they are.
    private func save(
        _ frames: [FoundFrame], _ findings: StoreFindings, _ check: StoreCheck, _ writer: inout PackWriter,
        _ report: inout StoreRepairReport
    ) async throws(StoreError) {
        var wanted = Set(frames.map(\.name))
        if wanted.isEmpty { return }
        for name in try await check.places(of: wanted, findings).keys { wanted.remove(name) }
        for frame in frames where wanted.contains(frame.name) {
            let place = ChunkPlace(pack: frame.pack, offset: frame.offset, stored: frame.stored)
            let copy = try await work.run { context throws(StoreError) -> Slab? in
                // It could be read a moment ago; a dying disk may think otherwise now.
                guard
                    (try? StoredChunk.read(frame.name, at: place, root: check.root, label: check.label, context: &context).name) != nil
                else { return nil }
                let copy = Slab(capacity: context.frame.count)
                copy.append(context.frame, range: 0..<context.frame.count)
                return copy
            }
            guard let copy else { continue }
            try await writer.append(frame.name, frame: copy)
            wanted.remove(frame.name)
            report.framesSalvaged += 1
        }
    }

    /// Frames of a damaged pack that can be read.
    private static func frames(
        _ pack: Digest, _ damage: StoreFindings.PackDamage?, _ hints: [Int], _ check: StoreCheck, _ context: inout WorkContext
    ) throws(StoreError) -> [FoundFrame] {
        guard case .file(let file, let size) = try StoredObject.open(.pack(pack), check.root) else { return [] }
        if let bad = damage?.badFrames {
            guard let footer = try? PackFile.footer(of: file, size: size, name: pack, label: check.label) else { return [] }
            return footer.rows.filter { !bad.contains($0.offset) }.map {
                FoundFrame(pack: pack, name: $0.name, offset: $0.offset, stored: $0.stored)
            }
        }
        return FrameWalk.frames(of: file, size: min(size, Limits.pack), pack: pack, hints: hints, context: &context)
    }

    /// Where locators say that frames begin, in packs whose footers say nothing.
    private func hints(_ findings: StoreFindings, _ check: StoreCheck) async throws(StoreError) -> [Digest: [Int]] {
        var hints: [Digest: [Int]] = [:]
        let silent = Set(findings.badPacks.filter { $0.value.badFrames == nil }.keys)
        guard !silent.isEmpty else { return [:] }
        for list in findings.places {
            guard let rows = findings.lists[list.list] else { continue }
            let locator = try await work.run { _ throws(StoreError) in try? check.readLocator(list.list, rows: rows) }
            for place in locator?.places ?? [] {
                if let place, silent.contains(place.pack) { hints[place.pack, default: []].append(place.offset) }
            }
        }
        return hints
    }

    /// Looks for lost chunks in the packs that earlier repairs moved aside: a disk may have given way for a moment only.
    func recoverAside(
        _ findings: inout StoreFindings, _ check: StoreCheck, _ store: DirectoryStore, _ report: inout StoreRepairReport
    ) async throws(StoreError) {
        let files = try await work.run { _ throws(StoreError) -> [OwnedFile] in
            guard let aside = try? check.root.folder(["private", Self.asideName]), let names = try? aside.names() else { return [] }
            return names.sorted().filter { $0.hasPrefix("packs-") }.compactMap { try? aside.file($0, .read) }
        }
        guard !files.isEmpty else { return }
        var lost: Set<ChunkName> = []
        try await check.search(findings.places, findings) { (_, rows, found) async throws(StoreError) in
            // What is beyond the bound, the next run looks for.
            for row in rows where found[row.name] == nil && lost.count < StoreCheck.lookup { lost.insert(row.name) }
        }
        var writer = PackWriter(store)
        for file in files {
            let wanted = lost
            let frames = try await work.run { context throws(StoreError) -> [(ChunkName, Slab)] in
                let size = (try? file.status().size) ?? 0
                let unnamed = SHA256.digest(of: [])
                var frames: [(ChunkName, Slab)] = []
                for frame in FrameWalk.frames(of: file, size: min(size, Limits.pack), pack: unnamed, hints: [], context: &context)
                where wanted.contains(frame.name) {
                    let row = PackRow(name: frame.name, stored: frame.stored, offset: frame.offset)
                    guard (try? PackFile.verify(row, of: file, name: unnamed, context: &context)) != nil else { continue }
                    let copy = Slab(capacity: context.frame.count)
                    copy.append(context.frame, range: 0..<context.frame.count)
                    frames.append((frame.name, copy))
                }
                return frames
            }
            for (name, frame) in frames where lost.remove(name) != nil {
                try await writer.append(name, frame: frame)
                report.framesSalvaged += 1
            }
        }
        try await writer.finish()
        findings.packs = (findings.packs + writer.names).sorted()
        for name in writer.names { report.did("written with frames of packs that were moved aside", ObjectName.pack(name).path) }
    }

    /// Fetches chunks that no pack holds from other stores.
    func refill(
        _ findings: inout StoreFindings, _ check: StoreCheck, _ store: DirectoryStore, _ report: inout StoreRepairReport
    ) async throws(StoreError) {
        guard !findings.places.isEmpty, !sources.isEmpty else { return }
        var writer = PackWriter(store)
        var had: Set<ChunkName> = []
        let known = findings
        var fetched = 0
        var bytes = 0
        var failures: [String] = []
        try await check.search(findings.places, known) { (list, rows, found) async throws(StoreError) in
            var lost = rows.filter { found[$0.name] == nil && !had.contains($0.name) }
            for source in sources where !lost.isEmpty {
                let locator: Locator
                do throws(StoreError) {
                    locator = try await RevisionReader(source).locator(list, rows: known.lists[list] ?? 0, fresh: true)
                } catch {
                    failures.append("\(error.subject): \(error.cause)")
                    continue
                }
                var asked: Set<ChunkName> = []
                let wanted = lost.compactMap { row -> (ChunkName, ChunkPlace)? in
                    guard let place = locator.places[Int(row.row)], place.stored <= row.name.length + Limits.frameOverhead,
                        asked.insert(row.name).inserted
                    else { return nil }
                    return (row.name, place)
                }
                for start in stride(from: 0, to: wanted.count, by: Self.requests) {
                    for answer in await fetch(wanted[start..<min(start + Self.requests, wanted.count)], from: source) {
                        if let error = answer.error { failures.append("\(error.subject): \(error.cause)") }
                        guard let frame = answer.frame else { continue }
                        bytes += frame.count
                        try await writer.append(answer.name, frame: frame)
                        had.insert(answer.name)
                        fetched += 1
                    }
                }
                lost.removeAll { had.contains($0.name) }
            }
        }
        try await writer.finish()
        report.chunksFetched += fetched
        report.bytesTransferred += bytes
        report.notices += Set(failures).sorted().prefix(20)
        findings.packs = (findings.packs + writer.names).sorted()
        for name in writer.names { report.did("written with chunks of other stores", ObjectName.pack(name).path) }
    }

    private struct Answer: Sendable {
        let name: ChunkName
        var frame: Slab?
        var error: StoreError?
    }

    /// Requests at once.
    private static let requests = 4

    private func fetch(
        _ wanted: ArraySlice<(ChunkName, ChunkPlace)>, from source: any ChunkSource
    ) async -> [Answer] {
        await withTaskGroup(of: Answer.self) { group in
            for (name, place) in wanted {
                group.addTask {
                    do throws(StoreError) {
                        return Answer(name: name, frame: try await fetch(name, place, from: source))
                    } catch {
                        return Answer(name: name, error: error)
                    }
                }
            }
            var results: [Answer] = []
            for await result in group { results.append(result) }
            return results
        }
    }

    /// One frame, decoded and hashed.
    private func fetch(_ name: ChunkName, _ place: ChunkPlace, from source: any ChunkSource) async throws(StoreError) -> Slab {
        let frame = await work.memory.acquire(place.stored)
        try await source.read(.pack(place.pack), range: place.offset..<place.offset + place.stored, into: frame)
        let subject = "\(source.label)/\(ObjectName.pack(place.pack).path)"
        try await work.run { context throws(StoreError) in
            let (decoder, output) = (context.decoder, context.chunk)
            try decoding { () throws(CodecError) in
                try decoder.decode(frame, range: 0..<frame.count, rawLength: name.length, into: output, subject: subject)
            }
            do throws(SystemError) {
                _ = try VerifiedChunk.verifying(output, range: 0..<output.count, as: name, subject: subject)
            } catch {
                throw StoreError(error)
            }
        }
        return frame
    }
}
