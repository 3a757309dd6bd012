import WaybillFormat
import WaybillStore
import WaybillSystem

extension Pull {
    /// Copies chunks out of files that are here: the old revision's, and those of the new one that are right already.
    func reuseLocal(
        _ state: inout BuildState, folder: CheckoutFolder, resolved: Resolved, survey: Survey, old: Checkout?, parts: PartFiles,
        journal: Journal
    ) async throws(TransferError) {
        let places = try await localPlaces(state, folder: folder, resolved: resolved, survey: survey, old: old)
        guard !places.isEmpty else { return }
        let batches = stride(from: 0, to: places.count, by: 16).map { Array(places[$0..<min($0 + 16, places.count)]) }
        let destinations = state.destinations
        let targets = state.targets
        var held: Set<Destination> = []
        for batch in batches {
            let copied = try await work.perform { context throws(TransferError) in
                var copied: [ChunkName] = []
                for (name, path, offset) in batch {
                    let buffer = context.chunk
                    buffer.resize(0)
                    // Whatever is wrong with a local file, the mirror has the chunk too.
                    guard let file = try? folder.file(at: path),
                        (try? file.read(at: offset, count: name.length, into: buffer)) == name.length,
                        let chunk = VerifiedChunk.naming(buffer, range: 0..<name.length), chunk.name == name
                    else { continue }
                    let isZero = buffer.isZero(0..<buffer.count)
                    for destination in destinations[name] ?? [] {
                        let target = targets[destination.target]
                        do throws(SystemError) {
                            try parts.write(chunk, isZero: isZero, to: target.part, size: target.file.size, at: destination.offset)
                        } catch {
                            throw TransferError(error)
                        }
                    }
                    copied.append(name)
                }
                return copied
            }
            var rows: [Journal.Row] = []
            for name in copied {
                for destination in destinations[name] ?? [] {
                    held.insert(destination)
                    let target = targets[destination.target]
                    rows.append(Journal.Row(key: target.key, ordinal: target.ordinal, row: destination.row))
                }
            }
            try await note(rows, journal)
            let bytes = copied.reduce(0) { $0 + $1.length * (destinations[$1]?.count ?? 0) }
            meter.update {
                $0.bytesDone += bytes
                $0.bytesReused += bytes
            }
        }
        Self.settle(&state, held)
    }

    private func localPlaces(
        _ state: BuildState, folder: CheckoutFolder, resolved: Resolved, survey: Survey, old: Checkout?
    ) async throws(TransferError) -> [(ChunkName, ModelPath, Int)] {
        var found: [ChunkName: (ModelPath, Int)] = [:]
        func add(_ file: ManifestFile, _ rows: ArraySlice<ChunkRow>) {
            var offset = 0
            for row in rows {
                if state.destinations[row.name] != nil, found[row.name] == nil { found[row.name] = (file.path, offset) }
                offset += row.name.length
            }
        }
        for (file, _) in survey.kept { add(file, resolved.rows[file.firstRow..<file.firstRow + file.rows]) }
        if let old, !survey.reusable.isEmpty {
            // A damaged copy of the old lists only costs the reuse.
            let rows = try await work.perform { _ throws(TransferError) in (try? folder.rows(of: old.manifest)) ?? [] }
            var files: [ModelPath: ManifestFile] = [:]
            for file in old.manifest.files { files[file.path] = file }
            for tracked in survey.reusable {
                guard let file = files[tracked.path], file.sha256 == tracked.sha256, file.firstRow + file.rows <= rows.count else {
                    continue
                }
                add(file, rows[file.firstRow..<file.firstRow + file.rows])
            }
        }
        return state.order.compactMap { name in found[name].map { (name, $0.0, $0.1) } }
    }

    /// Turns the directory into the new revision, in one recorded step.
    func switchOver(
        _ folder: CheckoutFolder, resolved: Resolved, survey: Survey, old: Checkout?, include: [String]
    ) async throws(TransferError) {
        meter.update { $0.phase = .switching }
        try await work.perform { [remote] _ throws(TransferError) in
            try Self.requireSame(survey, folder)
            try folder.keep(manifest: resolved.bytes, segments: resolved.segments)
            if let entry = resolved.entry, let standing = resolved.standing { try folder.keep(standing.objects, of: entry.entry) }
            var checkout = Checkout(
                remote: remote, model: resolved.model, ref: resolved.entry?.ref, entry: resolved.entry?.n,
                entryDigest: resolved.entry?.entry,
                manifestDigest: resolved.digest, include: include, seen: old?.seen ?? [],
                tracked: survey.kept.map { TrackedFile(path: $0.file.path, sha256: $0.file.sha256, status: $0.status) },
                manifest: resolved.manifest)
            if let entry = resolved.entry { checkout.note(entry) }
            let targets = Self.targets(survey.build, rows: resolved.rows).targets
            let renames = targets.map { Switch.Rename(part: $0.part, path: $0.file.path) }
            try lifting { () throws(SystemError) in
                if let parts = targets.isEmpty ? nil : try PartFiles(state: folder.state) {
                    for target in targets {
                        let status = try parts.folder.status(target.part)
                        // Opening a part that is gone would make one of zeros.
                        guard status?.kind == .file, status?.size == target.file.size else {
                            throw SystemError(
                                .conflict, subject: "\(parts.folder.path)/\(target.part)", cause: "was taken away while the pull ran",
                                remedy: "Pull again, and let nothing else write into .waybill")
                        }
                    }
                    do throws(SystemError) {
                        if targets.count > 64 {
                            try parts.folder.syncFileSystem()
                        } else {
                            for target in targets { try parts.file(target.part, size: target.file.size).sync() }
                        }
                        try parts.folder.sync()
                    } catch {
                        // What the kernel could not write it may have dropped: no row of these parts is believed any more.
                        try? folder.state.remove("journal")
                        throw error
                    }
                }
            }
            try folder.execute(Switch(deletions: survey.deletions, renames: renames, checkout: checkout))
            try folder.dropSignatures(except: resolved.entry?.entry)
        }
    }

    /// Nobody changed what is about to be replaced since it was examined.
    private static func requireSame(_ survey: Survey, _ folder: CheckoutFolder) throws(TransferError) {
        for path in survey.build.map(\.path) + survey.deletions {
            let now = try lifting { () throws(SystemError) in try folder.status(of: path) }
            guard now == survey.replaced[path] else {
                throw TransferError(
                    .conflict, subject: path.text, cause: "changed while the pull ran", remedy: "Pull again: what arrived is kept")
            }
        }
    }
}
