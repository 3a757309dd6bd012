import Yams

/// Reads one YAML document of a small part of the language: mappings with plain keys, lists, scalars as they were written.
///
/// Whatever gives a text a second meaning is refused, not resolved: anchors, aliases, tags, merge keys, keys that stand twice, a second
/// document. No schema of YAML types a scalar; the reader of the document does.
package enum StrictYAML {
    /// Why nothing is taken from a document.
    package struct Refusal: Error, Equatable {
        /// From 1.
        package let line: Int?
        /// Our words only, nothing from the document but what was neutralised.
        package let problem: String
    }

    package static let maximumByteCount = 1 << 20
    /// Mappings and lists inside one another.
    package static let maximumDepth = 32

    /// The document, or nil if it holds nothing. Takes memory in proportion to the text, of at most 131,072 marks of structure.
    package static func parse(_ bytes: [UInt8]) -> Result<YAMLValue?, Refusal> {
        let parsed = DeepStack.run {
            do throws(Refusal) {
                return Result<YAMLValue?, Refusal>.success(try document(bytes))
            } catch {
                return .failure(error)
            }
        }
        return parsed ?? .failure(Refusal(line: nil, problem: "could not be read: the system gave no thread"))
    }

    private static func document(_ bytes: [UInt8]) throws(Refusal) -> YAMLValue? {
        guard bytes.count <= maximumByteCount else { throw Refusal(line: nil, problem: "is larger than 1 MiB") }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard let yaml = String(validating: text, as: UTF8.self) else {
            throw Refusal(line: CardMetadata.lineOfInvalidByte(text), problem: "is not UTF-8")
        }
        let source = try YAMLSource(yaml)
        guard CardMetadata.structure(text) <= CardMetadata.maximumStructure else {
            throw Refusal(line: nil, problem: "has more than \(CardMetadata.maximumStructure) marks of structure")
        }
        // Comparing keys walks what an alias stands for, so that no alias may come as far as the composer.
        if let line = AliasScan.line(in: text) { throw Refusal(line: line, problem: "uses an anchor and an alias") }
        do {
            // Anchors live only as long as the parser.
            let parser = try Parser(yaml: yaml, resolver: .basic, encoding: .utf8)
            return try withExtendedLifetime(parser) {
                guard let root = try parser.singleRoot() else { return nil }
                return try value(root, source)
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch let error as YamlError {
            let refusal = CardMetadata.Refusal(error)
            // Of what is not closed, YAML names the line after the last one.
            throw Refusal(line: refusal.line.map { min(max($0, 1), source.lineCount) }, problem: refusal.problem)
        } catch {
            throw Refusal(line: nil, problem: "is not valid YAML")
        }
    }

    private static func value(_ node: Node, _ source: YAMLSource, depth: Int = 1) throws(Refusal) -> YAMLValue {
        let line = node.mark?.line ?? 1
        if let mark = node.mark, let problem = source.property(at: mark) { throw Refusal(line: line, problem: problem) }
        guard node.anchor == nil else { throw Refusal(line: line, problem: "uses an anchor") }
        switch node {
        case .scalar(let scalar):
            if scalar.style == .plain, ["", "~", "null", "Null", "NULL"].contains(scalar.string) {
                return YAMLValue(kind: .null, line: line)
            }
            return YAMLValue(kind: .scalar(scalar.string, isPlain: scalar.style == .plain), line: line)
        case .sequence(let sequence):
            try requireDepth(depth, line)
            var elements: [YAMLValue] = []
            for element in sequence { elements.append(try value(element, source, depth: depth + 1)) }
            return YAMLValue(kind: .list(elements), line: line)
        case .mapping(let mapping):
            try requireDepth(depth, line)
            var entries: [YAMLValue.Entry] = []
            for (key, item) in mapping {
                let keyLine = key.mark?.line ?? line
                // A list or a mapping as a key has no meaning in any document of ours.
                guard let name = key.scalar?.string else { throw Refusal(line: keyLine, problem: "has a key that is no text") }
                if let mark = key.mark, let problem = source.property(at: mark) { throw Refusal(line: keyLine, problem: problem) }
                guard name != "<<" else { throw Refusal(line: keyLine, problem: "uses a merge key") }
                entries.append(YAMLValue.Entry(key: name, line: keyLine, value: try value(item, source, depth: depth + 1)))
            }
            return YAMLValue(kind: .mapping(entries), line: line)
        case .alias: throw Refusal(line: line, problem: "uses an anchor and an alias")
        }
    }

    private static func requireDepth(_ depth: Int, _ line: Int) throws(Refusal) {
        guard depth <= maximumDepth else { throw Refusal(line: line, problem: "nests deeper than \(maximumDepth)") }
    }
}
