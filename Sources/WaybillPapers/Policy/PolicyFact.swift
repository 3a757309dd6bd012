/// What is known of one thing that a policy may ask for.
public enum PolicyFact: Sendable, Equatable {
    /// All words that apply; for some facts none may.
    case words([String])
    /// Some words that apply, and there may be others: whether another one does cannot be told.
    case someWords([String])
    /// Why it is neither yes nor no: one sentence without its full stop, neutralised.
    case unknown(String)

    static func flag(_ holds: Bool) -> PolicyFact { .words([holds ? "true" : "false"]) }

    /// For people, on one line.
    public var text: String {
        switch self {
        case .words(let words): words.isEmpty ? "none" : words.map(TerminalText.neutralised).joined(separator: ", ")
        case .someWords(let words): words.map(TerminalText.neutralised).joined(separator: ", ") + " and perhaps others"
        case .unknown(let why): "unknown: \(why)"
        }
    }
}
