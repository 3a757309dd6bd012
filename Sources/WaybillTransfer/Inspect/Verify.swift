import WaybillFormat
import WaybillStore
import WaybillSystem

/// A file of a checkout that is not what the manifest says.
public struct FileProblem: Sendable, Hashable {
    public enum Kind: String, Sendable {
        case missing
        /// Other bytes, and the file was written since: somebody edited it.
        case modified
        /// Other bytes, and size and times say that nobody wrote it: the disk did.
        case damaged
        /// A link, folder or device stands there.
        case notAFile
    }

    public let path: ModelPath
    public let kind: Kind
    public let detail: String
}

/// What `verify` found.
public struct VerifyReport: Sendable {
    public var manifest: Digest
    public var contentId: Digest
    public var model: ModelName
    public var ref: RefName?
    public var entry: Int?
    public var filesTotal = 0
    public var filesSelected = 0
    public var filesVerified = 0
    public var bytesVerified = 0
    public var seconds = 0.0
    public var problems: [FileProblem] = []
    /// Files in the directory that are not the model's.
    public var untracked = 0

    /// Every file of the revision is here and right.
    public var isComplete: Bool { problems.isEmpty && filesVerified == filesTotal }
}

/// Hashes a directory against the manifest that `.waybill/` keeps; needs no mirror.
public struct Verify: Sendable {
    let directory: String
    /// Trust sizes and times; read nothing.
    let quick: Bool
    let work: Work
    let meter: Meter

    public init(directory: String, quick: Bool = false, work: Work, progress: @escaping ProgressHandler) {
        self.directory = directory
        self.quick = quick
        self.work = work
        meter = Meter(progress)
    }

    /// - Throws: `.notFound` if the directory was neither pulled nor pushed. Wrong files are in the report.
    public func run() async throws(TransferError) -> VerifyReport {
        let (folder, checkout) = try await work.perform { [directory] _ throws(TransferError) in
            guard let folder = try CheckoutFolder.openIfPresent(directory) else { throw Self.unknown(directory) }
            try folder.finishPendingSwitch(holding: nil)
            guard let checkout = try folder.checkout() else { throw Self.unknown(directory) }
            return (folder, checkout)
        }
        let selected = checkout.selected
        var report = VerifyReport(
            manifest: checkout.manifestDigest, contentId: checkout.manifest.contentId, model: checkout.model, ref: checkout.ref,
            entry: checkout.entry)
        report.filesTotal = checkout.manifest.files.count
        report.filesSelected = selected.count
        meter.update {
            $0.phase = .verifying
            $0.filesTotal = selected.count
            $0.bytesTotal = selected.reduce(0) { $0 + $1.size }
        }
        var tracked: [ModelPath: TrackedFile] = [:]
        for file in checkout.tracked { tracked[file.path] = file }
        let failure = await check(selected, tracked, folder, into: &report)
        if let failure { throw failure }
        report.problems.sort { $0.path < $1.path }
        report.untracked = try await untracked(checkout)
        report.seconds = meter.seconds
        return report
    }

    private static func unknown(_ directory: String) -> TransferError {
        TransferError(
            .notFound, subject: directory, cause: "was neither pulled nor pushed by Waybill: it has no record to verify against",
            remedy: "Pull into it: files that match are kept")
    }

    /// Several files at a time.
    private func check(
        _ files: [ManifestFile], _ tracked: [ModelPath: TrackedFile], _ folder: CheckoutFolder, into report: inout VerifyReport
    ) async -> TransferError? {
        var failure: TransferError?
        var verified = 0
        var bytes = 0
        var problems: [FileProblem] = []
        await withTaskGroup(of: Result<FileProblem?, TransferError>.self) { group in
            var running = 0
            var sizes = files.makeIterator()
            func take(_ result: Result<FileProblem?, TransferError>) {
                switch result {
                case .success(nil): verified += 1
                case .success(let problem?): problems.append(problem)
                case .failure(let error): failure = failure ?? error
                }
            }
            while let file = sizes.next() {
                if running >= work.pool.threads * 2, let result = await group.next() {
                    running -= 1
                    take(result)
                }
                if failure != nil { break }
                running += 1
                group.addTask {
                    do throws(TransferError) {
                        let problem = try await work.perform { context throws(TransferError) in
                            try examine(file, tracked[file.path], folder, &context)
                        }
                        return .success(problem)
                    } catch {
                        return .failure(error)
                    }
                }
                bytes += file.size
            }
            for await result in group { take(result) }
        }
        report.filesVerified = verified
        report.problems = problems
        let wrong = Set(problems.map(\.path))
        report.bytesVerified = quick ? 0 : bytes - files.reduce(0) { wrong.contains($1.path) ? $0 + $1.size : $0 }
        return failure
    }

    private func examine(
        _ file: ManifestFile, _ tracked: TrackedFile?, _ folder: CheckoutFolder, _ context: inout WorkContext
    ) throws(TransferError) -> FileProblem? {
        defer {
            meter.update {
                $0.filesDone += 1
                $0.bytesDone += file.size
            }
        }
        func problem(_ kind: FileProblem.Kind, _ detail: String) -> FileProblem { FileProblem(path: file.path, kind: kind, detail: detail) }
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
            guard let path = Self.linkTarget(folder, file.path), let target = try? FileStatus.of(path), target.kind == .file,
                tracked?.inode == Int(target.inode)
            else { return problem(.notAFile, "is a symbolic link") }
            status = target
            opened = try lifting { () throws(SystemError) in try OwnedFile.open(path, .read) }
        }
        guard status.kind == .file else { return problem(.notAFile, "is no regular file") }
        let untouched = tracked?.isUntouched(status) == true
        guard status.size == file.size else {
            return problem(untouched ? .damaged : .modified, "has \(status.size) bytes instead of \(file.size)")
        }
        if quick { return untouched ? nil : problem(.modified, "was written since it was verified (run without --quick to compare bytes)") }
        let actual: Digest?
        if let opened { actual = try Pull.digest(of: opened, &context) } else { actual = try Pull.digest(of: file.path, folder, &context) }
        if actual == file.sha256 { return nil }
        return problem(untouched ? .damaged : .modified, "has SHA-256 \(actual?.hex ?? "none") instead of \(file.sha256)")
    }

    private static func linkTarget(_ folder: CheckoutFolder, _ path: ModelPath) -> String? { "\(folder.root.path)/\(path.text)" }

    private func untracked(_ checkout: Checkout) async throws(TransferError) -> Int {
        let known = Set(checkout.manifest.files.map(\.path))
        return try await work.perform { [directory] _ throws(TransferError) in
            // Names that no manifest could hold are strangers, but no reason to fail.
            guard let tree = try? SourceTree.read(directory) else { return 0 }
            return tree.files.reduce(0) { known.contains($1.path) ? $0 : $0 + 1 }
        }
    }
}
