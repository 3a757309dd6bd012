import WaybillCodec
import WaybillFormat
import WaybillSystem

/// A store that could not do what was asked, or an object of it that is damaged.
public struct StoreError: WaybillError, Equatable {
    public let code: ErrorCode
    public let subject: String
    public let cause: String
    public let remedy: String
    /// The store lacks a part of the revision, which a collector may have taken: whoever has the files sends it once more.
    public let isIncomplete: Bool

    public init(_ code: ErrorCode, subject: String, cause: String, remedy: String = "", isIncomplete: Bool = false) {
        self.code = code
        self.subject = subject
        self.cause = cause
        self.remedy = remedy
        self.isIncomplete = isIncomplete
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

    /// The same error, as one of a revision that is not whole.
    func incomplete() -> StoreError {
        StoreError(code, subject: subject, cause: cause, remedy: remedy, isIncomplete: true)
    }

    static func missing(_ subject: String, in store: String) -> StoreError {
        StoreError(.notFound, subject: subject, cause: "is not in \(store)", remedy: "Check the address, or ask another mirror")
    }
}
