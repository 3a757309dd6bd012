import Synchronization
import WaybillFormat
import WaybillStore
import WaybillSystem

/// The SHA-256 of a whole part. It follows the part's written beginning, so that it reads bytes while they are in the page cache and is
/// nearly done when the last chunk comes. Used by one task.
final class PartDigest: @unchecked Sendable {
    /// Bytes of a job at most: others wait meanwhile.
    private static let jobBytes = 16 << 20
    private static let readBytes = 1 << 20

    private let name: String
    private let size: Int
    private let parts: PartFiles
    private let work: Work
    private var last: Task<Void, Never>?
    private let isAbandoned = Atomic(false)
    // Touched by one job at a time, one after another.
    private var hasher = SHA256Running()
    private var position = 0
    private var failure: TransferError?

    init(_ target: PullTarget, _ parts: PartFiles, work: Work) {
        name = target.part
        size = target.file.size
        self.parts = parts
        self.work = work
    }

    /// Hashes, behind the caller's back, what is written: all bytes before `end`.
    func follow(to end: Int) {
        let previous = last
        last = Task {
            await previous?.value
            while failure == nil, position < end, !isAbandoned.load(ordering: .relaxed) {
                do throws(TransferError) {
                    try await work.perform(ahead: true) { context throws(TransferError) in
                        try self.hash(to: min(end, self.position + Self.jobBytes), &context)
                    }
                } catch {
                    failure = error
                }
            }
        }
    }

    private func hash(to end: Int, _ context: inout WorkContext) throws(TransferError) {
        let buffer = context.chunk
        let file = try lifting { () throws(SystemError) in try parts.file(name, size: size) }
        while position < end {
            buffer.resize(0)
            let (from, count) = (position, min(Self.readBytes, end - position))
            let got = try lifting { () throws(SystemError) in try file.read(at: from, count: count, into: buffer) }
            guard got == count else {
                throw TransferError(
                    .conflict, subject: file.path, cause: "was cut while it was being written",
                    remedy: "Leave '.waybill' alone, and pull again")
            }
            hasher.update(buffer, range: 0..<got)
            position += got
        }
    }

    /// Hashes no more; returns when nothing of the part is in use.
    func abandon() async {
        isAbandoned.store(true, ordering: .relaxed)
        await last?.value
    }

    /// The digest of all of the part, which is whole now.
    func finish() async throws(TransferError) -> Digest {
        follow(to: size)
        await last?.value
        if let failure { throw failure }
        if size == 0 {
            // Nothing was written to it, so nothing has made it yet.
            try await work.perform { [name, parts] _ throws(TransferError) in
                _ = try lifting { () throws(SystemError) in try parts.file(name, size: 0) }
            }
        }
        return hasher.digest()
    }
}
