import Yams

/// The metadata of a model card, composed from text that nobody vouches for.
///
/// Scalars are what was written: no schema turns `no` into false. Whatever could make a small text a large tree, or give a word another
/// meaning than the written one, is refused: anchors, aliases, tags, merge keys, keys that stand twice, more than one document.
struct CardMetadata: Sendable {
    /// Why nothing is taken. The line counts from 1 in the metadata.
    struct Refusal: Error {
        var line: Int?
        var problem: String
    }

    struct Value: Sendable {
        enum Kind: Sendable {
            /// YAML's null: nothing, `~` or `null` without quotes.
            case null
            case text(String)
            case list([Value])
            /// Keys with values.
            case other
        }

        let kind: Kind
        /// From 1, in the metadata.
        let line: Int?
    }

    /// Marks that can begin a node, see `structure(_:)`: bounds the tree, and with it time and memory, before it is built.
    static let maximumStructure = 131_072

    private var values: [String: Value] = [:]

    /// - Parameters:
    ///   - text: UTF-8, at most `FrontMatter.maximumByteCount` bytes.
    ///   - keys: what to keep of the metadata.
    /// Composing goes as deep as the text: see `DeepStack`.
    init(parsing text: ArraySlice<UInt8>, keys: [String]) throws(Refusal) {
        guard let yaml = String(validating: text, as: UTF8.self) else {
            throw Refusal(line: Self.lineOfInvalidByte(text), problem: "is not UTF-8")
        }
        guard Self.structure(text) <= Self.maximumStructure else {
            throw Refusal(problem: "has more than \(Self.maximumStructure) marks of structure")
        }
        // An alias costs nothing to compose, but comparing keys walks what it stands for: none may be alive in the composer.
        if let line = AliasScan.line(in: text) { throw Refusal(line: line, problem: "uses an anchor and an alias") }
        switch try Self.compose(yaml) {
        case nil: break
        case .mapping(let mapping)?:
            for (key, value) in mapping {
                if let name = key.scalar?.string, keys.contains(name) { values[name] = Value(value) }
            }
        case let root?:
            guard case .null = Value(root).kind else {
                throw Refusal(line: root.mark?.line, problem: "is not a list of keys with values")
            }
        }
    }

    /// The value of one of the keys, or nil.
    subscript(key: String) -> Value? { values[key] }

    private static func compose(_ yaml: String) throws(Refusal) -> Node? {
        do {
            // Anchors live only as long as the parser.
            let parser = try Parser(yaml: yaml, resolver: .basic, encoding: .utf8)
            return try withExtendedLifetime(parser) {
                let root = try parser.singleRoot()
                if let root { try requirePlain(root) }
                return root
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch let error as YamlError {
            throw Refusal(error)
        } catch {
            throw Refusal(problem: "is not valid YAML")
        }
    }

    private static func requirePlain(_ root: Node) throws(Refusal) {
        let (text, list, mapping) = (Tag(.str, .basic), Tag(.seq, .basic), Tag(.map, .basic))
        var open = [root]
        while let node = open.popLast() {
            guard node.anchor == nil else { throw Refusal(line: node.mark?.line, problem: "uses an anchor") }
            switch node {
            case .scalar(let scalar):
                guard node.tag == text else { throw Refusal(line: scalar.mark?.line, problem: "uses a tag") }
            case .sequence(let sequence):
                guard node.tag == list else { throw Refusal(line: sequence.mark?.line, problem: "uses a tag") }
                open.append(contentsOf: sequence)
            case .mapping(let pairs):
                guard node.tag == mapping else { throw Refusal(line: pairs.mark?.line, problem: "uses a tag") }
                for (key, value) in pairs {
                    guard key.scalar?.string != "<<" else { throw Refusal(line: key.mark?.line, problem: "uses a merge key") }
                    open.append(key)
                    open.append(value)
                }
            case .alias(let alias): throw Refusal(line: alias.mark?.line, problem: "uses an alias")
            }
        }
    }

    /// Line breaks, commas, colons, opening brackets, and dashes and question marks before white space: no fewer than there are nodes.
    static func structure(_ text: ArraySlice<UInt8>) -> Int {
        var count = 0
        var previous: UInt8 = 0
        for byte in text {
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "{"), 0x0A, 0x0D: count += 1
            default: break
            }
            let isSpace = byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
            if isSpace, previous == UInt8(ascii: "-") || previous == UInt8(ascii: "?") { count += 1 }
            previous = byte
        }
        return count
    }

    static func lineOfInvalidByte(_ text: ArraySlice<UInt8>) -> Int? {
        var line = 1
        for part in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { return line }
            line += 1
        }
        return nil
    }
}

extension CardMetadata.Refusal {
    init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            self.init(line: mark.line, problem: "is not valid YAML (\(problem))")
        case .reader(let problem, let offset, _, let yaml):
            let line = offset.map { yaml.prefix($0).count(where: \.isNewline) + 1 }
            self.init(line: line, problem: "is not valid YAML (\(problem))")
        case .duplicatedKeysInMapping(let keys, let context):
            // Keys that are no scalars have no order, so that the first of them is a matter of chance.
            let line = keys.contains("<uncovertable>") ? nil : context.mark.line
            self.init(line: line, problem: "has a key that stands twice")
        default:
            self.init(problem: "is not valid YAML")
        }
    }
}

extension CardMetadata.Value {
    fileprivate init(_ node: Node) {
        line = node.mark?.line
        switch node {
        case .scalar(let scalar): kind = scalar.isNull ? .null : .text(scalar.string)
        case .sequence(let sequence): kind = .list(sequence.map { Self(member: $0) })
        default: kind = .other
        }
    }

    /// A list in a list is of no use to claims.
    private init(member node: Node) {
        if node.scalar != nil { self.init(node) } else { self.init(kind: .other, line: node.mark?.line) }
    }
}

extension Node.Scalar {
    fileprivate var isNull: Bool {
        style == .plain && (string.isEmpty || string == "~" || string == "null" || string == "Null" || string == "NULL")
    }
}
