/// An object of a store: the only way from values to paths, and back (Protocol/STORE.md, Layout).
public enum ObjectName: Hashable, Sendable, CustomStringConvertible {
    case storeDescription
    case catalog
    case refIndex(ModelName)
    case refHint(ModelName, RefName)
    /// The number is 1 to `maximumEntry`.
    case refEntry(ModelName, RefName, Int)
    case manifest(Digest)
    case list(Digest)
    /// Named by the digest of the list segment.
    case locator(Digest)
    case pack(Digest)
    /// A chunk that papers are read from, named by its digest.
    case evidence(Digest)
    case attestation(Digest)
    /// The number is 1 to `maximumKeySet`.
    case keySet(OrganizationName, Int)

    /// The largest number that ten digits write.
    public static let maximumEntry = 9_999_999_999
    /// The largest number of a key set.
    public static let maximumKeySet = 999_999

    /// Relative to the store, without a slash in front.
    public var path: String {
        switch self {
        case .storeDescription: "waybill.json"
        case .catalog: "catalog.json"
        case .refIndex(let model): "refs/\(model.path)/index.json"
        case .refHint(let model, let ref): "refs/\(model.path)/\(ref.text)/latest"
        case .refEntry(let model, let ref, let n): "refs/\(model.path)/\(ref.text)/\(Self.tenDigits(n))"
        case .manifest(let digest): "manifests/\(digest.shard)/\(digest.hex)"
        case .list(let digest): "lists/\(digest.shard)/\(digest.hex)"
        case .locator(let digest): "locators/\(digest.shard)/\(digest.hex)"
        case .pack(let digest): "packs/\(digest.shard)/\(digest.hex)"
        case .evidence(let digest): "evidence/\(digest.shard)/\(digest.hex)"
        case .attestation(let digest): "attestations/\(digest.shard)/\(digest.hex)"
        case .keySet(let org, let n): "trust/\(org.text)/\(n).json"
        }
    }

    /// The object of a path, or nil: exactly the inverse of `path`.
    public init?(path: String) {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
        guard let found = Self.named(parts), found.path.utf8.elementsEqual(path.utf8) else { return nil }
        self = found
    }

    /// Whether what the object means never changes once it is written. The frame of evidence may, its chunk does not.
    public var isImmutable: Bool {
        switch self {
        case .storeDescription, .catalog, .refIndex, .refHint, .locator: false
        case .refEntry, .manifest, .list, .pack, .evidence, .attestation, .keySet: true
        }
    }

    /// More is refused before it is read.
    public var maximumBytes: Int {
        switch self {
        case .storeDescription: Limits.storeDescription
        case .catalog: Limits.catalog
        case .refIndex: Limits.refIndex
        case .refHint: 64
        case .refEntry: Limits.refEntry
        case .manifest: Limits.manifest
        case .list: Limits.segment
        case .locator: Limits.locator
        case .pack: Limits.pack
        case .evidence: Limits.chunk + Limits.frameOverhead
        case .attestation: Limits.attestation
        case .keySet: Limits.keySet
        }
    }

    public var description: String { path }

    /// An entry's number as ten digits: the name of its file, and the content of `latest` before the line feed.
    public static func tenDigits(_ n: Int) -> String {
        let digits = String(n)
        return String(repeating: "0", count: max(0, 10 - digits.utf8.count)) + digits
    }

    /// The number that ten digits write, from 1; nil for anything else.
    public static func entryNumber(_ text: some StringProtocol) -> Int? {
        guard text.utf8.count == 10, text.utf8.allSatisfy(\.isDigit), let n = Int(String(text)), n >= 1 else { return nil }
        return n
    }

    /// The number that plain digits write, from 1; nil for anything else.
    private static func keySetNumber(_ text: Substring) -> Int? {
        guard text.utf8.count <= 6, text.utf8.allSatisfy(\.isDigit), let n = Int(text), n >= 1 else { return nil }
        return n
    }

    private static func named(_ parts: [String]) -> ObjectName? {
        switch (parts.count, parts[0]) {
        case (1, "waybill.json"): return .storeDescription
        case (1, "catalog.json"): return .catalog
        case (3, "manifests"): return Digest(hex: parts[2]).map { .manifest($0) }
        case (3, "lists"): return Digest(hex: parts[2]).map { .list($0) }
        case (3, "locators"): return Digest(hex: parts[2]).map { .locator($0) }
        case (3, "packs"): return Digest(hex: parts[2]).map { .pack($0) }
        case (3, "evidence"): return Digest(hex: parts[2]).map { .evidence($0) }
        case (3, "attestations"): return Digest(hex: parts[2]).map { .attestation($0) }
        case (3, "trust"):
            guard let org = try? OrganizationName(parts[1]), parts[2].hasSuffix(".json"),
                let n = keySetNumber(parts[2].dropLast(".json".utf8.count))
            else { return nil }
            return .keySet(org, n)
        case (4, "refs") where parts[3] == "index.json":
            return (try? ModelName(org: parts[1], name: parts[2])).map { .refIndex($0) }
        case (5, "refs"):
            guard let model = try? ModelName(org: parts[1], name: parts[2]), let ref = try? RefName(parts[3]) else { return nil }
            if parts[4] == "latest" { return .refHint(model, ref) }
            return entryNumber(parts[4]).map { .refEntry(model, ref, $0) }
        default: return nil
        }
    }
}
