/// Words that grant, forbid or bind. Where only a name or a statement of copyright may stand, none of them may.
enum OperativeWords {
    static func contains(_ word: String) -> Bool {
        words.contains(word) || stems.contains { word.hasPrefix($0) }
    }

    private static let words: Set<String> = [
        "not", "no", "nor", "never", "must", "shall", "should", "may", "can", "cannot", "unless", "except", "only", "if", "provided",
        "subject", "without", "non", "use", "used", "uses", "usage", "using", "agree", "agrees", "agreed", "hereby", "any", "solely",
        "under", "condition", "conditions", "terms", "within", "military", "you", "your", "pay", "payment", "fees", "banned", "purpose",
        "purposes", "training", "derivative", "derivatives",
    ]
    private static let stems = [
        "prohibit", "permit", "permission", "forbid", "restrict", "require", "licens", "sublicens", "commerc", "noncommerc", "redistribut",
        "grant", "revok", "terminat", "exclud", "consent", "oblig", "warrant", "allow", "disallow", "mandator", "compulsor", "attribut",
        "royalt",
    ]
}

/// `Copyright (c) 2024 The Authors. All rights reserved.`
enum CopyrightStatement {
    /// No single statement is longer.
    static let maximumWords = 32

    static func begins(_ words: LicenseWords, at index: Int) -> Bool {
        guard index < words.count else { return false }
        func next(_ text: String) -> Bool { index + 1 < words.count && words.word(index + 1) == text }
        switch words.word(index) {
        case "copyright", "copyrighted": return true
        case "all": return next("rights")
        case "portions": return next("copyright")
        default: return false
        }
    }
}
