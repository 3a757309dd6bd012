import WaybillFormat

/// Something about a model's licence that a reader should know before relying on it.
public struct LicenseIssue: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// A claim names one licence, the text is another's.
        case contradiction
        /// Two places claim different licences.
        case claimsDisagree
        /// A claim that could mean several licences, and no text that decides.
        case ambiguousClaim
        /// A claim that the registry does not know.
        case unknownClaim
        /// A text resembles a licence's and is not its.
        case nearMiss
        /// A file has a licence's text and more that may change it.
        case additions
        /// A file of a licence whose text nobody has recorded.
        case unrecognizedText
        /// Texts of more than one licence.
        case severalTexts
        /// A text in a README, for a part of the model or at odds with the rest.
        case textInReadme
        /// A text for a part of the model, in a notice or in a folder.
        case textElsewhere
        /// A file that was not read.
        case notRead
    }

    public let kind: Kind
    public let file: ModelPath?
    /// From 1.
    public let line: Int?
    /// One sentence without control characters.
    public let detail: String

    public init(_ kind: Kind, file: ModelPath? = nil, line: Int? = nil, _ detail: String) {
        self.kind = kind
        self.file = file
        self.line = line
        self.detail = detail
    }
}
