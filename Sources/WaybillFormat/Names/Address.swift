/// A model in a store, and which state of it: `remote/org/name[:ref][@<sha256>]`.
public struct Address: Hashable, Sendable, CustomStringConvertible {
    public let remote: RemoteLocation
    public let model: ModelName
    /// What the text names; see `effectiveRef`.
    public let ref: RefName?
    /// The manifest that is demanded. With a ref as well, the ref must name it.
    public let revision: Digest?

    public init(remote: RemoteLocation, model: ModelName, ref: RefName? = nil, revision: Digest? = nil) {
        self.remote = remote
        self.model = model
        self.ref = ref
        self.revision = revision
    }

    /// - Throws: `.usage`, with the likely correction as remedy.
    public init(parsing text: String) throws(FormatError) {
        let parser = RemoteParser(text)
        let (remote, trailing) = try parser.remote(trailingSegments: 2)
        let last = trailing[1].utf8
        let at = last.firstIndex(of: UInt8(ascii: "@"))
        let named = last[..<(at ?? last.endIndex)]
        let colon = named.firstIndex(of: UInt8(ascii: ":"))
        do {
            model = try ModelName(org: trailing[0], name: String(Substring(named[..<(colon ?? named.endIndex)])))
            ref = try colon.map { (index) throws(FormatError) in try RefName(String(Substring(named[named.index(after: index)...]))) }
        } catch {
            throw parser.refused(error.cause, error.remedy)
        }
        revision = try at.map { (index) throws(FormatError) in
            try Self.digest(String(Substring(last[last.index(after: index)...])), parser)
        }
        self.remote = remote
    }

    /// The ref that is looked up: `main` unless another is named.
    public var effectiveRef: RefName { ref ?? .main }

    public var description: String {
        let base = remote.description
        let separator = base.utf8.last == UInt8(ascii: "/") ? "" : "/"
        return "\(base)\(separator)\(model.path)\(ref.map { ":\($0.text)" } ?? "")\(revision.map { "@\($0.hex)" } ?? "")"
    }

    private static func digest(_ text: String, _ parser: RemoteParser) throws(FormatError) -> Digest {
        if let digest = Digest(hex: text) { return digest }
        let what = "\"\(text)\" is not the digest of a revision"
        if text.utf8.contains(UInt8(ascii: ":")) {
            throw parser.refused(
                what,
                text.hasPrefix("sha256:")
                    ? "Leave out sha256: and write the 64 digits after @." : "The ref stands first: org/name:ref@<sha256>.")
        }
        if Digest(hex: text.lowercased()) != nil { throw parser.refused(what, "Write its hexadecimal digits in lower case.") }
        throw parser.refused(what, "After @ stand all 64 hexadecimal digits; waybill ref log shows them.")
    }
}
