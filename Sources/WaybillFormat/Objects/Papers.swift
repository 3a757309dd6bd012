/// What a publisher may claim about a model. The raw value is the member's name; the cases stand in canonical order.
public enum ClaimKind: String, Sendable, CaseIterable {
    case baseModels
    case datasets
    case languages
    case licenseLinks
    case licenseNames
    case licenses
}

/// One claimed value and where it was read.
public struct ClaimValue: Hashable, Sendable {
    /// At most `Papers.maximumValueByteCount` bytes.
    public let value: String
    /// Indices into `Papers.evidence`, ascending, at least one.
    public let evidence: [Int]

    public init(value: String, evidence: [Int]) {
        self.value = value
        self.evidence = evidence
    }
}

/// A place in a file of the model that a claim was read from.
public struct Evidence: Hashable, Sendable {
    public let file: ModelPath
    /// The key inside the file, for example `license` or `general.license`.
    public let place: String
    /// The file's SHA-256.
    public let sha256: Digest

    public init(file: ModelPath, place: String, sha256: Digest) {
        self.file = file
        self.place = place
        self.sha256 = sha256
    }

    /// The order of evidence: by file, then by place.
    static func precedes(_ a: Evidence, _ b: Evidence) -> Bool {
        a.file == b.file ? a.place.utf8.lexicographicallyPrecedes(b.place.utf8) : a.file < b.file
    }
}

/// The publisher's claims, with evidence.
public struct Papers: Hashable, Sendable {
    /// Only kinds that are claimed; a kind that is absent is no assertion, never "no". Values by UTF-8 bytes, distinct.
    public let claims: [ClaimKind: [ClaimValue]]
    /// By file, then place, distinct.
    public let evidence: [Evidence]

    public static let maximumValueByteCount = 2_048
    /// Of one kind.
    public static let maximumValues = 1_024
    /// No claims at all.
    public static let none = Papers(claims: [:], evidence: [])

    /// Not checked; `Manifest.validated` does.
    public init(claims: [ClaimKind: [ClaimValue]], evidence: [Evidence]) {
        self.claims = claims.filter { !$0.value.isEmpty }
        self.evidence = evidence
    }

    /// The values that are claimed, or an empty list.
    public subscript(kind: ClaimKind) -> [ClaimValue] { claims[kind] ?? [] }

    /// Checks order, limits, and that evidence is about `files`, which are in ascending order of their paths.
    func validate(files: [ManifestFile], subject: String) throws(FormatError) {
        for (index, item) in evidence.enumerated() {
            guard item.place.utf8.count <= Self.maximumValueByteCount else {
                throw .rejected(subject, "evidence \(index): the place is longer than \(Self.maximumValueByteCount) bytes")
            }
            if index > 0, !Evidence.precedes(evidence[index - 1], item) {
                throw .rejected(subject, "evidence \(index): not in order, or twice")
            }
            guard let file = Manifest.file(item.file, in: files) else {
                throw .rejected(subject, "evidence \(index): \(item.file) is not a file of the manifest")
            }
            guard file.sha256 == item.sha256 else { throw .rejected(subject, "evidence \(index): not the SHA-256 of \(item.file)") }
        }
        for kind in ClaimKind.allCases { try validate(self[kind], kind, subject) }
    }

    private func validate(_ values: [ClaimValue], _ kind: ClaimKind, _ subject: String) throws(FormatError) {
        guard values.count <= Self.maximumValues else {
            throw .rejected(subject, "\(kind.rawValue): more than \(Self.maximumValues) values")
        }
        for (index, value) in values.enumerated() {
            guard value.value.utf8.count <= Self.maximumValueByteCount else {
                throw .rejected(subject, "\(kind.rawValue): a value is longer than \(Self.maximumValueByteCount) bytes")
            }
            if index > 0, !values[index - 1].value.utf8.lexicographicallyPrecedes(value.value.utf8) {
                throw .rejected(subject, "\(kind.rawValue): the values are not in order, or one stands twice")
            }
            guard !value.evidence.isEmpty else { throw .rejected(subject, "\(kind.rawValue): a value without evidence") }
            guard value.evidence.allSatisfy({ evidence.indices.contains($0) }) else {
                throw .rejected(subject, "\(kind.rawValue): evidence that does not exist")
            }
            guard zip(value.evidence, value.evidence.dropFirst()).allSatisfy({ $0 < $1 }) else {
                throw .rejected(subject, "\(kind.rawValue): indices of evidence are not ascending")
            }
        }
    }
}
