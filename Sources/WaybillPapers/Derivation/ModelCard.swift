import WaybillFormat
import WaybillSystem

/// Reads the claims in the front matter of a README.md.
enum ModelCard {
    private static let keys: [(key: String, kind: ClaimKind)] = [
        ("license", .licenses), ("license_name", .licenseNames), ("license_link", .licenseLinks), ("base_model", .baseModels),
        ("datasets", .datasets), ("language", .languages),
    ]
    private static let relationKey = "base_model_relation"
    private static let hubRelations: [BaseModelRelation] = [.adapter, .finetune, .merge, .quantized]

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
            let text = bytes[frontMatter.text]
            switch try metadata(text, file) {
            case .success(let metadata): read(metadata, into: &findings, firstLine: frontMatter.firstLine)
            case .failure(let refusal):
                // Of what is not closed, YAML names the line after the last one.
                let line = refusal.line.map { min($0, FrontMatter.lines(text) + 1) + frontMatter.firstLine - 1 }
                findings.note(line: line, "the front matter \(refusal.problem): nothing is taken from it")
            }
        }
        return findings
    }

    private static func metadata(
        _ text: ArraySlice<UInt8>, _ file: EvidenceFile
    ) throws(SystemError) -> Result<CardMetadata, CardMetadata.Refusal> {
        let wanted = keys.map(\.key) + [relationKey]
        let parsed = DeepStack.run {
            do throws(CardMetadata.Refusal) {
                return Result<CardMetadata, CardMetadata.Refusal>.success(try CardMetadata(parsing: text, keys: wanted))
            } catch {
                return .failure(error)
            }
        }
        guard let parsed else {
            throw SystemError(
                .failure, subject: file.path.text, cause: "the system gave no thread to read it",
                remedy: "Raise the limit of threads (ulimit -u), and run the command again.")
        }
        return parsed
    }

    private static func read(_ metadata: CardMetadata, into findings: inout FileFindings, firstLine: Int) {
        for (key, kind) in keys {
            guard let value = metadata[key] else { continue }
            do {
                findings.add(try texts(value), kind, place: key)
            } catch {
                findings.note(line: error.line.map { $0 + firstLine - 1 }, "\(key) \(error.problem): nothing is taken from it")
            }
        }
        guard let value = metadata[relationKey] else { return }
        switch value.kind {
        case .null: return
        case .text(let text):
            guard let relation = BaseModelRelation(rawValue: text), hubRelations.contains(relation) else { break }
            findings.relation = relation
            return
        case .list, .other: break
        }
        findings.note(
            line: value.line.map { $0 + firstLine - 1 },
            "\(relationKey) is none of adapter, finetune, merge and quantized: nothing is taken from it")
    }

    /// The text or the list of texts that a key stands for.
    private static func texts(_ value: CardMetadata.Value) throws(Refusal) -> [ClaimText] {
        let members: [CardMetadata.Value] =
            if case .list(let list) = value.kind { list } else { [value] }
        var texts: [ClaimText] = []
        for member in members {
            switch member.kind {
            case .null: continue
            case .text(let text):
                do {
                    texts.append(try ClaimText(text))
                } catch {
                    guard case .empty = error else { throw Refusal(line: member.line, problem: error.problem) }
                }
            case .list, .other: throw Refusal(line: member.line, problem: "is neither text nor a list of texts")
            }
        }
        return texts
    }
}
