import WaybillFormat
import WaybillSystem

/// A signature, key or key set that is not to be trusted. The cause begins with the name of the attack, as Protocol/TRUST.md has it
/// ("unsigned: ...", "wrongly signed: ...", "rollback: ...").
public struct TrustError: WaybillError, Equatable {
    /// `.policy` or `.integrity` for what is refused; other codes come from what was read.
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

/// Runs `body` and turns a lower module's error into a `TrustError`.
func lifting<T, E: WaybillError>(_ body: () throws(E) -> T) throws(TrustError) -> T {
    do throws(E) { return try body() } catch { throw TrustError(error) }
}
