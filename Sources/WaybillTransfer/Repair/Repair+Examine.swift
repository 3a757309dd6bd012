import WaybillFormat
import WaybillStore
import WaybillSystem

/// A selected file of the revision and what was found of it.
struct ExaminedFile: Sendable {
    let file: ManifestFile
    let finding: FileFinding
    let mending: Mending
    /// What the file system said before the first byte was read; nil if there is no file.
    let status: FileStatus?
    /// A link of a pushed directory, to the file that was pushed.
    let isLink: Bool

    var kind: FileProblem.Kind {
        switch finding.place {
        case .absent: .missing
        case .blocked: .notAFile
        case .file(_, _, let isUntouched): isUntouched ? .damaged : .modified
        }
    }

    /// Why the file is not mended.
    var refusal: TransferError {
        if case .blocked(let cause) = mending {
            return TransferError(
                .conflict, subject: file.path.text, cause: cause, remedy: "Move it away, and run 'waybill repair' again")
        }
        return TransferError(.failure, subject: file.path.text, cause: "was not mended", remedy: "Run 'waybill repair' again")
    }
}

extension Repair {
    /// Bytes that one job reads.
    private static let window = 8 << 20

    /// What stands where a file belongs. Without the descriptor: there may be many files.
    private enum Found: Sendable {
        case absent
        case blocked(String)
        case file(FileStatus, isLink: Bool)
    }

    private struct Examination: Sendable {
        var found: Found?
        var wrong: [Int] = []
        var failure: TransferError?
    }

    /// Compares every chunk of every selected file, several files and several ranges of a large file at a time. Changes nothing.
    func examine(_ checkout: Checkout, _ rows: [ChunkRow], _ folder: CheckoutFolder) async throws(TransferError) -> [ExaminedFile] {
        let files = checkout.selected
        meter.update {
            $0.phase = .verifying
            $0.filesTotal = files.count
            $0.bytesTotal = files.reduce(0) { $0 + $1.size }
        }
        var tracked: [ModelPath: TrackedFile] = [:]
        for file in checkout.tracked { tracked[file.path] = file }
        var found = [Examination](repeating: Examination(), count: files.count)
        let width = work.pool.threads * 2
        await withTaskGroup(of: (Int, Examination).self) { group in
            var running = 0
            func take(_ result: (Int, Examination)) {
                running -= 1
                if let place = result.1.found { found[result.0].found = place }
                found[result.0].wrong += result.1.wrong
                found[result.0].failure = found[result.0].failure ?? result.1.failure
            }
            for (index, file) in files.enumerated() {
                let own = rows[file.firstRow..<file.firstRow + file.rows]
                let before = tracked[file.path]
                if running >= width, let result = await group.next() { take(result) }
                if file.size <= Self.window {
                    running += 1
                    group.addTask { (index, await examineWhole(file, own, before, folder)) }
                    continue
                }
                let opened: OwnedFile
                do throws(TransferError) {
                    let (place, descriptor) = try await work.perform { _ throws(TransferError) in try Self.open(file, before, folder) }
                    found[index].found = place
                    guard let descriptor else { continue }
                    opened = descriptor
                } catch {
                    found[index].failure = error
                    continue
                }
                for (firstRow, range, offset) in Self.windows(own) {
                    if running >= width, let result = await group.next() { take(result) }
                    running += 1
                    group.addTask {
                        let wrong = await work.pool.run { context in
                            Self.wrongRows(own[range], firstRow: firstRow, of: opened, from: offset, &context)
                        }
                        meter.update { $0.bytesDone += own[range].reduce(0) { $0 + $1.name.length } }
                        return (index, Examination(wrong: wrong))
                    }
                }
            }
            while let result = await group.next() { take(result) }
        }
        meter.update { $0.filesDone = files.count }
        if let failure = found.compactMap(\.failure).first { throw failure }
        return zip(files, found).map { file, examination in
            Self.conclude(file, rows[file.firstRow..<file.firstRow + file.rows], examination, tracked[file.path])
        }
    }

    private static func conclude(
        _ file: ManifestFile, _ rows: ArraySlice<ChunkRow>, _ examination: Examination, _ tracked: TrackedFile?
    ) -> ExaminedFile {
        let place: FileFinding.Place
        var status: FileStatus?
        var isLink = false
        var wrong = examination.wrong.sorted()
        switch examination.found {
        case .file(let found, let link):
            status = found
            isLink = link
            if link, !wrong.isEmpty || found.size != file.size {
                place = .blocked("is a symbolic link to a file that is not right any more")
            } else {
                place = .file(size: found.size, links: link ? 1 : found.links, isUntouched: tracked?.isUntouched(found) == true)
            }
        case .blocked(let cause): place = .blocked(cause)
        case .absent, nil:
            place = .absent
            wrong = Array(0..<rows.count)
        }
        let finding = FileFinding(place: place, wrong: wrong)
        let mending = Mending.decide(finding, size: file.size, lengths: rows.map(\.name.length))
        return ExaminedFile(file: file, finding: finding, mending: mending, status: status, isLink: isLink)
    }

    /// Runs of rows of at most `window` bytes: the first row's number, the rows, the offset in the file.
    private static func windows(_ rows: ArraySlice<ChunkRow>) -> [(firstRow: Int, rows: Range<Int>, offset: Int)] {
        var windows: [(Int, Range<Int>, Int)] = []
        var start = rows.startIndex
        var bytes = 0
        var offset = 0
        for index in rows.indices {
            let length = rows[index].name.length
            if bytes + length > window, index > start {
                windows.append((start - rows.startIndex, start..<index, offset))
                offset += bytes
                start = index
                bytes = 0
            }
            bytes += length
        }
        if start < rows.endIndex { windows.append((start - rows.startIndex, start..<rows.endIndex, offset)) }
        return windows
    }

    private func examineWhole(
        _ file: ManifestFile, _ rows: ArraySlice<ChunkRow>, _ tracked: TrackedFile?, _ folder: CheckoutFolder
    ) async -> Examination {
        defer {
            meter.update {
                $0.filesDone += 1
                $0.bytesDone += file.size
            }
        }
        do throws(TransferError) {
            return try await work.perform { context throws(TransferError) in
                let (found, opened) = try Self.open(file, tracked, folder)
                guard let opened else { return Examination(found: found) }
                return Examination(found: found, wrong: Self.wrongRows(rows, firstRow: 0, of: opened, from: 0, &context))
            }
        } catch {
            return Examination(failure: error)
        }
    }

    /// What stands where the file belongs. Nothing is followed but a link that was pushed.
    private static func open(_ file: ManifestFile, _ tracked: TrackedFile?, _ folder: CheckoutFolder) throws(TransferError)
        -> (Found, OwnedFile?)
    {
        if let cause = try blockade(file.path, folder) { return (.blocked(cause), nil) }
        let status: FileStatus?
        do throws(SystemError) { status = try folder.status(of: file.path) } catch { throw TransferError(error) }
        guard let status else { return (.absent, nil) }
        switch status.kind {
        case .folder: return (.blocked("is a folder"), nil)
        case .other: return (.blocked("is no regular file"), nil)
        case .symlink:
            let path = "\(folder.root.path)/\(file.path.text)"
            guard let target = try? FileStatus.of(path), target.kind == .file, tracked?.inode == Int(target.inode) else {
                return (.blocked("is a symbolic link"), nil)
            }
            return (.file(target, isLink: true), try lifting { () throws(SystemError) in try OwnedFile.open(path, .read) })
        case .file:
            guard let opened = try lifting({ () throws(SystemError) in try folder.file(at: file.path) }) else { return (.absent, nil) }
            return (.file(try lifting { () throws(SystemError) in try opened.status() }, isLink: false), opened)
        }
    }

    /// Why no file can be at `path`: something that is no folder stands on its way.
    private static func blockade(_ path: ModelPath, _ folder: CheckoutFolder) throws(TransferError) -> String? {
        try lifting { () throws(SystemError) in
            var current = folder.root
            for component in path.components.dropLast() {
                guard let status = try current.status(component) else { return nil }
                switch status.kind {
                case .folder: current = try current.folder(component)
                case .symlink: return "'\(component)' on its way is a symbolic link"
                case .file, .other: return "'\(component)' on its way is a file"
                }
            }
            return nil
        }
    }

    /// The rows whose bytes are not what they should be. What cannot be read is wrong as well.
    static func wrongRows(
        _ rows: ArraySlice<ChunkRow>, firstRow: Int, of file: OwnedFile, from start: Int, _ context: inout WorkContext
    ) -> [Int] {
        var wrong: [Int] = []
        var offset = start
        let buffer = context.chunk
        for (number, row) in rows.enumerated() {
            buffer.resize(0)
            let got = (try? file.read(at: offset, count: row.name.length, into: buffer)) ?? 0
            if !holds(row.name, buffer, got) { wrong.append(firstRow + number) }
            offset += row.name.length
        }
        return wrong
    }

    private static func holds(_ name: ChunkName, _ buffer: Slab, _ count: Int) -> Bool {
        guard count == name.length, let chunk = VerifiedChunk.naming(buffer, range: 0..<count) else { return false }
        return chunk.name == name
    }
}
