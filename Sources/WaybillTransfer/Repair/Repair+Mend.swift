import WaybillFormat
import WaybillStore
import WaybillSystem

/// What came of mending; files by their number among those that were examined.
struct MendOutcome: Sendable {
    /// Statuses of files that are right now.
    var statuses: [Int: FileStatus] = [:]
    var failures: [Int: TransferError] = [:]
    var chunksFetched = 0
    /// Raw bytes.
    var bytesFetched = 0
    /// Raw bytes that nobody had.
    var bytesLost = 0
    var kept: [RepairReport.KeptBytes] = []
}

extension Repair {
    /// Parts of a repair; those of a pull that was interrupted stay.
    private static let partPrefix = "repair-"

    func mend(
        _ examined: [ExaminedFile], _ checkout: Checkout, _ rows: [ChunkRow], _ folder: CheckoutFolder
    ) async throws(TransferError) -> MendOutcome {
        var outcome = MendOutcome()
        let (files, numbers, parts) = try await work.perform { _ throws(TransferError) in try Self.targets(examined, rows, folder) }
        guard !numbers.isEmpty else { return outcome }
        var state = try await wanted(files.targets, rows, parts)
        let wantedBytes = Pull.openBytes(state)
        meter.update {
            $0.phase = .transferring
            $0.filesTotal = numbers.count
            $0.filesDone = 0
            $0.bytesTotal = wantedBytes
            $0.bytesDone = 0
        }
        try await copyLocal(&state, examined, rows, folder, files)
        let location = await locate(state.order, checkout, rows)
        var lost = location.failures
        let (statuses, fetched) = try await fetch(state, location, checkout, rows, files, &lost)
        for (target, status) in statuses { outcome.statuses[numbers[target]] = status }
        for name in state.order where lost[name] == nil && fetched.contains(name) {
            outcome.chunksFetched += 1
            outcome.bytesFetched += name.length * (state.destinations[name]?.count ?? 0)
        }
        for name in state.order {
            guard let error = lost[name] else { continue }
            for destination in state.destinations[name] ?? [] {
                outcome.bytesLost += name.length
                let path = files.targets[destination.target].file.path.text
                files.fail(
                    destination.target,
                    TransferError(
                        error.code, subject: "\(path): chunk \(name.digest)", cause: "\(error.subject): \(error.cause)",
                        remedy: "Name a mirror that has it: 'waybill repair --from REMOTE'"))
            }
        }
        for (target, number) in numbers.enumerated() where outcome.statuses[number] == nil {
            outcome.failures[number] = files.failure(target)
        }
        outcome.kept = files.kept
        return outcome
    }

    /// The files to mend, their numbers among all, and where new ones are built.
    private static func targets(
        _ examined: [ExaminedFile], _ rows: [ChunkRow], _ folder: CheckoutFolder
    ) throws(TransferError) -> (MendedFiles, [Int], PartFiles?) {
        var targets: [MendedFiles.Target] = []
        var numbers: [Int] = []
        var ordinals: [Digest: Int] = [:]
        var names: Set<String> = []
        for (number, file) in examined.enumerated() {
            switch file.mending {
            case .none, .blocked: continue
            case .inPlace(let keeps):
                targets.append(MendedFiles.Target(examined: file, part: nil, keeps: keeps, setsAside: false))
            case .rebuild(let setsAside):
                let key = PullTarget.key(file.file, rows[file.file.firstRow..<file.file.firstRow + file.file.rows])
                let ordinal = ordinals[key, default: 0]
                ordinals[key] = ordinal + 1
                let part = partPrefix + PartFiles.name(key, ordinal)
                names.insert(part)
                targets.append(MendedFiles.Target(examined: file, part: part, keeps: false, setsAside: setsAside))
            }
            numbers.append(number)
        }
        let wanted = names
        let parts = try lifting { () throws(SystemError) -> PartFiles? in
            if wanted.isEmpty, try folder.state.status("parts") == nil { return nil }
            let parts = try PartFiles(state: folder.state)
            for name in try parts.folder.names() where name.hasPrefix(partPrefix) && !wanted.contains(name) { try parts.discard(name) }
            return parts
        }
        return (MendedFiles(targets, folder: folder, parts: parts), numbers, parts)
    }

    /// Which chunks go where. Of a part that an interrupted repair left, what is right stays.
    private func wanted(
        _ targets: [MendedFiles.Target], _ rows: [ChunkRow], _ parts: PartFiles?
    ) async throws(TransferError) -> BuildState {
        var state = BuildState()
        for (index, target) in targets.enumerated() {
            let own = rows[target.file.firstRow..<target.file.firstRow + target.file.rows]
            var wrong = target.examined.finding.wrong
            if let part = target.part, let parts {
                wrong = try await work.perform { context throws(TransferError) in
                    let isThere = try lifting { () throws(SystemError) in try parts.folder.status(part) != nil }
                    guard isThere else { return Array(0..<own.count) }
                    let file = try lifting { () throws(SystemError) in try parts.file(part, size: target.file.size) }
                    return Self.wrongRows(own, firstRow: 0, of: file, from: 0, &context)
                }
            }
            state.openRows.append(wrong.count)
            var next = wrong.makeIterator()
            var row = next.next()
            var offset = 0
            for (number, chunk) in own.enumerated() {
                if number == row {
                    if state.destinations[chunk.name] == nil { state.order.append(chunk.name) }
                    state.destinations[chunk.name, default: []].append(Destination(target: index, row: number, offset: offset))
                    row = next.next()
                }
                offset += chunk.name.length
            }
        }
        return state
    }

    /// Takes chunks from files of the directory where they are right.
    private func copyLocal(
        _ state: inout BuildState, _ examined: [ExaminedFile], _ rows: [ChunkRow], _ folder: CheckoutFolder, _ files: MendedFiles
    ) async throws(TransferError) {
        var places: [ChunkName: (path: ModelPath, offset: Int)] = [:]
        for file in examined where file.status != nil && !file.isLink {
            var wrong = file.finding.wrong.makeIterator()
            var skipped = wrong.next()
            var offset = 0
            for (number, row) in rows[file.file.firstRow..<file.file.firstRow + file.file.rows].enumerated() {
                if number == skipped {
                    skipped = wrong.next()
                } else if state.destinations[row.name] != nil, places[row.name] == nil {
                    places[row.name] = (file.file.path, offset)
                }
                offset += row.name.length
            }
        }
        let found = state.order.compactMap { name in places[name].map { (name: name, path: $0.path, offset: $0.offset) } }
        let destinations = state.destinations
        var held: Set<Destination> = []
        for start in stride(from: 0, to: found.count, by: 16) {
            let batch = Array(found[start..<min(start + 16, found.count)])
            let copied = try await work.perform { context throws(TransferError) in
                var copied: [ChunkName] = []
                let buffer = context.chunk
                for item in batch {
                    buffer.resize(0)
                    // Whatever is wrong with a local file, a mirror has the chunk too.
                    guard let file = try? folder.file(at: item.path),
                        (try? file.read(at: item.offset, count: item.name.length, into: buffer)) == item.name.length,
                        let chunk = VerifiedChunk.naming(buffer, range: 0..<item.name.length), chunk.name == item.name
                    else { continue }
                    let isZero = buffer.isZero(0..<buffer.count)
                    for destination in destinations[item.name] ?? [] { files.write(chunk, isZero: isZero, to: destination) }
                    copied.append(item.name)
                }
                return copied
            }
            for name in copied {
                held.formUnion(destinations[name] ?? [])
                meter.update {
                    $0.bytesDone += name.length
                    $0.bytesReused += name.length
                }
            }
        }
        Pull.settle(&state, held)
    }
}
