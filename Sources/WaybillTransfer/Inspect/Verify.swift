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
        let rows = try await self.rows(checkout, folder)
        let failure = await check(selected, tracked, folder, rows, into: &report)
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
        _ files: [ManifestFile], _ tracked: [ModelPath: TrackedFile], _ folder: CheckoutFolder, _ rows: [ChunkRow]?,
        into report: inout VerifyReport
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
                        return .success(try await examine(file, tracked[file.path], folder, rows))
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

    private func untracked(_ checkout: Checkout) async throws(TransferError) -> Int {
        let known = Set(checkout.manifest.files.map(\.path))
        return try await work.perform { [directory] _ throws(TransferError) in
            // Names that no manifest could hold are strangers, but no reason to fail.
            guard let tree = try? SourceTree.read(directory) else { return 0 }
            return tree.files.reduce(0) { known.contains($1.path) ? $0 : $0 + 1 }
        }
    }
}
