import WaybillFormat
import WaybillPapers
import WaybillSystem

/// What is derived from a file stands in a manifest, whatever the file says.
extension FuzzTarget {
    public static let frontMatter = FuzzTarget("front-matter") { (input) throws(BrokenProperty) in
        try derive(from: "README.md", .opaque, SparseFile([0] + input))
    }

    public static let ggufPapers = FuzzTarget("gguf-papers") { (input) throws(BrokenProperty) in
        try derive(from: "model.gguf", .gguf, SparseFile(input))
    }

    private static func derive(from name: String, _ format: FileFormat, _ file: SparseFile) throws(BrokenProperty) -> Bool {
        guard let path = try parsed({ () throws(FormatError) in try ModelPath(name) }) else { return false }
        let evidence = EvidenceFile(path: path, sha256: .zero, size: file.size, format: format) { (offset, count) throws(SystemError) in
            do throws(BrokenProperty) { return try file.read(offset, count) } catch {
                throw SystemError(.failure, subject: name, cause: error.description, remedy: "")
            }
        }
        let derived = PapersDerivation.derive([evidence])
        try require(derived.readError == nil, "read beyond the file: \(derived.readError?.cause ?? "")")
        for notice in derived.notices {
            try require(
                !notice.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }, "a notice with a control character"
            )
        }
        let rows = (file.size + Limits.chunk - 1) / Limits.chunk
        let recorded = ManifestFile(path: path, size: file.size, sha256: .zero, format: format, firstRow: 0, rows: rows)
        let manifest = Manifest(
            contentId: .zero, files: [recorded], lists: rows > 0 ? [.zero] : [], papers: derived.papers, baseModels: derived.baseModels)
        let bytes = manifest.encoded()
        let again = try parsed { () throws(FormatError) in try Manifest(decoding: bytes, subject: "manifest", sha256: anyDigest) }
        try require(again == manifest, "no manifest can hold these papers")
        try require(derived.baseModels.map(\.name) == derived.papers[.baseModels].map(\.value), "base models beside the claim")
        return !derived.papers.claims.isEmpty
    }
}
