import WaybillFormat

/// Weighs claims against texts. Where they do not say one thing, nothing is concluded.
struct LicenseConclusion {
    private typealias Text = (file: ModelPath, text: LicenseTextReading.Text)

    private let claims: [(claim: LicenseClaim, meaning: LicenseClaim.Meaning)]
    private let files: [LicenseFile]
    private let unread: [ModelPath]
    private let registry: LicenseRegistry

    private(set) var issues: [LicenseIssue] = []
    private(set) var reasons: [String] = []
    private(set) var declared: LicenseExpression?
    private(set) var concluded: LicenseExpression?
    private(set) var basis = LicenseFindings.Basis.none

    init(claims: [LicenseClaim], files: [LicenseFile], unread: [ModelPath], registry: LicenseRegistry) {
        let resolved = claims.map { (claim: $0, meaning: $0.meaning(in: registry)) }
        let names = resolved.filter { $0.claim.kind == .name && $0.meaning != .unknown }
        // A known name is what a tag `other` stands for; a name beside any other tag says nothing of its own.
        self.claims = resolved.flatMap { entry -> [(claim: LicenseClaim, meaning: LicenseClaim.Meaning)] in
            guard entry.claim.kind == .tag else { return [] }
            guard entry.meaning == .oneOf([]) else { return [entry] }
            let own = names.filter { $0.claim.evidence.file == entry.claim.evidence.file }
            return own.isEmpty ? [entry] : own
        }
        self.files = files
        self.unread = unread
        self.registry = registry
    }

    /// Places that claim. No honest model has more.
    private static let maximumClaims = 64

    mutating func conclude() {
        guard claims.count <= Self.maximumClaims else {
            reasons.append("More than \(Self.maximumClaims) places claim a licence: no assertion.")
            return
        }
        declare()
        let isBlocked = inspectFiles()
        guard agree() else { return }
        guard !isBlocked else {
            reasons.append(
                "A file of the licence could not be recognised as a known text, so no licence is concluded from the claims either.")
            return
        }
        let texts = modelTexts()
        if texts.isEmpty { concludeFromClaims() } else { conclude(from: texts) }
    }

    // MARK: - Claims

    private mutating func declare() {
        var expressions: [LicenseExpression] = []
        var isComplete = true
        for (claim, meaning) in claims {
            switch meaning {
            case .expression(let expression): expressions.append(expression)
            case .oneOf: isComplete = false
            case .unknown:
                isComplete = false
                issues.append(
                    LicenseIssue(.unknownClaim, file: claim.evidence.file, "\(Self.shown(claim)) is no licence that the registry knows."))
            }
        }
        if isComplete { declared = LicenseExpression.all(expressions) }
    }

    /// Whether the claims of different files can be true together.
    private mutating func agree() -> Bool {
        for (index, first) in claims.enumerated() {
            for second in claims[..<index] where second.claim.evidence.file != first.claim.evidence.file {
                guard !Self.canAgree(first.meaning, second.meaning) else { continue }
                issues.append(
                    LicenseIssue(
                        .claimsDisagree, file: first.claim.evidence.file,
                        "\(Self.shown(first.claim)), but \(Self.shown(second.claim)) in \(Self.shown(second.claim.evidence.file))."))
                reasons.append("The model's files claim different licences, so none is concluded.")
                declared = nil
                return false
            }
        }
        return true
    }

    private static func canAgree(_ a: LicenseClaim.Meaning, _ b: LicenseClaim.Meaning) -> Bool {
        switch (a, b) {
        case (.unknown, .unknown): true
        // Neither says what the other could be.
        case (.oneOf(let ids), _) where ids.isEmpty: true
        case (_, .oneOf(let ids)) where ids.isEmpty: true
        case (.unknown, _), (_, .unknown): false
        default: !ids(a).isDisjoint(with: ids(b))
        }
    }

    private static func ids(_ meaning: LicenseClaim.Meaning) -> Set<String> {
        switch meaning {
        case .expression(let expression): Set(expression.terms.map(\.id))
        case .oneOf(let candidates): Set(candidates)
        case .unknown: []
        }
    }

    // MARK: - Files

    /// Notes what the files have. True if a file of the licence says something that is not known.
    private mutating func inspectFiles() -> Bool {
        var isBlocked = !unread.isEmpty
        for file in files {
            let reading = file.reading
            for found in reading.resemblances where file.role != .readme || found.percent >= 80 { noteNearMiss(found, file) }
            guard file.role == .license else { continue }
            if reading.texts.isEmpty {
                guard reading.wordCount > 0 else { continue }
                isBlocked = true
                if reading.resemblances.isEmpty {
                    issues.append(LicenseIssue(.unrecognizedText, file: file.path, "The file has no licence text that is known."))
                }
            } else if !reading.isWhole {
                isBlocked = true
                let names = reading.texts.compactMap(\.licenseIDs.first).joined(separator: " and ")
                issues.append(
                    LicenseIssue(
                        .additions, file: file.path,
                        "The file has the text of \(names), and \(reading.additionalWords) other words that may change it: "
                            + reading.additions.map { "\"\($0)\"" }.joined(separator: "; ") + "."))
            }
        }
        return isBlocked
    }

    private mutating func noteNearMiss(_ found: LicenseTextReading.Resemblance, _ file: LicenseFile) {
        var detail = "Resembles \(found.licenseID) (\(found.percent) %), but is not its text"
        if !found.differences.isEmpty { detail += "; it differs at " + found.differences.map { "\"\($0)\"" }.joined(separator: ", ") }
        if found.missingRuns > 0 { detail += "; \(found.missingRuns) of its runs of eight words are missing" }
        issues.append(LicenseIssue(.nearMiss, file: file.path, line: found.firstLine, detail + "."))
    }

    /// The texts that are for the model, without policies and without what other licences refer to.
    private mutating func modelTexts() -> [LicenseTextReading.Text] {
        var texts: [Text] = []
        for file in files {
            for text in file.reading.texts {
                switch file.role {
                case .license: texts.append((file.path, text))
                case .readme: continue
                case .part, .policy, .notice, .elsewhere:
                    let what = registry[text.licenseIDs.first ?? ""]?.companionOf == nil ? "text" : "policy"
                    issues.append(
                        LicenseIssue(
                            .textElsewhere, file: file.path, line: text.firstLine,
                            "The \(what) of \(text.licenseIDs.first ?? "") stands here, which is not taken for the model's licence."))
                }
            }
        }
        let isLicensed = !texts.isEmpty
        for file in files where file.role == .readme {
            for text in file.reading.texts where !isLicensed && speaksForModel(text) { texts.append((file.path, text)) }
            for text in file.reading.texts where isLicensed || !speaksForModel(text) { noteReadme(text, file, beside: texts) }
        }
        let present = Set(texts.flatMap(\.text.licenseIDs))
        let needed = Set(present.flatMap { registry[$0]?.buildsOn ?? [] })
        let kept = texts.filter { entry in
            guard let id = entry.text.licenseIDs.first else { return false }
            return registry[id]?.companionOf == nil && needed.isDisjoint(with: entry.text.licenseIDs)
        }
        for entry in kept {
            reasons.append(
                "\(Self.shown(entry.file)), lines \(entry.text.firstLine) to \(entry.text.lastLine), is the text of \(choice(entry.text)).")
        }
        return kept.map(\.text)
    }

    /// A README is about many things. Its text counts if claims say the same, or if they say nothing.
    private func speaksForModel(_ text: LicenseTextReading.Text) -> Bool {
        let heading = text.heading?.lowercased() ?? ""
        guard !["data", "code", "third", "software", "corpus"].contains(where: heading.contains) else { return false }
        return claims.allSatisfy { $0.meaning == .oneOf([]) } || claims.contains { isNamed(text, by: $0.meaning) }
    }

    private mutating func noteReadme(_ text: LicenseTextReading.Text, _ file: LicenseFile, beside texts: [Text]) {
        guard !texts.contains(where: { !Set($0.text.licenseIDs).isDisjoint(with: text.licenseIDs) }) else { return }
        let heading = text.heading.map { " under \"\(TerminalText.neutralised($0))\"" } ?? ""
        issues.append(
            LicenseIssue(
                .textInReadme, file: file.path, line: text.firstLine,
                "The text of \(choice(text)) stands here\(heading), which is not taken for the model's licence."))
    }

    // MARK: - Conclusion

    private mutating func conclude(from texts: [LicenseTextReading.Text]) {
        let unnamed = texts.filter { text in !claims.contains { isNamed(text, by: $0.meaning) } }
        let open = claims.filter { $0.meaning == .oneOf([]) }
        if !claims.isEmpty, unnamed.count == texts.count, open.isEmpty {
            let (said, found) = (claims.map { Self.shown($0.claim) }.joined(separator: ", "), texts.map(choice).joined(separator: ", "))
            issues.append(LicenseIssue(.contradiction, file: claims[0].claim.evidence.file, "\(said), but the text is that of \(found)."))
            reasons.append("Claim and text contradict each other, so no licence is concluded.")
            return
        }
        if !claims.isEmpty, !unnamed.isEmpty, open.isEmpty {
            issues.append(
                LicenseIssue(
                    .severalTexts, "There is also the text of \(unnamed.map(choice).joined(separator: ", ")), which no claim names."))
        }
        if Set(texts.map(choice)).count > 1, Self.choiceExpression(claims) == nil {
            reasons.append("Nothing says that one of the licences may be chosen, so all of them are taken to bind.")
        }
        // An expression that a claim gives names licences with their operators, which texts alone cannot say.
        let claimed = claims.compactMap { entry -> LicenseExpression? in
            if case .expression(let expression) = entry.meaning { expression } else { nil }
        }
        let named = Set(claimed.flatMap { $0.terms.map(\.id) })
        let others = texts.filter { Set($0.licenseIDs).isDisjoint(with: named) }.map { LicenseExpression(id: choice($0)) }
        concluded = LicenseExpression.all(claimed + others)
        basis = .text
        let shown = Set(texts.flatMap(\.licenseIDs))
        for id in named.subtracting(shown).sorted() { reasons.append("\(id) is claimed, and no text of it is there.") }
        noteOnlyVersion(texts)
    }

    private mutating func noteOnlyVersion(_ texts: [LicenseTextReading.Text]) {
        for text in texts where text.licenseIDs.count > 1 && choice(text).hasSuffix("-only") {
            reasons.append("Nothing says \"or any later version\", so \(choice(text)) is taken.")
        }
    }

    private mutating func concludeFromClaims() {
        guard !claims.isEmpty else {
            reasons.append("Nothing names a licence, and no text of one is there: no assertion.")
            return
        }
        var expressions: [LicenseExpression] = []
        for (claim, meaning) in claims {
            switch meaning {
            case .expression(let expression) where claim.kind == .tag: expressions.append(expression)
            case .expression(let expression):
                noteAmbiguous(claim, "names \(expression), under the tag \"other\"")
                return
            case .oneOf(let candidates):
                noteAmbiguous(claim, candidates.isEmpty ? "names no licence" : "may mean \(candidates.joined(separator: ", "))")
                return
            case .unknown:
                reasons.append("\(Self.shown(claim)) is no licence that is known: no assertion.")
                return
            }
        }
        concluded = LicenseExpression.all(expressions)
        basis = .claim
        reasons.append("\(concluded.map(\.description) ?? "") is claimed; no text of it is there, so this rests on the claim alone.")
        if claims.count > 1, expressions.count > 1, Set(expressions).count > 1 {
            reasons.append("Nothing says that one of the licences may be chosen, so all of them are taken to bind.")
        }
    }

    private mutating func noteAmbiguous(_ claim: LicenseClaim, _ problem: String) {
        issues.append(
            LicenseIssue(.ambiguousClaim, file: claim.evidence.file, "\(Self.shown(claim)) \(problem): only a licence text decides."))
        reasons.append("\(Self.shown(claim)) needs a licence text as evidence, and none is there: no assertion.")
    }

    private func isNamed(_ text: LicenseTextReading.Text, by meaning: LicenseClaim.Meaning) -> Bool {
        !Self.ids(meaning).isDisjoint(with: text.licenseIDs)
    }

    /// Of the licences that share a text the one that is claimed, else the narrowest.
    private func choice(_ text: LicenseTextReading.Text) -> String {
        for (_, meaning) in claims {
            if case .expression = meaning, let id = text.licenseIDs.first(where: Self.ids(meaning).contains) { return id }
        }
        return text.licenseIDs.first ?? ""
    }

    private static func choiceExpression(_ claims: [(claim: LicenseClaim, meaning: LicenseClaim.Meaning)]) -> LicenseExpression? {
        claims.lazy.compactMap { entry -> LicenseExpression? in
            if case .expression(let expression) = entry.meaning, case .or = expression.root { expression } else { nil }
        }.first
    }

    private static func shown(_ claim: LicenseClaim) -> String {
        "\"\(TerminalText.neutralised(claim.value))\" (\(shown(claim.evidence.file)): \(TerminalText.neutralised(claim.evidence.place)))"
    }

    private static func shown(_ path: ModelPath) -> String { TerminalText.neutralised(path.text) }
}
