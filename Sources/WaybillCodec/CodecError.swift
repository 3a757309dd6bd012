import WaybillFormat

/// A frame that breaks Protocol/FRAME.md. Nearly always `.integrity`; `.failure` where a newer version may know more.
public struct CodecError: WaybillError, Equatable {
    public let code: ErrorCode
    public let subject: String
    public let cause: String
    public let remedy: String

    public init(_ code: ErrorCode = .integrity, subject: String, cause: String, remedy: String = "") {
        self.code = code
        self.subject = subject
        self.cause = cause
        self.remedy = remedy
    }
}
