import WaybillFormat
import WaybillStore
import WaybillSystem

extension Verify {
    /// Larger files are hashed chunk by chunk, on all threads: a single SHA-256 would keep one.
    private static let wholeBytes = 16 << 20
    /// Bytes of a job.
    private static let jobBytes = 8 << 20

    /// The chunk table, if a file is large enough to need it and the directory still has it.
    func rows(_ checkout: Checkout, _ folder: CheckoutFolder) async throws(TransferError) -> [ChunkRow]? {
        guard !quick, checkout.selected.contains(where: { $0.size > Self.wholeBytes }) else { return nil }
        return try await work.perform { _ throws(TransferError) in try? folder.rows(of: checkout.manifest) }
    }

    private enum Found {
        case problem(FileProblem)
        case file(OwnedFile, isUntouched: Bool)
        /// Nobody wrote to it, and nothing is to be read.
        case untouched
    }

    func examine(
        _ file: ManifestFile, _ tracked: TrackedFile?, _ folder: CheckoutFolder, _ rows: [ChunkRow]?
    ) async throws(TransferError) -> FileProblem? {
        defer { meter.update { $0.filesDone += 1 } }
        if let rows, file.size > Self.wholeBytes {
            let found = try await work.perform { _ throws(TransferError) in try open(file, tracked, folder) }
            if case .file(let opened, _) = found, try await holds(opened, rows[file.firstRow..<file.firstRow + file.rows]) { return nil }
        }
        defer { meter.update { $0.bytesDone = min($0.bytesDone + file.size, $0.bytesTotal) } }
        return try await work.perform { context throws(TransferError) in
            let opened: OwnedFile
            let untouched: Bool
            switch try open(file, tracked, folder) {
            case .problem(let problem): return problem
            case .untouched: return nil
            case .file(let file, let isUntouched): (opened, untouched) = (file, isUntouched)
            }
            let actual = try Pull.digest(of: opened, &context)
            if actual == file.sha256 { return nil }
            return FileProblem(
                path: file.path, kind: untouched ? .damaged : .modified, detail: "has SHA-256 \(actual) instead of \(file.sha256)")
        }
    }

    /// Whether the file's chunks are all right: these are the chunks whose bytes had the file's SHA-256 when they were pulled or pushed.
    private func holds(_ file: OwnedFile, _ rows: ArraySlice<ChunkRow>) async throws(TransferError) -> Bool {
        let right = try await work.map(Self.stretches(of: rows), perJob: 1) { (stretch, context) throws(TransferError) in
            let wrong = Repair.wrongRows(
                rows[stretch.rows], firstRow: stretch.rows.lowerBound, of: file, from: stretch.bytes.lowerBound, &context)
            meter.update { $0.bytesDone += wrong.isEmpty ? stretch.bytes.count : 0 }
            return wrong.isEmpty
        }
        return right.allSatisfy(\.self)
    }

    /// Rows that follow one another, and where their bytes lie in the file.
    private struct Stretch {
        var rows: Range<Int>
        var bytes: Range<Int>
    }

    private static func stretches(of rows: ArraySlice<ChunkRow>) -> [Stretch] {
        var stretches: [Stretch] = []
        var current = Stretch(rows: rows.startIndex..<rows.startIndex, bytes: 0..<0)
        for index in rows.indices {
            let end = current.bytes.upperBound + rows[index].name.length
            if !current.rows.isEmpty, end - current.bytes.lowerBound > jobBytes {
                stretches.append(current)
                current = Stretch(rows: index..<index, bytes: current.bytes.upperBound..<current.bytes.upperBound)
            }
            current.rows = current.rows.lowerBound..<index + 1
            current.bytes = current.bytes.lowerBound..<end
        }
        if !current.rows.isEmpty { stretches.append(current) }
        return stretches
    }

    private func open(_ file: ManifestFile, _ tracked: TrackedFile?, _ folder: CheckoutFolder) throws(TransferError) -> Found {
        func problem(_ kind: FileProblem.Kind, _ detail: String) -> Found {
            .problem(FileProblem(path: file.path, kind: kind, detail: detail))
        }
        let found: FileStatus?
        do throws(SystemError) {
            found = try folder.status(of: file.path)
        } catch  where error.code == .conflict {
            return problem(.notAFile, "a symbolic link stands on its way")
        } catch {
            throw TransferError(error)
        }
        guard var status = found else { return problem(.missing, "is not there") }
        var opened: OwnedFile?
        if status.kind == .symlink {
            // A pushed directory may hold links, as a hub's cache does; a pulled one never does.
            let path = "\(folder.root.path)/\(file.path.text)"
            guard let target = try? FileStatus.of(path), target.kind == .file, tracked?.inode == Int(target.inode) else {
                return problem(.notAFile, "is a symbolic link")
            }
            status = target
            opened = try lifting { () throws(SystemError) in try OwnedFile.open(path, .read) }
        }
        guard status.kind == .file else { return problem(.notAFile, "is no regular file") }
        let untouched = tracked?.isUntouched(status) == true
        guard status.size == file.size else {
            return problem(untouched ? .damaged : .modified, "has \(status.size) bytes instead of \(file.size)")
        }
        if quick {
            return untouched ? .untouched : problem(.modified, "was written since it was verified (run without --quick to compare bytes)")
        }
        if opened == nil { opened = try lifting { () throws(SystemError) in try folder.file(at: file.path) } }
        guard let opened else { return problem(.missing, "is not there") }
        return .file(opened, isUntouched: untouched)
    }
}
