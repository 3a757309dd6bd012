import Yams

/// The text of a YAML document by line and column, as the parser counts them. The parser drops tags that name the default type; the
/// character where a node begins still shows them.
struct YAMLSource {
    private let scalars: [Unicode.Scalar]
    /// Where each line begins.
    private var starts = [0]

    var lineCount: Int { starts.count }

    /// - Throws: for characters that YAML forbids, or that it and other readers count as line breaks differently.
    init(_ text: String) throws(StrictYAML.Refusal) {
        scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar.value {
            case 0x0A: starts.append(index + 1)
            case 0x0D where index + 1 < scalars.count && scalars[index + 1] == "\n": break
            case 0x09: break
            case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFD...0xFFFF:
                throw StrictYAML.Refusal(line: starts.count, problem: "holds a control character")
            default: break
            }
        }
        if starts.count > 1, starts.last == scalars.count { starts.removeLast() }
    }

    /// What is wrong with a node that begins there, or nil.
    func property(at mark: Mark) -> String? {
        guard mark.line >= 1, mark.line <= starts.count, mark.column >= 1 else { return nil }
        let index = starts[mark.line - 1] + mark.column - 1
        guard index < scalars.count else { return nil }
        switch scalars[index] {
        case "!": return "uses a tag"
        case "&": return "uses an anchor"
        default: return nil
        }
    }
}
