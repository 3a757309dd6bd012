import WaybillFormat
import WaybillPapers
import WaybillSystem

/// Files of models in memory, and what is derived from them.
enum ModelFiles {
    static func file(_ path: String, _ bytes: [UInt8], format: FileFormat = .opaque) throws -> EvidenceFile {
        EvidenceFile(path: try ModelPath(path), sha256: SHA256.digest(of: bytes), size: bytes.count, format: format) {
            (offset: Int, count: Int) throws(SystemError) in
            guard offset >= 0, offset <= bytes.count else {
                throw SystemError(.storage, subject: path, cause: "read outside the file")
            }
            return Array(bytes[offset..<min(bytes.count, offset + count)])
        }
    }

    static func readme(_ text: String, path: String = "README.md") throws -> EvidenceFile { try file(path, Array(text.utf8)) }

    /// A README with this front matter, which begins in line 2.
    static func card(_ metadata: String) throws -> EvidenceFile { try readme("---\n\(metadata)\n---\n# Model\n") }

    static func derive(card metadata: String) throws -> DerivedPapers { PapersDerivation.derive([try card(metadata)]) }

    /// Proves that a manifest with these papers is accepted, and that a reader gets them back.
    static func isPublishable(_ derived: DerivedPapers, _ files: [EvidenceFile]) throws -> Bool {
        let sha256: DigestFunction = { SHA256.digest(of: $0) }
        var rows = 0
        let listed = files.sorted { $0.path < $1.path }.map { file in
            let count = (file.size + Limits.chunk - 1) / Limits.chunk
            defer { rows += count }
            return ManifestFile(path: file.path, size: file.size, sha256: file.sha256, format: file.format, firstRow: rows, rows: count)
        }
        let lists = [Digest](repeating: SHA256.digest(of: []), count: Manifest.segmentCount(rows: rows))
        let manifest = Manifest(
            contentId: Manifest.contentId(of: listed, sha256: sha256), files: listed, lists: lists, papers: derived.papers,
            baseModels: derived.baseModels)
        let bytes = try manifest.validated(sha256: sha256).encoded()
        let decoded = try Manifest(decoding: bytes, subject: "test", sha256: sha256)
        return decoded.papers == derived.papers && decoded.baseModels == derived.baseModels
    }
}

extension DerivedPapers {
    func values(_ kind: ClaimKind) -> [String] { papers[kind].map(\.value) }

    /// Evidence of a value as `file: place`.
    func evidence(_ kind: ClaimKind, _ value: String) -> [String] {
        papers[kind].filter { $0.value == value }.flatMap(\.evidence).map {
            "\(papers.evidence[$0].file.text): \(papers.evidence[$0].place)"
        }
    }

    var isEmpty: Bool { papers == .none && baseModels.isEmpty }
}
