import WaybillFormat
import WaybillStore
import WaybillSystem

/// What a pull found in the directory before it changed anything.
struct Survey: Sendable {
    /// Files that are right already, with their status.
    var kept: [(file: ManifestFile, status: FileStatus)] = []
    /// Files that have to be built.
    var build: [ManifestFile] = []
    /// What stands where a file is to be built or deleted; nil where nothing does.
    var replaced: [ModelPath: FileStatus] = [:]
    /// Files of the old revision that the new one does not have.
    var deletions: [ModelPath] = []
    /// Untouched files of the old revision: places to take chunks from.
    var reusable: [TrackedFile] = []
}

extension Pull {
    /// Files of a job: most of them are asked for their status only.
    private static let surveyed = 64

    /// Compares the directory with the revision. Changes nothing.
    /// - Throws: `.conflict` naming files that were edited or that stand in the way, unless `--overwrite`.
    func survey(
        _ folder: CheckoutFolder, old: Checkout?, resolved: Resolved, selected: [ManifestFile]
    ) async throws(TransferError) -> Survey {
        var survey = Survey()
        var conflicts: [String] = []
        var blocked: [(file: ManifestFile, blocker: ModelPath, status: FileStatus)] = []
        var tracked: [ModelPath: TrackedFile] = [:]
        for file in old?.tracked ?? [] { tracked[file.path] = file }
        let before = tracked
        let findings = try await work.map(selected, perJob: Self.surveyed) { (file, context) throws(TransferError) in
            try Self.examine(file, before[file.path], folder, &context)
        }
        for (file, finding) in zip(selected, findings) {
            switch finding {
            case .right(let status): survey.kept.append((file, status))
            case .absent: survey.build.append(file)
            case .replaceable(let status, let isOld):
                survey.build.append(file)
                survey.replaced[file.path] = status
                if isOld, let known = tracked[file.path] { survey.reusable.append(known) }
            case .blocked(let blocker, let status): blocked.append((file, blocker, status))
            case .inTheWay(let cause, let status):
                if options.overwrite, let status {
                    survey.build.append(file)
                    survey.replaced[file.path] = status
                } else {
                    conflicts.append("\(file.path.text) (\(cause))")
                }
            }
        }
        let wanted = Set(resolved.manifest.files.map(\.path))
        for file in old?.tracked ?? [] where !wanted.contains(file.path) {
            let found = try await work.perform { context throws(TransferError) in try Self.unedited(file, folder, &context) }
            guard let (status, isUnedited) = found else { continue }
            survey.replaced[file.path] = status
            switch isUnedited {
            case true:
                survey.deletions.append(file.path)
                survey.reusable.append(file)
            case false:
                if options.overwrite, status.kind == .file || status.kind == .symlink {
                    survey.deletions.append(file.path)
                } else {
                    conflicts.append("\(file.path.text) (edited; the new revision drops it)")
                }
            }
        }
        conflicts += try await unblock(blocked, folder, &survey)
        guard conflicts.isEmpty else {
            throw TransferError(
                .conflict,
                subject: conflicts.prefix(5).joined(separator: ", ") + (conflicts.count > 5 ? " and \(conflicts.count - 5) more" : ""),
                cause: "the directory \(folder.root.path) has other files there",
                remedy: "Move them away, or pull with --overwrite to replace them")
        }
        return survey
    }

    private enum Finding: Sendable {
        case right(FileStatus)
        case absent
        /// A folder stands there, or a file stands where its folder must be.
        case blocked(by: ModelPath, FileStatus)
        /// Ours, and nobody edited it; `isOld`: it holds the old revision's bytes.
        case replaceable(FileStatus, isOld: Bool)
        case inTheWay(String, FileStatus?)
    }

    private static func examine(
        _ file: ManifestFile, _ before: TrackedFile?, _ folder: CheckoutFolder, _ context: inout WorkContext
    ) throws(TransferError) -> Finding {
        let status: FileStatus?
        do throws(SystemError) {
            if let finding = try blockedFolder(file.path, folder) { return finding }
            status = try folder.status(of: file.path)
        } catch  where error.code == .conflict {
            return .inTheWay("a symbolic link stands on its way", nil)
        } catch {
            throw TransferError(error)
        }
        guard let status else { return .absent }
        switch status.kind {
        case .symlink: return .inTheWay("is a symbolic link", status)
        case .folder: return .blocked(by: file.path, status)
        case .other: return .inTheWay("is no regular file", nil)
        case .file: break
        }
        if let before, before.isUntouched(status) {
            return before.sha256 == file.sha256 ? .right(status) : .replaceable(status, isOld: true)
        }
        let sizes = Set([file.size, before?.size ?? file.size])
        guard sizes.contains(status.size) else { return .inTheWay(before == nil ? "is not the model's" : "was edited", status) }
        let actual = try digest(of: file.path, folder, &context)
        if actual == file.sha256 { return .right(status) }
        if let before, actual == before.sha256 { return .replaceable(status, isOld: true) }
        return .inTheWay(before == nil ? "is not the model's" : "was edited", status)
    }

    /// A file or link where a folder is needed.
    private static func blockedFolder(_ path: ModelPath, _ folder: CheckoutFolder) throws(SystemError) -> Finding? {
        var current = folder.root
        var walked: [String] = []
        for component in path.components.dropLast() {
            walked.append(component)
            guard let status = try current.status(component) else { return nil }
            switch status.kind {
            case .folder: current = try current.folder(component)
            case .symlink: return .inTheWay("'\(component)' on its way is a symbolic link", nil)
            case .file:
                guard let blocker = try? ModelPath(walked.joined(separator: "/")) else { return nil }
                return .blocked(by: blocker, status)
            case .other: return .inTheWay("'\(component)' on its way is no folder", nil)
            }
        }
        return nil
    }

    /// Takes up what was blocked by something that the switch deletes, and by a stranger's file where `--overwrite` allows it.
    /// - Returns: the conflicts that remain.
    private func unblock(
        _ blocked: [(file: ManifestFile, blocker: ModelPath, status: FileStatus)], _ folder: CheckoutFolder, _ survey: inout Survey
    ) async throws(TransferError) -> [String] {
        var conflicts: [String] = []
        var deleted = Set(survey.deletions)
        for (file, blocker, status) in blocked {
            if status.kind == .folder {
                let doomed = deleted
                let goes = try await work.perform { _ throws(TransferError) in
                    try lifting { () throws(SystemError) in
                        guard let parent = try folder.parent(of: blocker, create: false) else { return false }
                        return try Self.empties(try parent.folder(CheckoutFolder.leaf(blocker)), blocker.text, without: doomed)
                    }
                }
                guard goes else {
                    conflicts.append("\(file.path.text) (is a folder)")
                    continue
                }
                survey.replaced[file.path] = status
            } else if !deleted.contains(blocker) {
                guard options.overwrite else {
                    conflicts.append("\(file.path.text) ('\(blocker.text)' on its way is a file)")
                    continue
                }
                survey.deletions.append(blocker)
                survey.replaced[blocker] = status
                deleted.insert(blocker)
            }
            survey.build.append(file)
        }
        return conflicts
    }

    /// Whether a folder is gone once the files `doomed` are deleted.
    private static func empties(_ folder: Folder, _ path: String, without doomed: Set<ModelPath>) throws(SystemError) -> Bool {
        let names = try folder.names()
        for name in names {
            let inner = "\(path)/\(name)"
            if try folder.status(name)?.kind == .folder {
                guard try empties(try folder.folder(name), inner, without: doomed) else { return false }
            } else {
                guard let model = try? ModelPath(inner), doomed.contains(model) else { return false }
            }
        }
        return !names.isEmpty
    }

    /// What stands at a tracked file's path, and whether it still has the bytes that were recorded; nil if it is gone.
    private static func unedited(_ file: TrackedFile, _ folder: CheckoutFolder, _ context: inout WorkContext) throws(TransferError)
        -> (FileStatus, Bool)?
    {
        let status = try? folder.status(of: file.path)
        guard let status else { return nil }
        guard status.kind == .file else { return (status, false) }
        if file.isUntouched(status) { return (status, true) }
        guard status.size == file.size else { return (status, false) }
        return (status, try digest(of: file.path, folder, &context) == file.sha256)
    }

    /// Hashes a whole file of the directory; blocks. Nil if it is gone.
    static func digest(of path: ModelPath, _ folder: CheckoutFolder, _ context: inout WorkContext) throws(TransferError) -> Digest? {
        try lifting { () throws(SystemError) in try folder.file(at: path) }.map { (file) throws(TransferError) in
            try digest(of: file, &context)
        }
    }

    static func digest(of file: OwnedFile, _ context: inout WorkContext) throws(TransferError) -> Digest {
        let buffer = context.chunk
        var hasher = SHA256()
        var offset = 0
        while true {
            buffer.resize(0)
            let at = offset
            let got = try lifting { () throws(SystemError) in try file.read(at: at, count: 1 << 20, into: buffer) }
            if got == 0 { return hasher.finish() }
            hasher.update(buffer, range: 0..<got)
            offset += got
        }
    }
}
