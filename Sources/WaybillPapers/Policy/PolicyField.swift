/// A fact that a policy may ask for (Protocol/POLICY.md, "Conditions").
public enum PolicyField: String, Sendable, CaseIterable {
    case model
    case publisher
    case remote
    case ref
    case license
    case licenseOSIApproved = "license.osiApproved"
    case licenseOpen = "license.open"
    case licenseText = "license.text"
    case commercialUse = "terms.commercialUse"
    case modification = "terms.modification"
    case redistribution = "terms.redistribution"
    case acceptableUse = "terms.acceptableUse"
    case thresholds = "terms.thresholds"
    case territoriesExcluded = "terms.territoriesExcluded"
    case naming = "terms.naming"
    case outputTraining = "terms.outputTraining"
    case copyleft = "terms.copyleft"
    case passThrough = "terms.passThrough"
    case conflicts = "terms.conflicts"
    case permissiveLabel = "terms.permissiveLabel"
    case label
    case mofClass = "mof.class"
    case osaid
    case euFoss
    case disclosurePresent = "disclosure.present"
    case disclosureStates = "disclosure.states"
    case datasets
    case languages
    case baseModels
    case weightsFormats = "weights.formats"
    case files
    case firstUse = "change.firstUse"
    case licenseLoosened = "change.licenseLoosened"
    case disclosureRemoved = "change.disclosureRemoved"
    case signerChanged = "change.signerChanged"
    case publisherSignature = "signatures.publisher"
    case signaturesPinned = "signatures.pinned"
    case signaturesKeys = "signatures.keys"
    case signaturesCount = "signatures.count"
    case signaturesAge = "signatures.ageDays"
    case modelSignature = "signatures.model"
    case attestationKinds = "attestations"
    case attestedScans = "attestations.scans"
    case attestedLabel = "attestations.label"
    case scansWorst = "scans.worst"
    case scansRules = "scans.rules"
    case scansComplete = "scans.complete"

    /// How what is expected is compared with what is known.
    enum Comparison {
        /// One of the words known is expected.
        case any
        /// Every word known is expected.
        case all
        /// Every word expected is known.
        case includes
        /// The one word known is a number, and at least the one expected.
        case atLeast
        /// The one word known is a number, and at most the one expected.
        case atMost
        /// The one word known is an expression, which the words expected must suffice for.
        case expression
    }

    var comparison: Comparison {
        switch self {
        case .license: .expression
        case .weightsFormats: .all
        case .disclosureStates, .attestationKinds: .includes
        case .attestedScans, .attestedLabel: .all
        case .signaturesCount: .atLeast
        case .signaturesAge: .atMost
        default: .any
        }
    }

    /// The only words that make sense; nil where any may.
    var vocabulary: [String]? {
        switch self {
        case .licenseOSIApproved, .licenseOpen, .conflicts, .permissiveLabel, .disclosurePresent, .firstUse, .licenseLoosened,
            .disclosureRemoved, .signerChanged, .publisherSignature, .modelSignature, .scansComplete:
            ["true", "false"]
        case .licenseText: LicenseTextState.allCases.map(\.rawValue)
        case .commercialUse, .modification, .redistribution: ["permitted", "conditional", "prohibited"]
        case .acceptableUse: ["none", "binding", "bindingMutable"]
        case .thresholds: ["none"] + UseThreshold.Metric.allCases.map(\.rawValue)
        case .naming: ["none"] + NamingDuty.Kind.allCases.map(\.rawValue)
        case .outputTraining: ["free", "named", "restricted", "prohibited"]
        case .copyleft: ["none", "shareAlike", "network"]
        case .passThrough: ["none", "terms"]
        case .signaturesPinned: SignatureFacts.Pinning.allCases.map(\.rawValue)
        case .attestationKinds: SignatureFacts.Attestation.Kind.allCases.map(\.rawValue)
        case .label, .attestedLabel: OpennessLabel.allCases.filter { $0 != .undetermined }.map(\.rawValue)
        case .mofClass: MOFClass.allCases.map { String($0.rawValue) }
        case .osaid, .euFoss: ["meets", "fails"]
        case .scansWorst, .attestedScans: ["clean"] + ScanSeverity.allCases.map(\.rawValue)
        default: nil
        }
    }

    /// Whether what is expected is one number.
    var isNumber: Bool { comparison == .atLeast || comparison == .atMost }

    /// The gate that can tell it.
    var gate: PolicyGate {
        switch self {
        case .scansWorst, .scansRules, .scansComplete: .content
        case .signerChanged, .publisherSignature, .signaturesPinned, .signaturesKeys, .signaturesCount, .signaturesAge, .modelSignature,
            .attestationKinds, .attestedScans, .attestedLabel:
            .signatures
        default: .papers
        }
    }
}

/// When rules are decided, in this order.
public enum PolicyGate: String, Sendable, CaseIterable, Comparable {
    case papers
    case signatures
    case content

    public static func < (a: Self, b: Self) -> Bool { a.number < b.number }

    private var number: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
