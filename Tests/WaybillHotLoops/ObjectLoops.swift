import WaybillFormat
import WaybillSystem

extension HotLoop {
    /// Objects of a store, as large as a revision of some 8 GiB has them.
    static func objects() -> [HotLoop] {
        do {
            let rows = 8_192
            let locator = Locator(segment: digest(0), places: (0..<rows).map { place($0) }).encoded()
            let segment = ListSegment(rows: try (0..<rows).map { ChunkRow(name: try chunk($0), element: .bfloat16) }).encoded()
            let footer = try packFooter(rows: 64).encoded()
            let manifest = try manifest(files: 500).encoded()
            return [
                HotLoop("parse locator", bytes: locator.count) {
                    consume(parsed { () throws(FormatError) in try Locator(decoding: locator, subject: "locator") })
                },
                HotLoop("parse list", bytes: segment.count) {
                    consume(parsed { () throws(FormatError) in try ListSegment(decoding: segment, subject: "list") })
                },
                HotLoop("parse pack footer", bytes: footer.count) {
                    consume(parsed { () throws(FormatError) in try PackFooter(decoding: footer, subject: "pack") })
                },
                HotLoop("parse manifest", bytes: manifest.count) {
                    consume(
                        parsed { () throws(FormatError) in
                            try Manifest(decoding: manifest, subject: "manifest", sha256: SHA256.digest(of:))
                        })
                },
            ]
        } catch {
            fatalError("\(error)")
        }
    }

    private static func parsed<Object>(_ parse: () throws(FormatError) -> Object) -> Object {
        do { return try parse() } catch { fatalError("\(error)") }
    }

    private static func digest(_ number: Int) -> Digest { SHA256.digest(of: Array("object \(number)".utf8)) }

    private static func chunk(_ number: Int) throws -> ChunkName {
        guard let name = ChunkName(digest: digest(number), length: 1 << 20) else { fatalError("no chunk has this length") }
        return name
    }

    private static func place(_ row: Int) -> ChunkPlace {
        ChunkPlace(pack: digest(1_000_000 + row / 20), offset: 8 + row % 20 * 700_000, stored: 700_000)
    }

    private static func packFooter(rows: Int) throws -> PackFooter {
        let size = 250_000
        let rows = try (0..<rows).map { PackRow(name: try chunk($0), stored: size, offset: 8 + size * $0) }
        return PackFooter(nonce: Array(1...16), bodyEnd: 8 + size * rows.count, rows: rows)
    }

    private static func manifest(files count: Int) throws -> Manifest {
        let files = try (0..<count).map { index in
            ManifestFile(
                path: try ModelPath("layers/\(1000 + index)/model-\(index).safetensors"), size: 16 << 20, sha256: digest(index),
                format: .safetensors, firstRow: 16 * index, rows: 16)
        }
        return Manifest(
            contentId: Manifest.contentId(of: files, sha256: SHA256.digest(of:)), files: files, lists: [digest(-1)],
            papers: Papers(claims: [:], evidence: []), baseModels: [])
    }
}
