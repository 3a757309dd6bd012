import WaybillFormat

/// Why a text is no licence expression.
public struct LicenseExpressionError: WaybillError, Equatable {
    /// Where, in characters from 1.
    public let column: Int
    public let cause: String
    public let remedy: String

    public var code: ErrorCode { .usage }
    public var subject: String { "licence expression, column \(column)" }
}

extension LicenseExpression {
    /// Reads an expression: operators in any case, `AND` before `OR`, `+` right behind an id. Ids of the registry become its spelling;
    /// others stay as they are, see `unknownIDs(in:)`.
    public init(parsing text: String, registry: LicenseRegistry = .current) throws(LicenseExpressionError) {
        guard text.utf8.count <= Self.maximumByteCount else {
            throw LicenseExpressionError(
                column: 1, cause: "longer than \(Self.maximumByteCount) bytes", remedy: "Name fewer licences, or give each part its own")
        }
        var parser = LicenseExpressionParser(text, registry: registry)
        root = try parser.parse()
    }
}

/// Recursive descent: `or := and {OR and}`, `and := simple {AND simple}`, `simple := id [WITH exception] | ( or )`.
struct LicenseExpressionParser {
    private enum Token: Equatable {
        case open
        case close
        case plus
        case word(String)
    }

    private let registry: LicenseRegistry
    private var tokens: [(token: Token, column: Int)] = []
    private var position = 0
    private let endColumn: Int
    private var firstError: LicenseExpressionError?

    init(_ text: String, registry: LicenseRegistry) {
        self.registry = registry
        let scalars = Array(text.unicodeScalars)
        endColumn = scalars.count + 1
        var index = 0
        while index < scalars.count {
            let start = index
            index += 1
            switch scalars[start] {
            case " ", "\t", "\r", "\n": continue
            case "(": tokens.append((.open, start + 1))
            case ")": tokens.append((.close, start + 1))
            case "+":
                let isAttached = start > 0 && Self.isIDScalar(scalars[start - 1])
                guard isAttached else {
                    fail(start + 1, "a + that stands apart", "Write + right behind the id, as in GPL-2.0+")
                    return
                }
                tokens.append((.plus, start + 1))
            case let scalar where Self.isIDScalar(scalar):
                while index < scalars.count, Self.isIDScalar(scalars[index]) { index += 1 }
                var word = ""
                word.unicodeScalars.append(contentsOf: scalars[start..<index])
                tokens.append((.word(word), start + 1))
            case let scalar:
                let shown = TerminalText.neutralised(String(scalar))
                fail(
                    start + 1, "\"\(shown)\" cannot stand in an expression",
                    "Ids have letters, digits, dots and hyphens; join them by AND, OR, WITH")
                return
            }
        }
    }

    private mutating func fail(_ column: Int, _ cause: String, _ remedy: String) {
        firstError = LicenseExpressionError(column: column, cause: cause, remedy: remedy)
    }

    mutating func parse() throws(LicenseExpressionError) -> LicenseExpression.Node {
        if let firstError { throw firstError }
        guard !tokens.isEmpty else {
            throw LicenseExpressionError(column: 1, cause: "empty", remedy: "Write a licence id such as Apache-2.0")
        }
        let node = try alternatives(depth: 0)
        if let rest = tokens[position...].first {
            switch rest.token {
            case .close: throw error(rest.column, "a ) without its (", "Remove it")
            default: throw error(rest.column, "no operator before it", "Join licences by AND or OR; ids hold no space, as in Apache-2.0")
            }
        }
        return node
    }

    private mutating func alternatives(depth: Int) throws(LicenseExpressionError) -> LicenseExpression.Node {
        var nodes = [try conjunction(depth: depth)]
        while takes("OR") { nodes.append(try conjunction(depth: depth)) }
        let flat = nodes.flatMap { node in
            if case .or(let inside) = node { inside } else { [node] }
        }
        return flat.count == 1 ? flat[0] : .or(flat)
    }

    private mutating func conjunction(depth: Int) throws(LicenseExpressionError) -> LicenseExpression.Node {
        var nodes = [try simple(depth: depth)]
        while takes("AND") { nodes.append(try simple(depth: depth)) }
        let flat = nodes.flatMap { node in
            if case .and(let inside) = node { inside } else { [node] }
        }
        return flat.count == 1 ? flat[0] : .and(flat)
    }

    private mutating func simple(depth: Int) throws(LicenseExpressionError) -> LicenseExpression.Node {
        guard position < tokens.count else { throw error(endColumn, "ends where a licence is expected", "Add a licence id") }
        let (token, column) = tokens[position]
        position += 1
        switch token {
        case .open:
            guard depth < LicenseExpression.maximumDepth else {
                throw error(column, "more than \(LicenseExpression.maximumDepth) parentheses inside one another", "Remove needless ones")
            }
            let node = try alternatives(depth: depth + 1)
            guard position < tokens.count, tokens[position].token == .close else {
                throw error(
                    position < tokens.count ? tokens[position].column : endColumn, "a ( at column \(column) is not closed", "Add a )")
            }
            position += 1
            return node
        case .close, .plus: throw error(column, "a licence is expected here", "Add a licence id")
        case .word(let word):
            let term = try licence(word, column)
            guard takes("WITH") else { return .license(term) }
            guard position < tokens.count, case .word(let exception) = tokens[position].token, !Self.isOperator(exception) else {
                let place = position < tokens.count ? tokens[position].column : endColumn
                throw error(place, "an exception is expected after WITH", "Name one, such as Classpath-exception-2.0")
            }
            position += 1
            return .with(term, exception: registry.exception(exception) ?? exception)
        }
    }

    private mutating func licence(_ word: String, _ column: Int) throws(LicenseExpressionError) -> LicenseExpression.Term {
        guard !Self.isOperator(word) else {
            throw error(column, "\(word) stands where a licence is expected", "Add a licence id before it")
        }
        guard !["NONE", "NOASSERTION"].contains(word.uppercased()) else {
            throw error(column, "\(word.uppercased()) is no licence", "Leave the field out where nothing is known")
        }
        var term = LicenseExpression.Term(id: word)
        if let colon = word.firstIndex(of: ":") {
            let (document, reference) = (word[..<colon], String(word[word.index(after: colon)...]))
            guard document.hasPrefix(Self.documentPrefix), document.count > Self.documentPrefix.count, Self.isReference(reference),
                !reference.contains(":")
            else { throw error(column, "no licence id", "Write DocumentRef-name:LicenseRef-name, or an id without a colon") }
            term = .init(id: reference, document: String(document.dropFirst(Self.documentPrefix.count)))
        } else if word.hasPrefix(Self.documentPrefix) {
            throw error(column, "a document without a licence in it", "Write DocumentRef-name:LicenseRef-name")
        } else if word.hasPrefix(Self.referencePrefix), !Self.isReference(word) {
            throw error(column, "a LicenseRef- without a name", "Name it, as in LicenseRef-acme-1.0")
        } else {
            term.id = registry[word]?.id ?? word
        }
        if position < tokens.count, tokens[position].token == .plus {
            guard !Self.isReference(term.id) else {
                throw error(tokens[position].column, "a LicenseRef- has no later versions", "Remove the +")
            }
            term.isOrLater = true
            position += 1
        }
        return term
    }

    private mutating func takes(_ keyword: String) -> Bool {
        guard position < tokens.count, case .word(let word) = tokens[position].token, word.uppercased() == keyword else { return false }
        position += 1
        return true
    }

    private func error(_ column: Int, _ cause: String, _ remedy: String) -> LicenseExpressionError {
        LicenseExpressionError(column: column, cause: cause, remedy: remedy)
    }

    private static let documentPrefix = "DocumentRef-"
    private static let referencePrefix = "LicenseRef-"

    private static func isReference(_ word: String) -> Bool { word.hasPrefix(referencePrefix) && word.count > referencePrefix.count }

    private static func isOperator(_ word: String) -> Bool { ["AND", "OR", "WITH"].contains(word.uppercased()) }

    private static func isIDScalar(_ scalar: Unicode.Scalar) -> Bool {
        TextMarks.isAlphanumeric(scalar) || scalar == "-" || scalar == "." || scalar == ":"
    }
}
