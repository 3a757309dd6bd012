/// What may stand as the value of a key of disclosure.yaml.
indirect enum DisclosureShape: Sendable {
    /// A text with something else than white space, of at most that many characters.
    case text(maximum: Int)
    /// `disclosure: 1`.
    case version
    /// From 0 to 2^53 - 1, digits only.
    case integer
    /// `6.5`, `2.1e24`.
    case decimal
    /// `YYYY-MM-DD`, or with `Thh:mm:ssZ`.
    case date
    /// `YYYY-MM`.
    case month
    /// One of these words.
    case choice([String])
    /// The 64 hexadecimal digits of a SHA-256, in lower case.
    case digest
    /// An SPDX licence expression, `NONE` or `NOASSERTION`.
    case expression
    /// A path of the model or an address.
    case location
    case list(DisclosureShape, maximum: Int)
    case record([DisclosureField])

    /// A name, an address, one line.
    static let name = text(maximum: 2_048)
    /// A description.
    static let prose = text(maximum: 16_384)
    static let answer = choice(["yes", "no", "noAssertion"])
    static let names = list(name, maximum: 1_024)
}

/// A key and what it stands for.
struct DisclosureField: Sendable {
    let key: String
    let shape: DisclosureShape
    /// Whether the record is refused without it.
    let isRequired: Bool
    /// For Protocol/PAPERS.md and the JSON Schema: one sentence without its full stop.
    let meaning: String

    init(_ key: String, _ shape: DisclosureShape, required: Bool = false, _ meaning: String) {
        self.key = key
        self.shape = shape
        self.isRequired = required
        self.meaning = meaning
    }
}
