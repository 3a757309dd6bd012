import Synchronization
import WaybillFormat
import WaybillStore
import WaybillSystem

/// A log without end: it has every entry, and nothing else. It gives up, with another code, where a reader does not.
final class EndlessSource: ChunkSource {
    private let entry: @Sendable (Int) -> [UInt8]
    private let asked = Mutex(0)
    private static let patience = 80_000

    let label = "endless"

    init(_ entry: @escaping @Sendable (Int) -> [UInt8]) { self.entry = entry }

    /// Entries that were asked for.
    var count: Int { asked.withLock { $0 } }

    func object(_ name: ObjectName, fresh: Bool) async throws(StoreError) -> [UInt8] {
        guard case .refEntry(_, _, let n) = name else { throw StoreError(.notFound, subject: name.path, cause: "is not there") }
        let count = asked.withLock { asked in
            asked += 1
            return asked
        }
        guard count <= Self.patience else { throw StoreError(.failure, subject: name.path, cause: "was asked for too much") }
        return entry(n)
    }

    func read(_ name: ObjectName, range: Range<Int>, into slab: Slab) async throws(StoreError) {
        throw StoreError(.notFound, subject: name.path, cause: "no ranges here")
    }
}

/// Objects in memory, and errors where a test wants them.
final class MemorySource: ChunkSource {
    private struct State {
        var objects: [String: [UInt8]] = [:]
        /// What a request past all caches gets instead.
        var fresh: [String: [UInt8]] = [:]
        var errors: [String: StoreError] = [:]
        var requests: [String] = []
    }

    private let state = Mutex(State())

    let label = "memory"

    subscript(name: ObjectName) -> [UInt8]? {
        get { state.withLock { $0.objects[name.path] } }
        set { state.withLock { $0.objects[name.path] = newValue } }
    }

    func setFresh(_ name: ObjectName, _ bytes: [UInt8]) { state.withLock { $0.fresh[name.path] = bytes } }
    func fail(_ name: ObjectName, _ code: ErrorCode) {
        state.withLock { $0.errors[name.path] = StoreError(code, subject: name.path, cause: "as the test wants") }
    }

    /// Paths that were asked for, in order.
    var requests: [String] { state.withLock { $0.requests } }

    func object(_ name: ObjectName, fresh: Bool) async throws(StoreError) -> [UInt8] {
        let found = state.withLock { state -> Result<[UInt8]?, StoreError> in
            state.requests.append(name.path)
            if let error = state.errors[name.path] { return .failure(error) }
            return .success(fresh ? state.fresh[name.path] ?? state.objects[name.path] : state.objects[name.path])
        }
        guard let bytes = try found.get() else { throw StoreError(.notFound, subject: name.path, cause: "is not there") }
        guard bytes.count <= name.maximumBytes else { throw StoreError(.integrity, subject: name.path, cause: "is too large") }
        return bytes
    }

    func read(_ name: ObjectName, range: Range<Int>, into slab: Slab) async throws(StoreError) {
        throw StoreError(.notFound, subject: name.path, cause: "no ranges here")
    }
}
