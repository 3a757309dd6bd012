import WaybillCodec
import WaybillFormat
import WaybillSystem

extension DirectoryStore: EvidenceStore {
    /// Chunks written with one hold of the lock: a collector waits so long.
    private static let evidenceBatch = 16

    public func keepEvidence(_ chunks: [ChunkName]) async throws(StoreError) -> [ChunkName] {
        var missing: [ChunkName] = []
        for start in stride(from: 0, to: chunks.count, by: Self.evidenceBatch) {
            let part = Array(chunks[start..<min(start + Self.evidenceBatch, chunks.count)])
            // A collector that looks at the object's time and deletes must not do so while it is written.
            let lock = try await CollectionLock.acquire(.shared, in: self)
            defer { withExtendedLifetime(lock) {} }
            missing += try await work.run { [self] context throws(StoreError) in try writeEvidence(part, &context) }
        }
        return missing
    }

    /// As `keepEvidence`; blocks, and holds no lock.
    func writeEvidence(_ chunks: [ChunkName], _ context: inout WorkContext) throws(StoreError) -> [ChunkName] {
        let index = try index
        var places = try index.places(chunks)
        if places.contains(where: { $0 == nil }) {
            // Another process may have added packs since the index was read.
            try index.refresh()
            places = try index.places(chunks)
        }
        var missing: [ChunkName] = []
        for (chunk, place) in zip(chunks, places) {
            guard let place else {
                missing.append(chunk)
                continue
            }
            _ = try StoredChunk.read(chunk, at: place, root: root, label: label, context: &context)
            try replaceObject(.evidence(chunk.digest), context.frame.bytes(0..<context.frame.count))
        }
        return missing
    }

    /// Those of `chunks` that do not stand as evidence. Looks at names, not at bytes.
    public func lacksEvidence(_ chunks: [ChunkName]) async throws(StoreError) -> [ChunkName] {
        try await work.run { [self] _ throws(StoreError) in
            var lacking: [ChunkName] = []
            for chunk in chunks where try objectStatus(.evidence(chunk.digest)) == nil { lacking.append(chunk) }
            return lacking
        }
    }
}

/// A frame as an object of its own.
enum EvidenceFrame {
    /// Decodes and hashes; blocks. The raw bytes lie in `context.chunk`.
    static func verify(
        _ frame: [UInt8], as chunk: ChunkName, subject: String, _ context: inout WorkContext
    ) throws(StoreError) -> VerifiedChunk {
        let (decoder, source, output) = (context.decoder, context.frame, context.chunk)
        source.resize(0)
        guard source.append(frame.span) else {
            throw StoreError(.integrity, subject: subject, cause: "a frame of \(frame.count) bytes is too long")
        }
        try decoding { () throws(CodecError) in
            try decoder.decode(source, range: 0..<source.count, rawLength: chunk.length, into: output, subject: subject)
        }
        do throws(SystemError) {
            return try VerifiedChunk.verifying(output, range: 0..<output.count, as: chunk, subject: subject)
        } catch {
            throw StoreError(error)
        }
    }

    /// What is wrong with the evidence that is named by `digest`; nil if nothing is. Blocks.
    static func fault(_ frame: [UInt8], _ digest: Digest, _ context: inout WorkContext) -> String? {
        guard let lengths = FrameHeader.lengths(frame), lengths.stored == frame.count,
            let chunk = ChunkName(digest: digest, length: lengths.raw)
        else { return "is damaged: it is no frame" }
        do throws(StoreError) {
            _ = try verify(frame, as: chunk, subject: ObjectName.evidence(digest).path, &context)
            return nil
        } catch {
            return "is damaged: \(error.cause)"
        }
    }
}
