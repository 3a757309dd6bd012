import WaybillFormat

/// Reads the document of a policy; every error with its line.
public struct PolicyReader {
    private(set) var problems: [DocumentProblem] = []
    private static let maximumProblems = 100
    private static let maximumRules = 1_024
    private static let maximumWords = 1_024

    /// - Returns: nil for `policy` if there is any error.
    public static func read(_ bytes: [UInt8], digest: Digest) -> (policy: Policy?, problems: [DocumentProblem]) {
        var reader = PolicyReader()
        let policy = reader.policy(bytes, digest)
        return (reader.problems.isEmpty ? policy : nil, reader.problems)
    }

    private mutating func policy(_ bytes: [UInt8], _ digest: Digest) -> Policy? {
        guard let root = root(of: bytes, version: "waybillPolicy") else { return nil }
        let fields = PolicyFields(root, "")
        check(
            fields, ["waybillPolicy", "name", "default", "rules", "exceptions", "determinations", "ancestors", "evaluators", "reviewers"],
            required: ["name"])
        let name = text(fields, "name", maximum: 128) ?? ""
        let effect = word(fields, "default", ["deny", "allow"])
        var rules: [PolicyRule] = []
        for item in list(fields, "rules", maximum: Self.maximumRules) { if let rule = rule(item) { rules.append(rule) } }
        var ids: Set<String> = []
        for rule in rules where !ids.insert(rule.id).inserted { error(rule.line, "rules", "has the id `\(rule.id)` twice") }
        var exceptions: [PolicyException] = []
        for item in list(fields, "exceptions", maximum: Self.maximumRules) {
            if let exception = exception(item, ids) { exceptions.append(exception) }
        }
        var determinations: [Determination] = []
        for item in list(fields, "determinations", maximum: Self.maximumRules) {
            if let determination = determination(item) { determinations.append(determination) }
        }
        var ancestors: [Ancestor] = []
        for item in list(fields, "ancestors", maximum: Self.maximumRules) {
            if let ancestor = ancestor(item) { ancestors.append(ancestor) }
        }
        return Policy(
            name: name, digest: digest, allowsByDefault: effect == "allow", rules: rules, exceptions: exceptions,
            determinations: determinations, ancestors: ancestors, evaluators: organizations(fields, "evaluators"),
            reviewers: organizations(fields, "reviewers"))
    }

    private mutating func organizations(_ fields: PolicyFields, _ key: String) -> [String] {
        guard let value = fields[key] else { return [] }
        let names = words(value, key, maximum: Self.maximumWords)
        for name in names where (try? OrganizationName(name)) == nil {
            error(value.line, key, "names organisations: `\(TerminalText.neutralised(String(name.prefix(96))))` is none")
        }
        return names
    }

    /// The keys of the document, which says of which kind and version it is.
    mutating func root(of bytes: [UInt8], version key: String) -> YAMLValue? {
        switch StrictYAML.parse(bytes) {
        case .failure(let refusal): error(refusal.line, "", refusal.problem)
        case .success(nil): error(nil, "", "is empty; it begins with `\(key): 1`")
        case .success(let root?):
            guard case .mapping = root.kind else {
                error(root.line, "", "is not a list of keys with values")
                break
            }
            guard let version = root[key] else {
                error(root.line, "", "lacks `\(key): 1`")
                break
            }
            guard version.text == "1" else {
                error(version.line, key, "is `1`; another version needs a newer Waybill")
                break
            }
            return root
        }
        return nil
    }

    private mutating func rule(_ value: YAMLValue) -> PolicyRule? {
        guard let fields = record(value, "rules") else { return nil }
        check(fields, ["id", "effect", "when", "unknown", "reason", "remedy"], required: ["id", "effect", "reason"])
        let id = id(fields)
        let effect = word(fields, "effect", PolicyRule.Effect.allCases.map(\.rawValue)).flatMap(PolicyRule.Effect.init(rawValue:))
        let condition: PolicyCondition?
        if let when = fields["when"] { condition = self.condition(when, "rules.when") } else { condition = .always }
        let unknown = word(fields, "unknown", ["match", "skip"])
        let reason = text(fields, "reason", maximum: 2_048)
        let remedy = text(fields, "remedy", maximum: 2_048) ?? ""
        guard let id, let effect, let condition, let reason else { return nil }
        return PolicyRule(
            id: id, effect: effect, condition: condition, matchesUnknown: unknown.map { $0 == "match" } ?? (effect != .allow),
            reason: reason, remedy: remedy, line: value.line)
    }

    private mutating func id(_ fields: PolicyFields) -> String? {
        guard let id = text(fields, "id", maximum: 96) else { return nil }
        // A rule is named like a model, so that it can stand in messages and file names.
        guard (try? ModelName(org: id, name: id)) != nil, id != PolicyRule.defaultID else {
            error(fields["id"]?.line, fields.place, "is no id: letters, digits, `.`, `_` and `-`, and not `default`")
            return nil
        }
        return id
    }

    mutating func condition(_ value: YAMLValue, _ place: String) -> PolicyCondition? {
        guard case .mapping(let entries) = value.kind else {
            error(value.line, place, "is a condition: facts with what is expected of them")
            return nil
        }
        var parts: [PolicyCondition?] = []
        for entry in entries {
            switch entry.key {
            case "all", "any":
                guard let elements = entry.value.elements else {
                    error(entry.line, place, "`\(entry.key)` is a list of conditions")
                    return nil
                }
                var inner: [PolicyCondition] = []
                for element in elements { if let part = condition(element, place) { inner.append(part) } else { return nil } }
                parts.append(entry.key == "all" ? .all(inner) : .any(inner))
            case "not": parts.append(condition(entry.value, place).map { .not($0) })
            default: parts.append(fact(entry, place))
            }
        }
        let whole = parts.compactMap(\.self)
        guard whole.count == parts.count else { return nil }
        return whole.count == 1 ? whole[0] : .all(whole)
    }

    private mutating func fact(_ entry: YAMLValue.Entry, _ place: String) -> PolicyCondition? {
        guard let field = PolicyField(rawValue: entry.key) else {
            let names = PolicyField.allCases.map(\.rawValue) + ["all", "any", "not"]
            let suggestion = Suggestion.nearest(to: entry.key, in: names).map { "; did you mean `\($0)`?" } ?? ""
            error(entry.line, place, "asks for `\(TerminalText.neutralised(String(entry.key.prefix(64))))`, which is no fact\(suggestion)")
            return nil
        }
        let words = words(entry.value, "\(place).\(field.rawValue)", maximum: Self.maximumWords)
        guard !words.isEmpty else {
            error(entry.line, "\(place).\(field.rawValue)", "expects nothing: give a word or a list of words")
            return nil
        }
        if let vocabulary = field.vocabulary {
            for word in words where !word.contains("*") && !vocabulary.contains(where: { $0.lowercased() == word.lowercased() }) {
                let suggestion = Suggestion.nearest(to: word, in: vocabulary).map { "; did you mean `\($0)`?" }
                let shown = TerminalText.neutralised(String(word.prefix(64)))
                error(
                    entry.value.line, "\(place).\(field.rawValue)",
                    "is never `\(shown)`\(suggestion ?? "; it is one of " + vocabulary.joined(separator: ", "))")
            }
        }
        if field.isNumber, words.count != 1 || Int(words[0]).map({ $0 >= 0 }) != true {
            error(entry.value.line, "\(place).\(field.rawValue)", "is one number")
        }
        return .fact(field, words.map(WordPattern.init))
    }

    private mutating func exception(_ value: YAMLValue, _ ids: Set<String>) -> PolicyException? {
        guard let fields = record(value, "exceptions") else { return nil }
        check(
            fields, ["rules", "models", "contentIds", "owner", "reason", "expires"], required: ["rules", "owner", "reason", "expires"])
        let rules = fields["rules"].map { words($0, "exceptions.rules", maximum: Self.maximumRules) } ?? []
        for rule in rules where rule != PolicyRule.defaultID && !ids.contains(rule) {
            let suggestion = Suggestion.nearest(to: rule, in: Array(ids).sorted()).map { "; did you mean `\($0)`?" } ?? ""
            error(value.line, "exceptions.rules", "names no rule: `\(TerminalText.neutralised(String(rule.prefix(96))))`\(suggestion)")
        }
        let models = fields["models"].map { words($0, "exceptions.models", maximum: Self.maximumWords) } ?? []
        var contentIds: [Digest] = []
        for word in fields["contentIds"].map({ words($0, "exceptions.contentIds", maximum: Self.maximumWords) }) ?? [] {
            if let digest = Digest(hex: word) {
                contentIds.append(digest)
            } else {
                error(value.line, "exceptions.contentIds", "is a SHA-256")
            }
        }
        if models.isEmpty, contentIds.isEmpty { error(value.line, "exceptions", "names neither models nor contentIds") }
        guard let owner = text(fields, "owner", maximum: 256), let reason = text(fields, "reason", maximum: 2_048),
            let expires = time(fields, "expires")
        else { return nil }
        return PolicyException(
            rules: rules, models: models.map(WordPattern.init), contentIds: contentIds, owner: owner, reason: reason, expires: expires,
            line: value.line)
    }

    private mutating func determination(_ value: YAMLValue) -> Determination? {
        guard let fields = record(value, "determinations") else { return nil }
        check(
            fields, ["contentId", "manifest", "definition", "result", "reviewer", "reason", "date", "expires"],
            required: ["definition", "result", "reviewer", "reason", "date"])
        let definition = word(fields, "definition", Determination.Definition.allCases.map(\.rawValue))
        let result = word(fields, "result", Determination.Result.allCases.map(\.rawValue))
        let contentId = digest(fields, "contentId")
        let manifest = digest(fields, "manifest")
        guard let definition = definition.flatMap(Determination.Definition.init(rawValue:)),
            let result = result.flatMap(Determination.Result.init(rawValue:)), let reviewer = text(fields, "reviewer", maximum: 2_048),
            let reason = text(fields, "reason", maximum: 16_384), let date = time(fields, "date")
        else { return nil }
        let expires = fields["expires"] == nil ? nil : time(fields, "expires")
        do {
            return try Determination(
                contentId: contentId, manifest: manifest, definition: definition, result: result, reviewer: reviewer, reason: reason,
                date: date, expires: expires)
        } catch {
            self.error(value.line, "determinations", error.cause)
            return nil
        }
    }

    private mutating func ancestor(_ value: YAMLValue) -> Ancestor? {
        guard let fields = record(value, "ancestors") else { return nil }
        check(fields, ["name", "license", "baseModels"], required: ["name", "license"])
        guard let name = text(fields, "name", maximum: 2_048), let license = text(fields, "license", maximum: 2_048) else { return nil }
        if (try? LicenseExpression(parsing: license)) == nil {
            error(fields["license"]?.line, "ancestors.license", "is no SPDX licence expression")
        }
        let bases = fields["baseModels"].map { words($0, "ancestors.baseModels", maximum: Self.maximumWords) } ?? []
        return Ancestor(name: name, license: license, baseModels: bases)
    }

    mutating func error(_ line: Int?, _ place: String, _ problem: String) {
        guard problems.count < Self.maximumProblems else { return }
        problems.append(DocumentProblem(.error, line: line, place: place, problem: problem))
    }
}
