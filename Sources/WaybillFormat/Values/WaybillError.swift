/// What went wrong, in the words of the command line's contract (Protocol/CLI.md). The raw value is the JSON `code`.
public enum ErrorCode: String, Sendable, CaseIterable {
    case failure
    case usage
    case notFound
    case integrity
    case policy
    case conflict
    case unavailable
    case storage
    case authentication
    case partial
    case interrupted

    /// Documented exit codes.
    public var exitCode: Int32 {
        switch self {
        case .failure: 1
        case .usage: 2
        case .notFound: 3
        case .integrity: 4
        case .policy: 5
        case .conflict: 6
        case .unavailable: 7
        case .storage: 8
        case .authentication: 9
        case .partial: 10
        case .interrupted: 130
        }
    }
}

/// Every error of ours: which thing, why, and what a person can do. Each module throws one concrete type.
public protocol WaybillError: Error, CustomStringConvertible {
    var code: ErrorCode { get }
    /// The path, object or address that the error is about.
    var subject: String { get }
    var cause: String { get }
    /// What to do now; a sentence, empty only where nothing can be done.
    var remedy: String { get }
}

extension WaybillError {
    public var description: String {
        remedy.isEmpty ? "\(subject): \(cause)" : "\(subject): \(cause). \(remedy)"
    }
}

/// An object or a name that breaks Protocol/.
public struct FormatError: WaybillError, Equatable {
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
