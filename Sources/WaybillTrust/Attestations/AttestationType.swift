import WaybillFormat

/// What an attestation says, by its `predicateType` (Protocol/TRUST.md, Attestations).
public enum AttestationType: Hashable, Sendable {
    /// OpenSSF Model Signing: the list of files.
    case modelSignature
    /// The publisher vouches for the manifest, chunks included.
    case revision
    case findings
    case scans
    case determination
    /// An SPDX or CycloneDX document.
    case export
    /// Shown, decides nothing.
    case other(String)

    public init(predicateType: String) {
        self =
            switch predicateType {
            case "https://model_signing/signature/v1.0": .modelSignature
            case "urn:waybill:revision:1": .revision
            case "urn:waybill:findings:1": .findings
            case "urn:waybill:scans:1": .scans
            case "urn:waybill:determination:1": .determination
            case "https://spdx.dev/Document", "https://cyclonedx.org/bom": .export
            default: .other(predicateType)
            }
    }

    /// One of these roles must have signed it for it to count.
    public var roles: Set<KeySet.RoleKind> {
        switch self {
        case .modelSignature, .revision: [.publisher]
        case .findings, .scans: [.evaluator]
        case .determination: [.reviewer]
        case .export: [.publisher, .evaluator, .reviewer]
        case .other: Set(KeySet.RoleKind.allCases)
        }
    }

    /// Whether anything may be decided by it.
    public var decides: Bool {
        if case .other = self { false } else { true }
    }
}
