import WaybillFormat
import WaybillSystem
import Yams

/// Reads the claims in the front matter of a README.md.
enum ModelCard {
    private static let keys: [(key: String, kind: ClaimKind)] = [
        ("license", .licenses), ("license_name", .licenseNames), ("license_link", .licenseLinks), ("base_model", .baseModels),
        ("datasets", .datasets), ("language", .languages),
    ]
    private static let relationKey = "base_model_relation"

    /// Why a key's value is not taken.
    private struct Refusal: Error {
        /// In the front matter, from 1.
        var line: Int?
        var problem: String
    }

    static func claims(of file: EvidenceFile) throws(SystemError) -> FileFindings {
        var findings = FileFindings(file.path)
        let bytes = try file.bytes(at: 0, count: min(max(file.size, 0), FrontMatter.maximumByteCount))
        let isWhole = bytes.count == file.size
        switch FrontMatter.find(in: bytes, isWhole: isWhole) {
        case .absent: break
        case .unclosed:
            let problem = isWhole ? "the front matter has no closing line" : "the front matter does not end in the first MiB"
            findings.note(line: 1, "\(problem): nothing is taken from it")
        case .found(let frontMatter):
            do {
                read(try CardMetadata(parsing: bytes[frontMatter.text]), into: &findings, firstLine: frontMatter.firstLine)
            } catch {
                // Of what is not closed, YAML names the line after the last one.
                let lines = FrontMatter.lines(bytes[frontMatter.text]) + 1
                let line = error.line.map { min($0, lines) + frontMatter.firstLine - 1 }
                findings.note(line: line, "the front matter \(error.problem): nothing is taken from it")
            }
        }
        return findings
    }

    private static func read(_ metadata: CardMetadata, into findings: inout FileFindings, firstLine: Int) {
        for (key, kind) in keys {
            guard let node = metadata[key] else { continue }
            do {
                findings.add(try texts(node), kind, place: key)
            } catch {
                findings.note(line: error.line.map { $0 + firstLine - 1 }, "\(key) \(error.problem): nothing is taken from it")
            }
        }
        guard let node = metadata[relationKey], node.scalar?.isNull != true else { return }
        if let relation = node.scalar.flatMap({ BaseModelRelation(rawValue: $0.string) }), relation != .noAssertion {
            findings.relation = relation
        } else {
            findings.note(
                line: node.mark.map { $0.line + firstLine - 1 },
                "\(relationKey) is none of adapter, finetune, merge and quantized: nothing is taken from it")
        }
    }

    /// The text or the list of texts that a key stands for.
    private static func texts(_ node: Node) throws(Refusal) -> [ClaimText] {
        let nodes: [Node] =
            switch node {
            case .sequence(let sequence): Array(sequence)
            default: [node]
            }
        var texts: [ClaimText] = []
        for node in nodes {
            guard let scalar = node.scalar else {
                throw Refusal(line: node.mark?.line, problem: "is neither text nor a list of texts")
            }
            guard !scalar.isNull else { continue }
            do {
                texts.append(try ClaimText(scalar.string))
            } catch {
                guard case .empty = error else { throw Refusal(line: scalar.mark?.line, problem: error.problem) }
            }
        }
        return texts
    }
}
