/// Whether a condition holds: what nobody asserted is neither yes nor no.
public enum PolicyAnswer: String, Sendable, CaseIterable {
    case yes
    case no
    case unknown

    init(_ holds: Bool) { self = holds ? .yes : .no }

    var negated: PolicyAnswer {
        switch self {
        case .yes: .no
        case .no: .yes
        case .unknown: .unknown
        }
    }

    static func all(_ answers: some Sequence<PolicyAnswer>) -> PolicyAnswer {
        answers.reduce(.yes) { $0 == .no || $1 == .no ? .no : $0 == .unknown ? .unknown : $1 }
    }

    static func any(_ answers: some Sequence<PolicyAnswer>) -> PolicyAnswer {
        all(answers.lazy.map(\.negated)).negated
    }
}
