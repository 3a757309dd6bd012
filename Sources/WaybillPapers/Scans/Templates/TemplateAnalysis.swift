/// Parses a template by Jinja's grammar and judges each expression as it is parsed: no tree is built, so that nothing grows deep.
struct TemplateAnalysis {
    static let maximumDepth = 100
    private static let maximumFindings = 256

    private let tokens: [TemplateToken]
    var position = 0
    private var depth = 0
    private(set) var findings: [(rule: ScanRule, offset: Int, detail: String)] = []
    /// What names were last set to.
    var variables: [String: TemplateFacts] = [:]
    /// Names that the template makes itself.
    private var bound: Set<String> = []
    /// Attributes of its namespaces.
    var attributes: Set<String> = []
    /// What depends on whether a name is made somewhere in the template.
    private var uses: [(rule: ScanRule, offset: Int, name: String, detail: String)] = []
    var noted: [(name: String, offset: Int)] = []

    init(tokens: [TemplateToken]) { self.tokens = tokens }

    mutating func report(_ rule: ScanRule, at offset: Int, _ detail: String) {
        if findings.count < Self.maximumFindings { findings.append((rule, offset, detail)) }
    }

    mutating func report(_ rule: ScanRule, unlessBound name: String, at offset: Int, _ detail: String) {
        if uses.count < Self.maximumFindings { uses.append((rule, offset, name, detail)) }
    }

    mutating func bind(_ name: String, _ facts: TemplateFacts = TemplateFacts()) {
        bound.insert(name)
        variables[name] = facts
    }

    func isBound(_ name: String) -> Bool { bound.contains(name) }

    /// Findings are there also if this throws.
    mutating func run() throws(TemplateFault) {
        defer {
            for use in uses where !bound.contains(use.name) { report(use.rule, at: use.offset, use.detail) }
            for note in noted where !attributes.contains(note.name) {
                report(.templateUnusualAttribute, at: note.offset, "uses the key \(quoted(note.name)), which is not usual")
            }
        }
        try statements()
    }

    // MARK: Tokens

    var current: TemplateToken? { position < tokens.count ? tokens[position] : nil }
    var place: Int { current?.offset ?? tokens.last?.offset ?? 0 }

    func isMark(_ text: String, ahead: Int = 0) -> Bool {
        guard position + ahead < tokens.count else { return false }
        let token = tokens[position + ahead]
        return token.kind == .mark && token.text == text
    }

    func isName(_ text: String, ahead: Int = 0) -> Bool {
        guard position + ahead < tokens.count else { return false }
        let token = tokens[position + ahead]
        return token.kind == .name && token.text == text
    }

    mutating func take(mark text: String) -> Bool {
        guard isMark(text) else { return false }
        position += 1
        return true
    }

    mutating func take(name text: String) -> Bool {
        guard isName(text) else { return false }
        position += 1
        return true
    }

    mutating func expect(mark text: String) throws(TemplateFault) {
        guard take(mark: text) else { throw .malformed("\(quoted(text)) was expected", place) }
    }

    mutating func expect(_ kind: TemplateToken.Kind) throws(TemplateFault) -> TemplateToken {
        guard let token = current, token.kind == kind else { throw .malformed("something else was expected", place) }
        position += 1
        return token
    }

    /// Passes over the rest of a tag.
    mutating func skipTag() {
        while let token = current, token.kind != .blockEnd { position += 1 }
    }

    mutating func enter() throws(TemplateFault) {
        depth += 1
        guard depth <= Self.maximumDepth else { throw .limit("nested deeper than \(Self.maximumDepth)", place) }
    }

    mutating func leave() { depth -= 1 }
}
