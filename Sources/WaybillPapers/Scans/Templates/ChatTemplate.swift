import WaybillFormat
import WaybillSystem

/// A chat template of a model, by its digest.
public struct ChatTemplate: Hashable, Sendable {
    public let file: ModelPath
    /// The key or file that it stands in.
    public let place: String
    /// `default`, or the name that the model gives it.
    public let name: String
    /// SHA-256 of the text with CR LF and CR as LF, without white space at the end.
    public let digest: Digest

    init(file: ModelPath, place: String, name: String, text: [UInt8]) {
        self.file = file
        self.place = place
        self.name = name
        digest = SHA256.digest(of: Self.normalised(text))
    }

    static func normalised(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for (index, byte) in text.enumerated() {
            if byte == 0x0D {
                result.append(0x0A)
            } else if byte != 0x0A || index == 0 || text[index - 1] != 0x0D {
                result.append(byte)
            }
        }
        while let last = result.last, last == 0x20 || (0x09...0x0D).contains(last) { result.removeLast() }
        return result
    }
}

/// A model's chat templates beside those of its base model.
public enum TemplateComparison: Hashable, Sendable {
    /// One of the two has none.
    case absent
    /// The same names with the same digests.
    case same
    /// The names that only one of them has, or that stand for different templates; sorted.
    case differs([String])

    /// Where a model has a template in several files, all of them count.
    public init(_ templates: [ChatTemplate], base: [ChatTemplate]) {
        guard !templates.isEmpty, !base.isEmpty else {
            self = .absent
            return
        }
        let own = Self.digests(templates)
        let others = Self.digests(base)
        let names = Set(own.keys).union(others.keys).filter { own[$0] != others[$0] }
        self = names.isEmpty ? .same : .differs(names.sorted())
    }

    private static func digests(_ templates: [ChatTemplate]) -> [String: Set<Digest>] {
        var digests: [String: Set<Digest>] = [:]
        for template in templates { digests[template.name, default: []].insert(template.digest) }
        return digests
    }
}
