import HTTPTypes
import WaybillFormat

/// What a path asks for. Names and digests are parsed here and nowhere else; nothing is percent-decoded, since no path of ours
/// needs it: an encoded path is another path, and is not found.
enum Route: Sendable, Equatable {
    case object(ObjectName)
    case server
    case whoami
    case have
    case pack(Digest)
    case evidence
    case list(Digest)
    case locator(Digest)
    case manifest(Digest)
    case attestation(Digest)
    case keySet(OrganizationName, Int)
    case entry(ModelName, RefName)
    case push(PushName)
    case health
    case metrics
    case unknown

    /// - Parameters:
    ///   - target: the request target as it was sent.
    ///   - basePath: of the configuration.
    init(target: String, basePath: String) {
        self = Self.path(of: target, basePath: basePath).flatMap(Self.named) ?? .unknown
    }

    /// The path below the base, without slash in front and without query.
    private static func path(of target: String, basePath: String) -> String? {
        var rest = Substring(target)
        // A client may name the whole URL (RFC 9112, section 3.2.2).
        for scheme in ["http://", "https://"] where rest.hasPrefix(scheme) {
            guard let slash = rest.dropFirst(scheme.count).utf8.firstIndex(of: UInt8(ascii: "/")) else { return nil }
            rest = rest[slash...]
            break
        }
        if let end = rest.utf8.firstIndex(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }) { rest = rest[..<end] }
        guard rest.hasPrefix(basePath + "/") else { return nil }
        return String(rest.dropFirst(basePath.count + 1))
    }

    private static func named(_ path: String) -> Route? {
        if let name = ObjectName(path: path) { return .object(name) }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        switch (parts.count, parts[0]) {
        case (1, "healthz"): return .health
        case (1, "metrics"): return .metrics
        case (2, "v1"):
            switch parts[1] {
            case "server": return .server
            case "whoami": return .whoami
            case "have": return .have
            case "evidence": return .evidence
            default: return nil
            }
        case (3, "v1") where parts[1] == "pushes":
            return PushName(parts[2]).map { .push($0) }
        case (3, "v1"):
            guard let digest = Digest(hex: parts[2]) else { return nil }
            switch parts[1] {
            case "packs": return .pack(digest)
            case "lists": return .list(digest)
            case "locators": return .locator(digest)
            case "manifests": return .manifest(digest)
            case "attestations": return .attestation(digest)
            default: return nil
            }
        case (4, "v1") where parts[1] == "trust":
            guard case .keySet(let org, let n)? = ObjectName(path: "trust/\(parts[2])/\(parts[3]).json") else { return nil }
            return .keySet(org, n)
        case (5, "v1") where parts[1] == "refs":
            guard let model = try? ModelName(org: String(parts[2]), name: String(parts[3])), let ref = try? RefName(String(parts[4])) else {
                return nil
            }
            return .entry(model, ref)
        default: return nil
        }
    }

    /// The methods that it knows.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .object, .server, .whoami, .health, .metrics: [.get, .head]
        case .have, .evidence, .locator, .entry: [.post]
        case .pack, .list, .manifest, .attestation, .keySet: [.put]
        case .push: [.delete]
        case .unknown: []
        }
    }

    /// For metrics and logs: never a name or a digest.
    var label: String {
        switch self {
        case .object(let name):
            switch name {
            case .storeDescription, .catalog: "store"
            case .refIndex, .refHint, .refEntry: "refs"
            case .manifest: "manifests"
            case .list: "lists"
            case .locator: "locators"
            case .pack: "packs"
            case .evidence: "evidence"
            case .attestation: "attestations"
            case .keySet: "trust"
            }
        case .server: "v1/server"
        case .whoami: "v1/whoami"
        case .have: "v1/have"
        case .pack: "v1/packs"
        case .evidence: "v1/evidence"
        case .list: "v1/lists"
        case .locator: "v1/locators"
        case .manifest: "v1/manifests"
        case .attestation: "v1/attestations"
        case .keySet: "v1/trust"
        case .entry: "v1/refs"
        case .push: "v1/pushes"
        case .health: "healthz"
        case .metrics: "metrics"
        case .unknown: "unknown"
        }
    }

    var isOperational: Bool { self == .health || self == .metrics }
}
