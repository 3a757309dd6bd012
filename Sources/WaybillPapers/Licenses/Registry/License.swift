import WaybillFormat

/// A row of the registry.
public struct License: Sendable, Hashable {
    /// How far the terms of a row can be relied upon.
    public enum Confidence: String, Sendable, CaseIterable {
        /// They were compared with the text that `textDigests` stand for.
        case text
        /// From descriptions by others. Terms that a policy must rely upon need the text.
        case secondary
        /// By the definition that an approving body holds licences to: OSI's. Terms that it does not speak of are no assertion.
        case definition
        /// Nothing was read: the row names a licence and asserts none of its terms.
        case none
    }

    /// An SPDX id, a `LicenseRef-scancode-` id of ScanCode's public texts, or a `LicenseRef-waybill-` id of our own.
    public let id: String
    public let name: String
    /// Ids that the Hub's front matter uses for it, lower case.
    public let hubIDs: [String]
    /// Values of the Hub's `license_name` that mean it, lower case.
    public let hubNames: [String]
    public let isOSIApproved: Bool
    public let isFSFLibre: Bool
    /// In the list of licences for open data and documents that the Model Openness Tool counts as open.
    public let isOpenData: Bool
    /// The SPDX list has it, but advises against the id.
    public let isDeprecated: Bool
    /// Nil where nobody has recorded any.
    public let terms: LicenseTerms?
    public let confidence: Confidence
    /// Where the text is published.
    public let source: String?
    /// Of the normalised texts that are recognised as this licence (Protocol/LICENSES.md, "Texts").
    public let textDigests: [Digest]
    /// `YYYY-MM-DD`: when the terms were last compared with their source.
    public let reviewed: String?
    /// The licence that this text is a policy of or an annex to: it grants nothing by itself.
    public let companionOf: String?
    /// Licences whose texts stand beside this one's because it refers to them.
    public let buildsOn: [String]
    /// A claim of this id says too little: which of `candidates` is meant needs a text. Empty candidates: any licence may be meant.
    public let isAmbiguous: Bool
    /// Ids of rows.
    public let candidates: [String]

    init(
        id: String, name: String, hubIDs: [String] = [], hubNames: [String] = [], isOSIApproved: Bool = false, isFSFLibre: Bool = false,
        isOpenData: Bool = false, isDeprecated: Bool = false, terms: LicenseTerms? = nil, confidence: Confidence = .none,
        source: String? = nil, textDigests: [Digest] = [], reviewed: String? = nil, companionOf: String? = nil,
        buildsOn: [String] = [], isAmbiguous: Bool = false, candidates: [String] = []
    ) {
        self.id = id
        self.name = name
        self.hubIDs = hubIDs
        self.hubNames = hubNames
        self.isOSIApproved = isOSIApproved
        self.isFSFLibre = isFSFLibre
        self.isOpenData = isOpenData
        self.isDeprecated = isDeprecated
        self.terms = terms
        self.confidence = confidence
        self.source = source
        self.textDigests = textDigests
        self.reviewed = reviewed
        self.companionOf = companionOf
        self.buildsOn = buildsOn
        self.isAmbiguous = isAmbiguous
        self.candidates = candidates
    }

    /// Open by the Model Openness Tool's rule: OSI-approved, FSF-libre, or on its list for data and documents.
    public var isOpen: Bool { isOSIApproved || isFSFLibre || isOpenData }
}
