import Synchronization
import Testing
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

extension S3Store {
    /// Pushes a revision as the next entry of a ref, as a push does.
    @discardableResult
    func push(_ revision: StoredRevision, model: ModelName = .acme, ref: RefName = .main) async throws -> Int {
        let newest = try await RevisionReader(self).newestEntryBytes(model, ref)
        let lease = try await beginPush(of: [model])
        do {
            try await revision.put(in: self)
            let item = try revision.entry((newest?.n ?? 0) + 1, previous: newest?.bytes, model: model.path, ref: ref.text)
            try await append(item.entry, envelope: item.envelope)
            await lease.end()
            return item.entry.n
        } catch {
            await lease.end()
            throw error
        }
    }

    /// An object's bytes, whatever it is.
    func bytes(_ path: String) async throws -> [UInt8]? { try await ObjectName(path: path).asyncMap { try await self.object($0) } }
}

extension Optional {
    func asyncMap<T>(_ body: (Wrapped) async throws -> T) async rethrows -> T? {
        guard let self else { return nil }
        return try await body(self)
    }
}

extension ModelName {
    static let acme: ModelName = {
        do { return try ModelName("acme/tiny") } catch { preconditionFailure("\(error)") }
    }()
}

/// The error that `body` throws, if it is a store's.
func failure(_ body: () async throws -> Void) async -> StoreError? {
    do { try await body() } catch { return error as? StoreError }
    return nil
}

func code(_ body: () async throws -> Void) async -> ErrorCode? { await failure(body)?.code }

/// What people were told.
final class Said: Sendable {
    private let texts = Mutex<[String]>([])

    func add(_ text: String) { texts.withLock { $0.append(text) } }
    var all: String { texts.withLock { $0.joined(separator: "\n") } }
}

/// Every chunk of the revision is where its locator says, byte for byte.
func expectWhole(_ revision: StoredRevision, in source: any ChunkSource, _ location: SourceLocation = #_sourceLocation) async throws {
    let reader = RevisionReader(source)
    let (manifest, _) = try await reader.manifest(revision.digest)
    #expect(try await reader.rows(of: manifest).map(\.name) == revision.chunks, sourceLocation: location)
    let locator = try await reader.locator(revision.list, rows: revision.chunks.count)
    let (frame, output, decoder) = (Slab(capacity: 1 << 20), Slab(capacity: Limits.chunk), FrameDecoder())
    for (name, found) in zip(revision.chunks, locator.places) {
        let at = try #require(found, sourceLocation: location)
        frame.resize(0)
        try await source.read(.pack(at.pack), range: at.offset..<at.offset + at.stored, into: frame)
        try decoder.decode(frame, range: 0..<frame.count, rawLength: name.length, into: output, subject: "test")
        #expect(output.bytes(0..<output.count) == revision.content[name], sourceLocation: location)
    }
}
