import WaybillFormat

/// What is gathered about one file, and what may still be spent on it.
final class ScanSession {
    static let maximumFindings = 256
    /// Archives inside one another.
    static let maximumDepth = 4
    static let inflated = 1 << 30
    /// What is inflated at once, to be read from its end.
    static let held = 16 << 20

    let path: ModelPath
    let budget = InflationBudget(ScanSession.inflated)
    private(set) var member: [String] = []
    private var findings: [ScanFinding] = []
    private var seen: Set<Key> = []
    private var kinds: Set<ContentKind> = []
    private var reasons: [String] = []
    private(set) var templates: [ChatTemplate] = []
    /// Whether something was found that is loaded as code.
    private(set) var hasCode = false
    /// Opcodes that may still be followed of what could be pickles inside other data.
    var embeddedFuel = 1 << 20
    /// Bytes of unknown data that may still be searched.
    var searchBudget = 64 << 20
    /// Inside a torch archive's tensor: bytes that torch takes as they are.
    var isTensorData = false

    private struct Key: Hashable {
        var member: [String]
        var rule: ScanRule
        var detail: String
    }

    init(_ path: ModelPath) { self.path = path }

    var depth: Int { member.count }

    /// The name by which the content is expected to be of a kind: the innermost one.
    var name: String { (member.last ?? path.text).lowercased() }

    func report(_ rule: ScanRule, at offset: Int, _ detail: String) {
        guard seen.count < 16_384, seen.insert(Key(member: member, rule: rule, detail: detail)).inserted else { return }
        if findings.count >= Self.maximumFindings {
            markPartial("more than \(Self.maximumFindings) findings: the least are left out")
            guard let least = findings.lastIndex(where: { $0.severity < rule.severity }) else { return }
            findings.remove(at: least)
        }
        findings.append(ScanFinding(file: path, member: member, offset: offset, rule: rule, detail: detail))
    }

    func looked(at kind: ContentKind) {
        kinds.insert(kind)
        if kind == .pickle { hasCode = true }
    }

    func markPartial(_ reason: String) {
        guard reasons.count < 64, !reasons.contains(reason) else { return }
        reasons.append(reason)
    }

    func add(_ template: ChatTemplate) { if templates.count < 256 { templates.append(template) } }

    /// Does `body` with findings under the name of a member.
    func inside(_ name: String, _ body: () throws(ScanStop) -> Void) throws(ScanStop) {
        member.append(name)
        defer { member.removeLast() }
        try body()
    }

    func finish() -> FileScan {
        FileScan(
            path: path, kinds: kinds.sorted(),
            findings: findings.sorted {
                ($1.severity, $0.member.joined(separator: "\u{0}"), $0.offset, $0.rule.rawValue, $0.detail)
                    < ($0.severity, $1.member.joined(separator: "\u{0}"), $1.offset, $1.rule.rawValue, $1.detail)
            },
            completeness: reasons.isEmpty ? .complete : .partial(reasons), templates: templates)
    }
}

/// Words of a file for a finding: neutralised, and not long.
func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let kept = String(String.UnicodeScalarView(scalars.prefix(96)))
    return "'" + TerminalText.neutralised(kept) + (scalars.count > 96 ? "..." : "") + "'"
}
