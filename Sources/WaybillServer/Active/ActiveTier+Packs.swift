import HTTPTypes
import NIOCore
import WaybillFormat
import WaybillStore
import WaybillSystem

extension ActiveTier {
    /// Bytes that are gathered before they are written.
    private static let slabByteCount = 1 << 20
    /// A client that waits longer than its own read timeout would come again anyhow.
    private static let patience: Duration = .seconds(20)

    func putPack(_ digest: Digest, _ body: inout IncomingBody) async throws(Refusal) -> Answer {
        let subject = ObjectName.pack(digest).path
        try body.requireAtMost(Limits.pack)
        guard await uploads.enter(within: Self.patience) else { throw .busy(subject, seconds: 5) }
        defer { uploads.leave() }
        if try await storing(subject, { () async throws(StoreError) in try await IncomingPack.isPresent(digest, in: store) }) {
            try await body.drain(maximum: Limits.pack)
            return Answer(.ok)
        }
        // Its file has no name in the store, and vanishes with this value unless it is admitted.
        let pack = try await storing(subject) { () async throws(StoreError) in try await IncomingPack.begin(digest, in: store) }
        let byteCount = try await receive(pack, subject, &body)
        _ = try await storing(subject) { () async throws(StoreError) in try await pack.admit(byteCount: byteCount) }
        metrics.admittedPack(chunks: try await chunkCount(digest))
        return Answer(.created)
    }

    private func receive(_ pack: IncomingPack, _ subject: String, _ body: inout IncomingBody) async throws(Refusal) -> Int {
        let slab = await store.work.memory.acquire(Self.slabByteCount)
        slab.resize(0)
        var written = 0
        while var piece = try await body.next(maximum: Limits.pack) {
            while let part = piece.readSlice(length: min(piece.readableBytes, slab.capacity - slab.count)), part.readableBytes > 0 {
                slab.append(raw: part.readableBytesSpan)
                guard slab.count == slab.capacity else { continue }
                written = try await write(slab, to: pack, at: written, subject)
            }
        }
        return try await write(slab, to: pack, at: written, subject)
    }

    /// - Returns: where the next byte goes.
    private func write(_ slab: Slab, to pack: IncomingPack, at offset: Int, _ subject: String) async throws(Refusal) -> Int {
        try await storing(subject) { () async throws(StoreError) in try await pack.write(slab, at: offset) }
        let end = offset + slab.count
        slab.resize(0)
        return end
    }

    /// Chunks of an admitted pack, by its trailer.
    private func chunkCount(_ digest: Digest) async throws(Refusal) -> Int {
        let name = ObjectName.pack(digest)
        return try await storing(name.path) { () async throws(StoreError) in
            try await store.work.run { [store] (_) throws(StoreError) in
                guard let file = try store.openFile(name) else { return 0 }
                do throws(SystemError) {
                    let size = try file.status().size
                    let trailer = try file.read(at: size - PackTrailer.byteCount, count: PackTrailer.byteCount)
                    let footer = try? PackTrailer(decoding: trailer, packSize: size, subject: name.path).footerByteCount
                    let head = PackFooter.encodedByteCount(rows: 0)
                    return ((footer ?? head) - head) / (PackFooter.encodedByteCount(rows: 1) - head)
                } catch {
                    throw StoreError(error)
                }
            }
        }
    }
}
