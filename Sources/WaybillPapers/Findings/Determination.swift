import WaybillFormat

/// The judgement of a named reviewer about one model (Protocol/PAPERS.md, "Determinations").
///
/// Nothing here proves who wrote it: whoever hands one to the evaluator vouches for its origin.
public struct Determination: Sendable, Equatable {
    /// What may be determined.
    public enum Definition: String, Sendable, CaseIterable {
        case osaid = "OSAID-1.0"
        case euFoss = "EU-2024-1689-53-2"
    }

    public enum Result: String, Sendable, CaseIterable {
        case meets
        case fails
    }

    public static let predicateType = "urn:waybill:determination:1"
    public static let maximumByteCount = 64 << 10

    /// The files that it is about; at least one of both is set.
    public let contentId: Digest?
    /// The revision that it is about.
    public let manifest: Digest?
    public let definition: Definition
    public let result: Result
    /// Who judged: a name and how to reach them.
    public let reviewer: String
    public let reason: String
    /// `YYYY-MM-DDThh:mm:ssZ`.
    public let date: String
    /// From then on it counts no more; nil for never.
    public let expires: String?

    /// - Throws: `.integrity` if it breaks a rule of Protocol/PAPERS.md.
    public init(
        contentId: Digest?, manifest: Digest?, definition: Definition, result: Result, reviewer: String, reason: String, date: String,
        expires: String?
    ) throws(FormatError) {
        func refused(_ cause: String) -> FormatError { FormatError(.integrity, subject: "determination", cause: cause) }
        guard contentId != nil || manifest != nil else { throw refused("names neither a content id nor a manifest") }
        for (key, text, maximum) in [("reviewer", reviewer, 2_048), ("reason", reason, 16_384)] {
            guard text.contains(where: { !$0.isWhitespace }) else { throw refused("\(key) is empty") }
            guard text.unicodeScalars.count <= maximum else { throw refused("\(key) is longer than \(maximum) characters") }
        }
        guard let begin = Timestamp.secondsSince1970(date) else { throw refused("date is not YYYY-MM-DDThh:mm:ssZ") }
        if let expires {
            guard let end = Timestamp.secondsSince1970(expires) else { throw refused("expires is not YYYY-MM-DDThh:mm:ssZ") }
            guard end > begin else { throw refused("expires before its date") }
        }
        self.contentId = contentId
        self.manifest = manifest
        self.definition = definition
        self.result = result
        self.reviewer = reviewer
        self.reason = reason
        self.date = date
        self.expires = expires
    }

    /// Why it does not count for these files at this time, or nil if it does.
    ///
    /// - Parameter time: `YYYY-MM-DDThh:mm:ssZ`; without one, what expires does not count.
    public func objection(contentId: Digest, manifest: Digest?, at time: String?) -> String? {
        if let wanted = self.contentId, wanted != contentId { return "is about other files" }
        if let wanted = self.manifest, wanted != manifest { return "is about another revision" }
        guard let time else { return expires == nil ? nil : "expires, and no time was given to compare with" }
        guard let now = Timestamp.secondsSince1970(time), let begin = Timestamp.secondsSince1970(date) else { return "has no time" }
        if now < begin { return "is dated in the future" }
        if let end = expires.flatMap(Timestamp.secondsSince1970), now >= end { return "has expired" }
        return nil
    }
}
