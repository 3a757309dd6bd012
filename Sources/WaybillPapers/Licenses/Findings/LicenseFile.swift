import WaybillFormat

/// A file of a model that may hold licence texts.
public struct LicenseFile: Sendable, Hashable {
    /// What a file of that name speaks of.
    public enum Role: String, Sendable, CaseIterable {
        /// The model's licence.
        case license
        /// By its name the licence of code, data or third parties, or beside a file that is named for the model.
        case part
        /// A policy of acceptable use.
        case policy
        case notice
        case readme
        /// In a folder: whatever it speaks of, it is not the whole model.
        case elsewhere
    }

    public let path: ModelPath
    public let sha256: Digest
    public let role: Role
    public let reading: LicenseTextReading

    /// Nil for files that are not read for licences.
    ///
    /// - Parameter links: paths that claims name as the licence's text.
    static func role(of path: String, links: Set<String>) -> Role? {
        if links.contains(path) { return .license }
        let parts = path.split(separator: "/")
        guard let name = parts.last?.lowercased(), let role = role(named: name) else { return nil }
        return parts.count == 1 ? role : role == .readme ? nil : .elsewhere
    }

    private static func role(named name: String) -> Role? {
        let dot = name.lastIndex(of: ".")
        let ending = dot.map { String(name[name.index(after: $0)...]) } ?? ""
        let words = name.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        if name.hasPrefix("readme") { return ["", "md", "txt", "rst"].contains(ending) ? .readme : nil }
        guard !otherFormats.contains(ending) else { return nil }
        if name.hasPrefix("notice") || name.contains("third_party") || name.contains("third-party") || name.contains("thirdparty") {
            return .notice
        }
        if ["use_policy", "use-policy", "acceptable_use", "acceptable-use", "prohibited_use"].contains(where: name.contains) {
            return .policy
        }
        let isLicense =
            ["licens", "licenc", "copying", "unlicens", "unlicenc", "eula", "copyright"].contains(where: name.hasPrefix)
            || words.contains("license") || words.contains("licence")
        guard isLicense else { return nil }
        return words.contains(where: partWords.contains) ? .part : .license
    }

    /// Whether the name says that it is for the model, and not for its code.
    static func isForModel(_ path: String) -> Bool {
        let words = path.lowercased().split { !$0.isLetter && !$0.isNumber }
        return words.contains("model") || words.contains("weights")
    }

    private static let partWords: Set<String> = ["code", "data", "dataset", "datasets", "docs", "documentation", "3rd", "third", "parties"]
    private static let otherFormats: Set<String> = [
        "py", "json", "bin", "safetensors", "gguf", "png", "jpg", "jpeg", "svg", "gif", "sig", "asc", "sha256", "onnx", "pt", "yaml", "yml",
        "js", "c", "h", "cpp", "swift", "rs", "go", "toml", "csv", "ipynb",
    ]
}
