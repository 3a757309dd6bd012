/// The `predicateType`s that Waybill writes (Protocol/TRUST.md, Attestations).
public enum PredicateType {
    public static let modelSignature = "https://model_signing/signature/v1.0"
    public static let revision = "urn:waybill:revision:1"
    public static let findings = "urn:waybill:findings:1"
    public static let scans = "urn:waybill:scans:1"
    public static let determination = "urn:waybill:determination:1"
    public static let spdx = "https://spdx.dev/Document"
    public static let cycloneDX = "https://cyclonedx.org/bom"
}
