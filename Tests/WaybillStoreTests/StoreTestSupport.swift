import WaybillFormat
import WaybillStore

/// The code of the error that `body` throws; nil if it throws none.
func code(_ body: () async throws -> Void) async -> ErrorCode? {
    do { try await body() } catch let error as StoreError { return error.code } catch { return nil }
    return nil
}

enum Shared {
    static let work = Work(threads: 2)
}

extension ModelName {
    static let acme: ModelName = {
        do { return try ModelName("acme/tiny") } catch { preconditionFailure("\(error)") }
    }()
}
