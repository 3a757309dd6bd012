/// A Sigstore bundle with a DSSE envelope: the file that a model signature is. Nothing is verified here.
public struct SigningBundle: Hashable, Sendable {
    /// Whose signature it says to be.
    public enum Material: Hashable, Sendable {
        /// `hint`: the key's id. `raw`: the key itself, which tools before model_signing 1.1 wrote.
        case publicKey(hint: String?, raw: [UInt8]?)
        /// DER, leaf first; at least one.
        case certificateChain([[UInt8]])
        /// A certificate of Sigstore's with entries of its transparency log.
        case sigstore
    }

    public let material: Material
    public let envelope: Envelope

    public static let maximumByteCount = 16 << 20
    public static let maximumCertificates = 16
    static let maximumTransparencyEntries = 64
    static let mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
    private static let mediaTypes: Set<String> = [
        mediaType, "application/vnd.dev.sigstore.bundle+json;version=0.1", "application/vnd.dev.sigstore.bundle+json;version=0.2",
        "application/vnd.dev.sigstore.bundle+json;version=0.3",
    ]

    public init(material: Material, envelope: Envelope) {
        self.material = material
        self.envelope = envelope
    }

    /// Members that are not ours are passed over, at any depth.
    /// - Throws: `.integrity`; also for a member of ours that stands twice.
    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        guard bytes.count <= Self.maximumByteCount else { throw .rejected(subject, "larger than \(Self.maximumByteCount) bytes") }
        var mediaType: String?
        var material: Material?
        var envelope: Envelope?
        var scanner = JSONScanner(bytes, subject: subject, maximumDepth: 32)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "mediaType": try scanner.once(&mediaType, key) { (scanner) throws(FormatError) in try scanner.string() }
            case "verificationMaterial": try scanner.once(&material, key, Self.material)
            case "dsseEnvelope": try scanner.once(&envelope, key) { (scanner) throws(FormatError) in try Envelope(&scanner) }
            default: try scanner.skipValue()
            }
        }
        try scanner.finish()
        let type = try scanner.required(mediaType, "mediaType")
        guard Self.mediaTypes.contains(type) else {
            throw .rejected(
                subject, "is no Sigstore bundle v0.1 to v0.3: its mediaType is `\(StrangerText.neutralised(type, atMost: 128))`")
        }
        self.init(
            material: try scanner.required(material, "verificationMaterial"), envelope: try scanner.required(envelope, "dsseEnvelope"))
    }

    private static func material(_ scanner: inout JSONScanner) throws(FormatError) -> Material {
        var key: Material?
        var chain: [[UInt8]]?
        var certificate: [UInt8]?
        var entries: Int?
        try scanner.enterObject()
        while let name = try scanner.nextKey() {
            switch name {
            case "publicKey": try scanner.once(&key, name, publicKey)
            case "x509CertificateChain": try scanner.once(&chain, name, certificates)
            case "certificate": try scanner.once(&certificate, name, rawBytes)
            case "tlogEntries": try scanner.once(&entries, name, transparencyEntries)
            default: try scanner.skipValue()
            }
        }
        switch (key, chain, certificate) {
        case (let key?, nil, nil): return key
        case (nil, let chain?, nil): return .certificateChain(chain)
        case (nil, nil, .some):
            guard entries ?? 0 > 0 else {
                throw scanner.broken("a Sigstore certificate without tlogEntries: nothing says when it was used")
            }
            return .sigstore
        case (nil, nil, nil): throw scanner.broken("neither publicKey nor x509CertificateChain nor certificate")
        default: throw scanner.broken("more than one of publicKey, x509CertificateChain and certificate")
        }
    }

    private static func publicKey(_ scanner: inout JSONScanner) throws(FormatError) -> Material {
        var hint: String??
        var raw: [UInt8]?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "hint": try scanner.once(&hint, key) { (scanner) throws(FormatError) in try scanner.optionalString() }
            case "rawBytes": try scanner.once(&raw, key) { (scanner) throws(FormatError) in try scanner.anyBase64() }
            default: try scanner.skipValue()
            }
        }
        // Protobuf writes a text that is absent as an empty one, too.
        let stated = (hint ?? nil).flatMap { $0.isEmpty ? nil : $0 }
        return .publicKey(hint: stated, raw: raw)
    }

    private static func certificates(_ scanner: inout JSONScanner) throws(FormatError) -> [[UInt8]] {
        var chain: [[UInt8]]?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            guard key == "certificates" else {
                try scanner.skipValue()
                continue
            }
            try scanner.once(&chain, key) { (scanner) throws(FormatError) in
                var chain: [[UInt8]] = []
                try scanner.enterArray()
                while try scanner.nextElement() {
                    guard chain.count < maximumCertificates else { throw scanner.broken("more than \(maximumCertificates) certificates") }
                    chain.append(try rawBytes(&scanner))
                }
                return chain
            }
        }
        let found = try scanner.required(chain, "certificates")
        guard !found.isEmpty else { throw scanner.broken("a chain without certificate") }
        return found
    }

    private static func rawBytes(_ scanner: inout JSONScanner) throws(FormatError) -> [UInt8] {
        var raw: [UInt8]?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            if key == "rawBytes" {
                try scanner.once(&raw, key) { (scanner) throws(FormatError) in try scanner.anyBase64() }
            } else {
                try scanner.skipValue()
            }
        }
        return try scanner.required(raw, "rawBytes")
    }

    private static func transparencyEntries(_ scanner: inout JSONScanner) throws(FormatError) -> Int {
        var count = 0
        try scanner.enterArray()
        while try scanner.nextElement() {
            try scanner.skipValue()
            count += 1
            guard count <= maximumTransparencyEntries else {
                throw scanner.broken("more than \(maximumTransparencyEntries) tlogEntries")
            }
        }
        return count
    }

    /// Canonical JSON. A bundle of Sigstore's cannot be written: its log entries were not kept.
    public func encoded() -> [UInt8]? {
        var stated: [String: JSONValue] = ["tlogEntries": .array([])]
        switch material {
        case .publicKey(let hint, let raw):
            var key: [String: JSONValue] = [:]
            if let hint { key["hint"] = .string(hint) }
            if let raw { key["rawBytes"] = .string(Base64.encode(raw)) }
            stated["publicKey"] = .object(key)
        case .certificateChain(let chain):
            let certificates = chain.map { JSONValue.object(["rawBytes": .string(Base64.encode($0))]) }
            stated["x509CertificateChain"] = .object(["certificates": .array(certificates)])
        case .sigstore: return nil
        }
        let value = JSONValue.object([
            "dsseEnvelope": envelope.value, "mediaType": .string(Self.mediaType), "verificationMaterial": .object(stated),
        ])
        return value.canonical
    }
}
