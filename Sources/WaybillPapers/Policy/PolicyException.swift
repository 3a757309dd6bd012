import WaybillFormat

/// Lifts rules for some models, for a time, in somebody's name.
public struct PolicyException: Sendable, Equatable {
    /// Ids of rules, or `default`.
    public let rules: [String]
    public let models: [WordPattern]
    public let contentIds: [Digest]
    public let owner: String
    public let reason: String
    /// `YYYY-MM-DDThh:mm:ssZ`.
    public let expires: String
    public let line: Int

    /// Whether it is about this rule and this revision, expired or not.
    func covers(_ rule: String, _ subject: PolicySubject) -> Bool {
        guard rules.contains(rule) else { return false }
        if let model = subject.model, models.contains(where: { $0.matches(model) }) { return true }
        return contentIds.contains(subject.contentId)
    }

    func isValid(at time: String) -> Bool {
        guard let now = Timestamp.secondsSince1970(time), let end = Timestamp.secondsSince1970(expires) else { return false }
        return now < end
    }
}

/// What a decision is about.
public struct PolicySubject: Sendable, Equatable {
    /// `org/name`; nil for a directory that belongs to none yet.
    public let model: String?
    public let contentId: Digest

    public init(model: String?, contentId: Digest) {
        self.model = model
        self.contentId = contentId
    }
}
