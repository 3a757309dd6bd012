import WaybillCodec
import WaybillFormat
import WaybillSystem

/// A store that could not do what was asked, or an object of it that is damaged.
public struct StoreError: WaybillError, Equatable {
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

    public init(_ error: FormatError) {
        self.init(error.code, subject: error.subject, cause: error.cause, remedy: error.remedy)
    }

    public init(_ error: SystemError) {
        self.init(error.code, subject: error.subject, cause: error.cause, remedy: error.remedy)
    }

    public init(_ error: CodecError) {
        self.init(error.code, subject: error.subject, cause: error.cause, remedy: error.remedy)
    }

    static func missing(_ subject: String, in store: String) -> StoreError {
        StoreError(.notFound, subject: subject, cause: "is not in \(store)", remedy: "Check the address, or ask another mirror")
    }
}
