import Foundation
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

/// A checkout of a few files, with what `.waybill/` keeps of it.
struct CheckoutFixture {
    let place = TemporaryFolder("checkout")
    let folder: CheckoutFolder

    init() throws { folder = try CheckoutFolder.open(place.path("model")) }

    var model: String { place.path("model") }

    func path(_ name: String) -> String { model + "/" + name }

    /// The manifest and chunk table of small files, one chunk each.
    static func revision(_ files: [String: String]) throws -> (manifest: Manifest, segments: [ListSegment]) {
        var entries: [ManifestFile] = []
        var rows: [ChunkRow] = []
        for (name, text) in files.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            let bytes = Array(text.utf8)
            let first = rows.count
            if let chunk = ChunkName(digest: SHA256.digest(of: bytes), length: bytes.count) {
                rows.append(ChunkRow(name: chunk, element: .opaque))
            }
            entries.append(
                ManifestFile(
                    path: try ModelPath(name), size: bytes.count, sha256: SHA256.digest(of: bytes), format: .opaque, firstRow: first,
                    rows: rows.count - first))
        }
        let segments = rows.isEmpty ? [] : [ListSegment(rows: rows)]
        let manifest = Manifest(
            contentId: Manifest.contentId(of: entries, sha256: SHA256.digest(of:)), files: entries,
            lists: segments.map { SHA256.digest(of: $0.encoded()) })
        return (try manifest.validated(sha256: SHA256.digest(of:)), segments)
    }

    /// A checkout.json of `manifest`; tracked are the files of it that are in the directory.
    func checkout(_ manifest: Manifest, tracking: Set<String>? = nil, n: Int = 1) throws -> Checkout {
        let entry = SHA256.digest(of: [UInt8(n)])
        var tracked: [TrackedFile] = []
        for file in manifest.files where tracking?.contains(file.path.text) ?? true {
            if let status = try folder.status(of: file.path) {
                tracked.append(TrackedFile(path: file.path, sha256: file.sha256, status: status))
            }
        }
        let name = try ModelName("acme/tiny")
        return Checkout(
            remote: "http://localhost:1", model: name, ref: .main, entry: n, entryDigest: entry,
            manifestDigest: SHA256.digest(of: manifest.encoded()), include: [],
            seen: [SeenEntry(remote: "http://localhost:1", model: name, ref: .main, n: n, entry: entry)], tracked: tracked,
            manifest: manifest)
    }

    func text(_ name: String) -> String? { (try? Files.read(path(name))).map { String(decoding: $0, as: UTF8.self) } }
}
