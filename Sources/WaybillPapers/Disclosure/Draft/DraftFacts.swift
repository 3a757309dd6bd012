import WaybillCodec
import WaybillFormat
import WaybillSystem

/// What files other than the card say of a model, for a draft. What cannot be read says nothing.
struct DraftFacts {
    var architecture: String?
    var architectureFamily: String?
    var name: String?
    var version: String?
    var suppliedBy: String?
    /// Lines for a person: numbers that hint at the size, a name that may be a base model's.
    var hints: [String] = []
    /// Files at the root that look like licence texts.
    var licenseFiles: [String] = []

    private static let maximumConfig = 1 << 20
    private static let numbers = [
        "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "max_position_embeddings", "vocab_size",
    ]
    private static let ggufKeys = [
        "general.architecture", "general.name", "general.version", "general.organization", "general.size_label", "general.basename",
        "general.finetune",
    ]

    init(_ files: [EvidenceFile]) throws(SystemError) {
        for file in files.sorted(by: { $0.path < $1.path }) {
            if file.path.text == "config.json" { try read(config: file) }
            if file.format == .gguf { try read(gguf: file) }
            if Self.isLicense(file.path) { licenseFiles.append(file.path.text) }
        }
    }

    private static func isLicense(_ path: ModelPath) -> Bool {
        let name = path.text.lowercased()
        guard !name.contains("/") else { return false }
        return ["license", "licence", "copying", "notice", "use_policy"].contains { stem in
            name == stem || [".", "-", "_"].contains { name.hasPrefix(stem + $0) }
        }
    }

    private mutating func read(config file: EvidenceFile) throws(SystemError) {
        guard file.size <= Self.maximumConfig else { return }
        let bytes = try file.bytes(at: 0, count: file.size)
        // A file that breaks off, or is no JSON, says nothing at all.
        guard let found = try? Self.config(bytes) else { return }
        architecture = found.architecture ?? architecture
        architectureFamily = found.family ?? architectureFamily
        hints += found.hints
    }

    private static func config(
        _ bytes: [UInt8]
    ) throws(FormatError) -> (architecture: String?, family: String?, hints: [String]) {
        var scanner = JSONScanner(bytes, subject: "config.json", maximumDepth: 64)
        var (architecture, family): (String?, String?)
        var (sizes, hints): ([String], [String]) = ([], [])
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch (key, try scanner.peek()) {
            case ("architectures", .array):
                try scanner.enterArray()
                while try scanner.nextElement() {
                    if try scanner.peek() == .string {
                        let name = try scanner.string()
                        architecture = architecture ?? name
                    } else {
                        try scanner.skipValue()
                    }
                }
            case ("model_type", .string): family = try scanner.string()
            case ("_name_or_path", .string):
                let name = try scanner.string()
                if !name.isEmpty { hints.append("config.json names `\(name)` as the path that it was loaded from: a base model?") }
            case (let key, .number) where numbers.contains(key):
                // Most are integers; others are no hint.
                var copy = scanner
                if let number = try? copy.integer() { sizes.append("\(key) \(number)") }
                try scanner.skipValue()
            default: try scanner.skipValue()
            }
        }
        try scanner.finish()
        if !sizes.isEmpty { hints.insert("config.json: " + sizes.joined(separator: ", "), at: 0) }
        return (architecture, family, hints)
    }

    private mutating func read(gguf file: EvidenceFile) throws(SystemError) {
        let read = { (offset: Int, count: Int) throws(SystemError) -> [UInt8] in try file.bytes(at: offset, count: count) }
        guard let values = try GGUFHeader.metadata(size: file.size, read: read, wanted: Self.ggufKeys.contains) else { return }
        func text(_ key: String) -> String? {
            guard case .string(let text)? = values["general." + key], !text.trimmed.isEmpty, !text.unicodeScalars.contains("\u{FFFD}")
            else {
                return nil
            }
            return text
        }
        architectureFamily = architectureFamily ?? text("architecture")
        name = name ?? text("name")
        version = version ?? text("version")
        suppliedBy = suppliedBy ?? text("organization")
        let size = ["basename", "finetune", "size_label"].compactMap { key in text(key).map { "\(key) \($0)" } }
        if !size.isEmpty { hints.append("\(file.path.text): " + size.joined(separator: ", ")) }
    }
}
