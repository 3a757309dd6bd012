import WaybillFormat
import WaybillStore
import WaybillSystem

/// A source that could not even be opened: every request is answered with the reason. A repair that needs none of its bytes
/// does not fail for it.
public struct UnreachableSource: ChunkSource {
    public let label: String
    let error: StoreError

    public init(label: String, error: some WaybillError) {
        self.label = label
        // That the whole store is not there must not be taken for one object that it lacks.
        let code = error.code == .notFound ? ErrorCode.unavailable : error.code
        self.error = StoreError(code, subject: error.subject, cause: error.cause, remedy: error.remedy)
    }

    public func object(_ name: ObjectName, fresh: Bool) async throws(StoreError) -> [UInt8] { throw error }

    public func read(_ name: ObjectName, range: Range<Int>, into slab: Slab) async throws(StoreError) { throw error }
}
