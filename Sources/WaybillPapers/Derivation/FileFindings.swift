import WaybillFormat

/// What one file claims.
struct FileFindings {
    /// A value and the keys it was read from.
    struct Claim {
        var kind: ClaimKind
        var value: String
        var places: [String]
        /// Of a base model, where the file says it of this one alone.
        var relation: BaseModelRelation?
    }

    private(set) var claims: [Claim] = []
    /// Of all base models that this file claims.
    var relation: BaseModelRelation = .noAssertion
    private(set) var notices: [String] = []
    private let file: String

    init(_ file: ModelPath) { self.file = TerminalText.neutralised(file.text) }

    /// Takes the values of one place, all or none of them: a list without some of its members would say something else.
    mutating func add(_ values: [ClaimText], _ kind: ClaimKind, place: String) {
        for value in values { add(value, kind, places: [place]) }
    }

    mutating func add(_ value: ClaimText, _ kind: ClaimKind, places: [String], relation: BaseModelRelation? = nil) {
        claims.append(Claim(kind: kind, value: value.text, places: places, relation: relation))
    }

    /// - Parameter problem: our words only, nothing from the file.
    mutating func note(line: Int? = nil, _ problem: String) {
        notices.append(line.map { "\(file), line \($0): \(problem)" } ?? "\(file): \(problem)")
    }
}
