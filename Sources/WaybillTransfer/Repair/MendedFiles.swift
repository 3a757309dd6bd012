import Synchronization
import WaybillFormat
import WaybillStore
import WaybillSystem

/// The files that a repair mends: verified chunks are written to their places, and what they replace is kept where somebody had
/// written. What goes wrong with one file is noted for it and does not stop the others. Every call may block.
final class MendedFiles: Sendable {
    struct Target: Sendable {
        let examined: ExaminedFile
        /// Where it is built; nil for a file that is mended in place.
        let part: String?
        /// Bytes of a file in place are kept before they are replaced.
        let keeps: Bool
        /// A file that is replaced whole is moved aside.
        let setsAside: Bool

        var file: ManifestFile { examined.file }
    }

    private struct State {
        var failures: [Int: TransferError] = [:]
        var open: [Int: OwnedFile] = [:]
        /// Files in place that nobody changed between examination and the first write.
        var begun: Set<Int> = []
    }

    /// Files kept open.
    private static let openLimit = 96

    let targets: [Target]
    private let folder: CheckoutFolder
    private let parts: PartFiles?
    private let replaced: ReplacedBytes
    private let state = Mutex(State())

    init(_ targets: [Target], folder: CheckoutFolder, parts: PartFiles?) {
        self.targets = targets
        self.folder = folder
        self.parts = parts
        replaced = ReplacedBytes(state: folder.state)
    }

    var kept: [RepairReport.KeptBytes] { replaced.kept }

    func failure(_ target: Int) -> TransferError? { state.withLock { $0.failures[target] } }

    func fail(_ target: Int, _ error: TransferError) {
        state.withLock { state in if state.failures[target] == nil { state.failures[target] = error } }
    }

    /// Writes a chunk to one of its places.
    func write(_ chunk: borrowing VerifiedChunk, isZero: Bool, to destination: Destination) {
        guard failure(destination.target) == nil else { return }
        let target = targets[destination.target]
        do throws(SystemError) {
            if let part = target.part, let parts {
                return try parts.write(chunk, isZero: isZero, to: part, size: target.file.size, at: destination.offset)
            }
            let file = try file(destination.target)
            if target.keeps {
                let end = min(destination.offset + chunk.name.length, target.examined.status?.size ?? 0)
                if end > destination.offset { try replaced.keep(destination.offset..<end, of: file, path: target.file.path) }
            }
            try file.write(chunk, at: destination.offset)
        } catch {
            fail(destination.target, TransferError(error))
        }
    }

    /// All rows are written: hashes the whole file, makes it durable and gives it its name.
    /// - Returns: its status, by which it is known to be right from now on.
    func finish(_ number: Int, _ context: inout WorkContext) throws(TransferError) -> FileStatus {
        if let error = failure(number) { throw error }
        let target = targets[number]
        do throws(TransferError) {
            if let part = target.part, let parts { return try finish(target, part, parts, &context) }
            return try finishInPlace(number, &context)
        } catch {
            fail(number, error)
            throw error
        }
    }

    private func finishInPlace(_ number: Int, _ context: inout WorkContext) throws(TransferError) -> FileStatus {
        let target = targets[number]
        let file = try lifting { () throws(SystemError) -> OwnedFile in try self.file(number) }
        let before = try lifting { () throws(SystemError) -> FileStatus in
            let size = try file.status().size
            if size > target.file.size {
                if target.keeps { try replaced.keep(target.file.size..<size, of: file, path: target.file.path) }
                try file.truncate(to: target.file.size)
            }
            return try file.status()
        }
        try requireRight(try Pull.digest(of: file, &context), target)
        let (after, named) = try lifting { () throws(SystemError) -> (FileStatus, FileStatus?) in
            do throws(SystemError) { try file.syncData() } catch {
                file.forgetCache()
                throw error
            }
            return (try file.status(), try folder.status(of: target.file.path))
        }
        state.withLock { state in _ = state.open.removeValue(forKey: number) }
        guard after == before, named == after else { throw Self.changed(target) }
        return after
    }

    private func finish(
        _ target: Target, _ part: String, _ parts: PartFiles, _ context: inout WorkContext
    ) throws(TransferError) -> FileStatus {
        let path = target.file.path
        let file = try lifting { () throws(SystemError) in try parts.file(part, size: target.file.size) }
        do throws(TransferError) {
            try requireRight(try Pull.digest(of: file, &context), target)
        } catch {
            try? parts.discard(part)
            throw error
        }
        let built = try lifting { () throws(SystemError) -> FileStatus in
            do throws(SystemError) { try file.sync() } catch {
                try? parts.discard(part)
                throw error
            }
            parts.close(part)
            return try file.status()
        }
        let present = try lifting { () throws(SystemError) -> FileStatus? in try folder.status(of: path) }
        guard present == target.examined.status else { throw Self.changed(target) }
        let status = try lifting { () throws(SystemError) -> FileStatus? in
            guard let parent = try folder.parent(of: path, create: true) else { return nil }
            let leaf = CheckoutFolder.leaf(path)
            if target.setsAside, let present { try replaced.setAside(leaf, in: parent, path: path, bytes: present.size) }
            try parts.folder.rename(part, to: leaf, in: parent)
            try parent.sync()
            try parts.folder.sync()
            return try parent.status(leaf)
        }
        guard let status, status.inode == built.inode, status.size == target.file.size, status.modified == built.modified else {
            throw Self.changed(target)
        }
        return status
    }

    private func requireRight(_ actual: Digest, _ target: Target) throws(TransferError) {
        guard actual == target.file.sha256 else {
            throw TransferError(
                .integrity, subject: target.file.path.text,
                cause: "its chunks were right and the whole file is not: its SHA-256 is \(actual) instead of \(target.file.sha256)",
                remedy: "Something writes to it, or this disk loses bytes: check it (dmesg) and run 'waybill repair' again")
        }
    }

    private static func changed(_ target: Target) -> TransferError {
        TransferError(
            .conflict, subject: target.file.path.text, cause: "was changed while the repair ran",
            remedy: "Wait until nothing writes to it, and run 'waybill repair' again")
    }

    /// A file that is mended in place, open for writing. At the first time it must be what was examined.
    private func file(_ number: Int) throws(SystemError) -> OwnedFile {
        let target = targets[number]
        let result = state.withLock { state -> Result<OwnedFile, SystemError> in
            if let file = state.open[number] { return .success(file) }
            do throws(SystemError) {
                let leaf = CheckoutFolder.leaf(target.file.path)
                let changed = Self.changed(target)
                let error = SystemError(changed.code, subject: changed.subject, cause: changed.cause, remedy: changed.remedy)
                // Opening for writing would make a file that is gone.
                guard let parent = try folder.parent(of: target.file.path, create: false), try parent.status(leaf)?.kind == .file else {
                    throw error
                }
                let file = try parent.file(leaf, .readWrite)
                if state.begun.insert(number).inserted, try file.status() != target.examined.status {
                    state.begun.remove(number)
                    throw error
                }
                if state.open.count >= Self.openLimit, let victim = state.open.keys.first { state.open[victim] = nil }
                state.open[number] = file
                return .success(file)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
