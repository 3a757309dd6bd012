import WaybillFormat
import WaybillStore
import WaybillSystem

/// A push, pull or check that could not be done.
public struct TransferError: WaybillError, Equatable {
    public let code: ErrorCode
    public let subject: String
    public let cause: String
    public let remedy: String
    /// The store lacks a part of the revision that it had a moment ago: a push starts over.
    public let isIncomplete: Bool

    public init(_ code: ErrorCode, subject: String, cause: String, remedy: String = "", isIncomplete: Bool = false) {
        self.code = code
        self.subject = subject
        self.cause = cause
        self.remedy = remedy
        self.isIncomplete = isIncomplete
    }

    public init(_ error: some WaybillError) {
        let isIncomplete = (error as? StoreError)?.isIncomplete ?? false
        self.init(error.code, subject: error.subject, cause: error.cause, remedy: error.remedy, isIncomplete: isIncomplete)
    }
}

/// Runs `body` and turns a lower module's error into a `TransferError`.
func lifting<T, E: WaybillError>(_ body: () throws(E) -> T) throws(TransferError) -> T {
    do throws(E) { return try body() } catch { throw TransferError(error) }
}

/// As `lifting`, for work that waits.
func lifting<T, E: WaybillError>(_ body: () async throws(E) -> T) async throws(TransferError) -> T {
    do throws(E) { return try await body() } catch { throw TransferError(error) }
}
