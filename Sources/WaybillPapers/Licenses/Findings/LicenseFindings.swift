import WaybillFormat
import WaybillSystem

/// What a model's files say about its licence: claims, texts, and what follows from both (Protocol/LICENSES.md, "Conclusion").
public struct LicenseFindings: Sendable {
    /// What `concluded` rests on.
    public enum Basis: String, Sendable, CaseIterable {
        /// A recognised text, which no claim contradicts.
        case text
        /// Claims alone: nobody has seen a text.
        case claim
        case none
    }

    public let claims: [LicenseClaim]
    /// Files that were read, by path.
    public let files: [LicenseFile]
    /// By kind, then by file.
    public let issues: [LicenseIssue]
    /// What the claims say, if they say one thing. Nil is no assertion.
    public let declared: LicenseExpression?
    /// Nil is no assertion.
    public let concluded: LicenseExpression?
    public let basis: Basis
    /// Why, in sentences that a lawyer follows, without control characters.
    public let reasons: [String]
    /// The first file that the system failed to give: findings with this set are not what the files say.
    public let readError: SystemError?

    /// Licence files that are read; of more, those first by path, and an issue.
    public static let maximumFiles = 256

    /// Whether a file is read for licences, whatever claims link to.
    public static func reads(_ path: ModelPath) -> Bool { LicenseFile.role(of: path.text, links: []) != nil }

    /// - Parameters:
    ///   - files: all files of the model; those that may hold licences are read, each up to 1 MiB.
    ///   - claims: of the papers, and of whatever else claims.
    public static func find(
        in files: [EvidenceFile], claims: [LicenseClaim], registry: LicenseRegistry = .current
    ) -> LicenseFindings {
        let links = LicenseLinks.paths(claims)
        let candidates = files.sorted { $0.path < $1.path }.compactMap { file in
            LicenseFile.role(of: file.path.text, links: links).map { (file, $0) }
        }
        let hasModelFile = candidates.contains { $0.1 == .license && LicenseFile.isForModel($0.0.path.text) }
        var read: [LicenseFile] = []
        var issues: [LicenseIssue] = []
        var unread: [ModelPath] = []
        var readError: SystemError?
        for (index, (file, named)) in candidates.enumerated() {
            let isDemoted = named == .license && hasModelFile && !LicenseFile.isForModel(file.path.text)
            let role = isDemoted ? LicenseFile.Role.part : named
            guard index < maximumFiles, file.size <= LicenseTextReading.maximumByteCount || role == .readme else {
                let why = index < maximumFiles ? "it is larger than 1 MiB" : "there are more than \(maximumFiles) files of licences"
                issues.append(LicenseIssue(.notRead, file: file.path, "The file was not read: \(why)."))
                if role == .license { unread.append(file.path) }
                continue
            }
            do {
                let bytes = try file.bytes(at: 0, count: min(file.size, LicenseTextReading.maximumByteCount))
                let reading = LicenseTextReading(of: bytes, registry: registry)
                read.append(LicenseFile(path: file.path, sha256: file.sha256, role: role, reading: reading))
            } catch {
                readError = readError ?? error
                issues.append(
                    LicenseIssue(.notRead, file: file.path, "The file could not be read: \(TerminalText.neutralised(error.cause))."))
                if role == .license { unread.append(file.path) }
            }
        }
        var conclusion = LicenseConclusion(claims: claims, files: read, unread: unread, registry: registry)
        conclusion.conclude()
        issues += conclusion.issues
        let order = LicenseIssue.Kind.allCases
        return LicenseFindings(
            claims: claims, files: read,
            issues: issues.enumerated().sorted { a, b in
                let (x, y) = (order.firstIndex(of: a.element.kind) ?? 0, order.firstIndex(of: b.element.kind) ?? 0)
                return (x, a.offset) < (y, b.offset)
            }.map(\.element),
            declared: conclusion.declared, concluded: conclusion.concluded, basis: conclusion.basis, reasons: conclusion.reasons,
            readError: readError)
    }
}

/// Files that claims name as the licence's text.
enum LicenseLinks {
    static func paths(_ claims: [LicenseClaim]) -> Set<String> {
        Set(claims.filter { $0.kind == .link }.map { path($0.value) })
    }

    /// A path inside the model: as it is, or behind the address of a file on the Hub, whose name alone counts: whose model it is of is
    /// not known here.
    static func path(_ link: String) -> String {
        var path = link[...]
        if let end = path.firstIndex(where: { $0 == "#" || $0 == "?" }) { path = path[..<end] }
        if path.contains("://") {
            let parts = path.split(separator: "/", omittingEmptySubsequences: true)
            guard let place = parts.firstIndex(where: { $0 == "blob" || $0 == "resolve" || $0 == "raw" }), place + 2 < parts.count else {
                return ""
            }
            return parts[(place + 2)...].joined(separator: "/")
        }
        while path.hasPrefix("./") { path = path.dropFirst(2) }
        return String(path)
    }
}
