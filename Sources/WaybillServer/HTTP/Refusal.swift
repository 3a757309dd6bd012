import HTTPTypes
import WaybillFormat
import WaybillStore

/// A request that is not done, as the answer will say it: a status and the error object of Protocol/HTTP.md.
struct Refusal: Error, Sendable {
    let status: HTTPResponse.Status
    let code: ErrorCode
    let subject: String
    let cause: String
    let remedy: String
    var headers = HTTPFields()
    /// The store lacks a part of the revision: the client sends it once more.
    var isIncomplete = false
    /// The rest of the request cannot be trusted: the connection ends with this answer.
    var endsConnection = false

    init(_ status: HTTPResponse.Status, _ code: ErrorCode, subject: String, cause: String, remedy: String = "") {
        self.status = status
        self.code = code
        self.subject = subject
        self.cause = cause
        self.remedy = remedy
    }

    /// What a store's error means to the one who asked. Paths of this machine are not told.
    /// - Parameter subject: names the thing asked for; the error's own subject is kept where it says more than a path.
    init(_ error: StoreError, subject: String, store: DirectoryStore) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .integrity: .unprocessableContent
            case .usage: .badRequest
            case .notFound: .notFound
            case .conflict: .conflict
            case .storage: .insufficientStorage
            case .unavailable, .interrupted: .serviceUnavailable
            case .authentication: .unauthorized
            case .policy: .forbidden
            case .failure, .partial: .internalServerError
            }
        let named = error.code == .storage ? subject : Self.relative(error.subject, store)
        self.init(status, error.code, subject: named, cause: Self.relative(error.cause, store), remedy: error.remedy)
        isIncomplete = error.isIncomplete
        if status == .serviceUnavailable { headers[.retryAfter] = "2" }
    }

    private static func relative(_ text: String, _ store: DirectoryStore) -> String {
        text.replacing(store.path + "/", with: "").replacing(store.path, with: "store")
    }

    static func notFound(_ subject: String) -> Refusal {
        Refusal(.notFound, .notFound, subject: subject, cause: "is not here", remedy: "Check the address")
    }

    static func tooLarge(_ subject: String, maximum: Int) -> Refusal {
        var refusal = Refusal(
            .contentTooLarge, .usage, subject: subject, cause: "has more than the \(maximum) bytes that are allowed",
            remedy: "Send what Protocol/STORE.md allows")
        refusal.endsConnection = true
        return refusal
    }

    static func busy(_ subject: String, seconds: Int) -> Refusal {
        var refusal = Refusal(
            .serviceUnavailable, .unavailable, subject: subject, cause: "the mirror is busy",
            remedy: "Ask again in \(seconds) seconds")
        refusal.headers[.retryAfter] = "\(seconds)"
        return refusal
    }

    var answer: Answer {
        var headers = headers
        headers[.cacheControl] = "no-store"
        return .json(status, errorObject, headers: headers)
    }

    /// `{"error":{...}}`.
    var errorObject: JSONValue {
        var members: [String: JSONValue] = [
            "cause": .string(cause), "code": .string(code.rawValue), "remedy": .string(remedy), "subject": .string(subject),
        ]
        if isIncomplete { members["incomplete"] = .bool(true) }
        return .object(["error": .object(members)])
    }
}

extension HTTPResponse.Status {
    static var insufficientStorage: Self { .init(code: 507, reasonPhrase: "Insufficient Storage") }
}
