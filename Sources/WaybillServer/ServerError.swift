import WaybillFormat
import WaybillStore
import WaybillSystem

/// A mirror that cannot start, or a token registry that cannot be read or changed.
public struct ServerError: WaybillError, Equatable {
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

    init(_ error: some WaybillError) {
        self.init(error.code, subject: error.subject, cause: error.cause, remedy: error.remedy)
    }
}
