import HTTPTypes
import NIOCore
import WaybillFormat
import WaybillStore
import WaybillSystem

/// `GET` and `HEAD` of the store's objects, straight from its files.
struct StaticTier: Sendable {
    let store: DirectoryStore
    let isPrivate: Bool
    /// Bytes read and sent in one piece.
    let pieceByteCount: Int

    /// An object that is there.
    private struct Found: Sendable {
        let tag: ObjectTag
        let size: Int
        let bytes: Bytes

        enum Bytes: Sendable {
            case file(OwnedFile)
            case memory(ByteBuffer)
        }
    }

    func answer(_ name: ObjectName, headers request: HTTPFields, isHead: Bool) async throws(Refusal) -> Answer {
        let found = try await find(name)
        var headers: HTTPFields = [.eTag: found.tag.text, .acceptRanges: "bytes", .cacheControl: cacheControl(name)]
        if found.tag.satisfies(ifNoneMatch: request[.ifNoneMatch]) { return Answer(.notModified, headers: headers) }
        headers[.contentType] = Self.contentType(name)
        var status = HTTPResponse.Status.ok
        var range = 0..<found.size
        // RFC 9110 defines Range for GET only.
        let asked = isHead || !found.tag.allowsRange(ifRange: request[.ifRange]) ? nil : request[.range]
        switch ByteRange.parse(header: asked, size: found.size) {
        case .whole: break
        case .partial(let part):
            status = .partialContent
            range = part
            headers[.contentRange] = ContentRange(part, size: found.size).header
        case .unsatisfiable:
            var refusal = Refusal(
                .rangeNotSatisfiable, .usage, subject: name.path, cause: "has \(found.size) bytes, and the range begins behind them",
                remedy: "Read the locator again: the object was repacked or is truncated")
            refusal.headers = [.contentRange: ContentRange.unsatisfied(size: found.size), .eTag: found.tag.text]
            throw refusal
        }
        switch found.bytes {
        case .memory(let buffer):
            let slice = buffer.getSlice(at: buffer.readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
            return Answer(status, headers: headers, body: .bytes(slice))
        case .file(let file):
            return Answer(status, headers: headers, body: stream(file, range))
        }
    }

    /// Reads pieces on the pool, one ahead of what is being sent at most.
    private func stream(_ file: OwnedFile, _ range: Range<Int>) -> Answer.Body {
        let piece = pieceByteCount
        return .stream(length: range.count) { [store] body in
            var next = range.lowerBound
            while next < range.upperBound {
                let wanted = next..<min(next + piece, range.upperBound)
                let buffer = try await store.work.run { (_) throws(StoreError) in try Self.read(file, wanted) }
                try await body.write(buffer)
                next = wanted.upperBound
            }
        }
    }

    /// Blocks.
    private static func read(_ file: OwnedFile, _ range: Range<Int>) throws(StoreError) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: range.count)
        do throws(SystemError) {
            try buffer.writeWithOutputRawSpan(minimumWritableBytes: range.count) { (output) throws(SystemError) in
                try file.read(at: range.lowerBound, count: range.count, into: &output)
            }
        } catch {
            throw StoreError(error)
        }
        guard buffer.readableBytes == range.count else {
            throw StoreError(.integrity, subject: file.path, cause: "became shorter while it was read")
        }
        return buffer
    }

    private func find(_ name: ObjectName) async throws(Refusal) -> Found {
        do throws(StoreError) {
            switch name {
            case .pack(let digest), .list(let digest), .manifest(let digest), .attestation(let digest):
                return try await named(name, digest)
            default:
                return try await small(name)
            }
        } catch {
            if error.code == .notFound { throw .notFound(name.path) }
            // Whatever else is wrong is this mirror's trouble, not the reader's.
            throw Refusal(
                .internalServerError, error.code, subject: name.path, cause: "cannot be read here: \(error.cause)",
                remedy: "Tell the operator of the mirror, or use another one")
        }
    }

    /// An object whose name tells its bytes: never read whole.
    private func named(_ name: ObjectName, _ digest: Digest) async throws(StoreError) -> Found {
        try await store.work.run { [store] (_) throws(StoreError) in
            guard let file = try store.openFile(name) else { throw Self.missing(name) }
            do throws(SystemError) {
                return Found(tag: ObjectTag(digest.hex), size: try file.status().size, bytes: .file(file))
            } catch {
                throw StoreError(error)
            }
        }
    }

    /// A small object, or one that may change: its bytes are read first, so that tag and bytes belong together.
    private func small(_ name: ObjectName) async throws(StoreError) -> Found {
        let bytes = try await store.object(name, fresh: true)
        return try await store.work.run { (_) throws(StoreError) in
            Found(tag: ObjectTag(SHA256.digest(of: bytes).hex), size: bytes.count, bytes: .memory(ByteBuffer(bytes: bytes)))
        }
    }

    private static func missing(_ name: ObjectName) -> StoreError { StoreError(.notFound, subject: name.path, cause: "is not here") }

    private func cacheControl(_ name: ObjectName) -> String {
        guard name.isImmutable else { return isPrivate ? "private, no-cache" : "no-cache" }
        return "\(isPrivate ? "private" : "public"), max-age=31536000, immutable, no-transform"
    }

    private static func contentType(_ name: ObjectName) -> String {
        switch name {
        case .storeDescription, .catalog, .refIndex, .refEntry, .manifest, .attestation, .keySet: "application/json"
        case .refHint: "text/plain; charset=utf-8"
        case .list, .locator, .pack, .evidence: "application/octet-stream"
        }
    }
}
