/// Which refs are meant: `v*` (of every model), `acme/tiny` (every ref of it), `acme/*:prod`. `*` stands for any run of
/// characters and `?` for one, neither across the slash; case counts.
public struct RefPattern: Hashable, Sendable, CustomStringConvertible {
    public let text: String
    private let org: NameGlob
    private let name: NameGlob
    private let ref: NameGlob

    /// - Throws: `.usage`.
    public init(_ text: String) throws(FormatError) {
        let halves = text.split(separator: ":", omittingEmptySubsequences: false)
        let hasModel = text.contains("/")
        let model = hasModel ? halves[0].split(separator: "/", omittingEmptySubsequences: false) : ["*", "*"]
        let refs = hasModel ? (halves.count == 2 ? halves[1] : "*") : halves[0]
        guard halves.count <= (hasModel ? 2 : 1), model.count == 2, let org = NameGlob(String(model[0])),
            let name = NameGlob(String(model[1])), let ref = NameGlob(String(refs))
        else {
            throw FormatError(
                .usage, subject: text, cause: "is no pattern of refs", remedy: "Write 'v*', 'acme/tiny' or 'acme/*:prod'")
        }
        self.text = text
        (self.org, self.name, self.ref) = (org, name, ref)
    }

    public var description: String { text }

    public func matches(_ model: ModelName, _ ref: RefName) -> Bool {
        org.matches(model.org) && name.matches(model.name) && self.ref.matches(ref.text)
    }
}
