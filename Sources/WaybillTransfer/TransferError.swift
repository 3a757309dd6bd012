import WaybillFormat
import WaybillStore
import WaybillSystem

/// A push, pull or check that could not be done.
public struct TransferError: WaybillError, Equatable {
    public let code: ErrorCode
    public let subject: String
    public let cause: String
    public let remedy: String

    public init(_ code: ErrorCode, subject: String, cause: String, remedy: String = "") {
        self.code = code
        self.subject = subject
        self.cause = cause
        self.remedy = remedy
    }

    public init(_ error: some WaybillError) {
        self.init(error.code, subject: error.subject, cause: error.cause, remedy: error.remedy)
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

extension Work {
    /// Runs a blocking job of a transfer on the pool.
    func perform<T: Sendable>(
        _ job: @escaping @Sendable (inout WorkContext) throws(TransferError) -> T
    ) async throws(TransferError) -> T {
        try await pool.run(job)
    }
}
