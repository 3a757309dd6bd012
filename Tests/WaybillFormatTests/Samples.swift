import Testing
import WaybillFormat

/// Small valid objects that tests break.
enum Samples {
    static func footer() throws -> PackFooter {
        var offset = 8
        let rows = try [(100, 60), (4_194_304, 4_194_816), (1, 21)].enumerated().map { index, sizes in
            defer { offset += sizes.1 }
            return PackRow(name: try chunk("chunk \(index)", sizes.0), stored: sizes.1, offset: offset)
        }
        return PackFooter(nonce: Array(1...16), bodyEnd: offset, rows: rows)
    }

    static func list() throws -> ListSegment {
        ListSegment(rows: [
            ChunkRow(name: try chunk("a", 1), element: .opaque), ChunkRow(name: try chunk("b", 4_194_304), element: .bfloat16),
            ChunkRow(name: try chunk("c", 77), element: .ggml(12)),
        ])
    }

    static func locator() -> Locator {
        Locator(
            segment: digest("segment"),
            places: [
                ChunkPlace(pack: digest("p1"), offset: 8, stored: 60), nil, ChunkPlace(pack: digest("p0"), offset: 8, stored: 1),
                ChunkPlace(pack: digest("p1"), offset: 68, stored: 67_108_864 - 68),
            ])
    }

    static func manifest() throws -> Manifest {
        let readme = try ModelPath("README.md")
        let files = [
            ManifestFile(path: readme, size: 123, sha256: digest("readme"), format: .opaque, firstRow: 0, rows: 1),
            ManifestFile(path: try ModelPath("empty"), size: 0, sha256: digest(""), format: .opaque, firstRow: 1, rows: 0),
            ManifestFile(
                path: try ModelPath("weights/é.gguf"), size: 9_000 * 1_048_576, sha256: digest("gguf"), format: .gguf, firstRow: 1,
                rows: 9_000),
        ]
        let evidence = [
            Evidence(file: readme, place: "license", sha256: digest("readme")),
            Evidence(file: files[2].path, place: "general.license", sha256: digest("gguf")),
        ]
        return Manifest(
            contentId: Manifest.contentId(of: files, sha256: TestDigest.sha256), files: files, lists: [digest("l0"), digest("l1")],
            papers: Papers(
                claims: [
                    .licenses: [ClaimValue(value: "apache-2.0", evidence: [0, 1]), ClaimValue(value: "mit", evidence: [1])],
                    .languages: [ClaimValue(value: "de", evidence: [0])],
                ],
                evidence: evidence),
            baseModels: [BaseModel(name: "acme/base", relation: .quantized)])
    }

    static func entry(n: Int = 2) throws -> RefEntry {
        RefEntry(
            model: try ModelName("acme/tiny"), ref: .main, n: n, previous: n == 1 ? nil : digest("previous"), manifest: digest("manifest"),
            time: "2026-04-01T12:34:56Z")
    }

    static func decodeEntry(_ bytes: [UInt8]) throws -> RefEntry {
        try RefEntry(decodingEnvelope: bytes, model: try ModelName("acme/tiny"), ref: .main, n: 2, sha256: TestDigest.sha256)
    }
}
