import Foundation
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

/// A store whose objects a hostile writer made: every digest and checksum is right, whatever they say.
struct HostileStore {
    let folder = TemporaryFolder("hostile")
    var path: String { folder.path("store") }
    var address: String { "file://\(path)/acme/tiny" }
    let model: ModelName
    let ref: RefName

    init() throws {
        model = try ModelName("acme/tiny")
        ref = try RefName("main")
        try put(.storeDescription, StoreDescription().encoded())
    }

    func put(_ name: ObjectName, _ bytes: [UInt8]) throws { try folder.write("store/" + name.path, bytes) }

    /// Stores frames as one pack.
    func pack(_ frames: [(name: ChunkName, frame: [UInt8])]) throws -> [ChunkPlace] {
        var body = PackFooter.header
        var rows: [PackRow] = []
        for (name, frame) in frames {
            rows.append(PackRow(name: name, stored: frame.count, offset: body.count))
            body += frame
        }
        let footer = PackFooter(nonce: [UInt8](repeating: 7, count: 16), bodyEnd: body.count, rows: rows).encoded()
        let name = SHA256.digest(of: footer)
        try put(.pack(name), body + footer + PackTrailer(footerByteCount: footer.count).encoded())
        return rows.map { ChunkPlace(pack: name, offset: $0.offset, stored: $0.stored) }
    }

    /// Stores the bytes of a list and a locator for it.
    func list(_ bytes: [UInt8], places: [ChunkPlace?]) throws -> Digest {
        let digest = SHA256.digest(of: bytes)
        try put(.list(digest), bytes)
        if !places.isEmpty { try put(.locator(digest), Locator(segment: digest, places: places).encoded()) }
        return digest
    }

    /// Stores a manifest and entry `n` of the ref, which names it.
    @discardableResult
    func publish(_ manifest: [UInt8], n: Int = 1, previous: Digest? = nil) throws -> Digest {
        let digest = SHA256.digest(of: manifest)
        try put(.manifest(digest), manifest)
        let entry = RefEntry(model: model, ref: ref, n: n, previous: previous, manifest: digest, time: "2026-01-01T00:00:00Z")
        try put(.refEntry(model, ref, n), entry.encodedEnvelope(sha256: SHA256.digest(of:)))
        try put(.refHint(model, ref), RefHint.encode(n))
        return digest
    }

    /// Stores chunks and a list of them, and returns the list's name.
    func chunks(_ chunks: [[UInt8]]) throws -> Digest {
        let names = try chunks.map { try HostileChunk.name($0) }
        let places = try pack(zip(names, chunks).map { ($0, HostileChunk.flatFrame($1)) })
        return try list(ListSegment(rows: names.map { ChunkRow(name: $0, element: .opaque) }).encoded(), places: places)
    }

    /// Publishes files of one chunk each, each a file of its own bytes, under names that are written as they are into the JSON.
    func publish(paths: [String]) throws -> (manifest: Digest, bytes: [UInt8]) {
        let contents = paths.indices.map { Array("contents of file \($0)".utf8) }
        let list = try chunks(contents)
        var files: [HostileManifest.File] = []
        for (index, path) in paths.enumerated() {
            files.append(
                .init(path: path, size: contents[index].count, sha256: SHA256.digest(of: contents[index]), firstRow: index, rows: 1))
        }
        let bytes = HostileManifest(files: files, lists: [list]).bytes
        return (try publish(bytes), bytes)
    }
}

enum HostileChunk {
    static func name(_ raw: [UInt8], length: Int? = nil) throws -> ChunkName {
        guard let name = ChunkName(digest: SHA256.digest(of: raw), length: length ?? raw.count) else {
            throw Waybill.Failure("a chunk cannot have \(length ?? raw.count) bytes")
        }
        return name
    }

    static func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }

    /// A frame of one plane (Protocol/FRAME.md).
    static func frame(rawLength: Int, codec: UInt8, planeLength: Int? = nil, stored: [UInt8]) -> [UInt8] {
        [1, 0, 1, 0] + little(rawLength) + [codec, 0, 0, 0] + little(planeLength ?? rawLength) + little(stored.count) + stored
    }

    static func flatFrame(_ raw: [UInt8]) -> [UInt8] { frame(rawLength: raw.count, codec: 0, stored: raw) }
}

/// A manifest of which every member can lie. Its bytes are canonical JSON, and the content id is right, unless it says otherwise.
struct HostileManifest {
    struct File {
        /// As it stands between the quotes of the JSON.
        var path: String
        var size: Int
        var sha256: Digest
        var firstRow: Int
        var rows: Int
    }

    var files: [File]
    var lists: [Digest]
    var plan = "t1"
    var waybill = 1

    var bytes: [UInt8] {
        let identity = files.map { "[\"\($0.path)\",\"\($0.sha256)\",\($0.size)]" }.joined(separator: ",")
        let contentId = SHA256.digest(of: Array("[\(identity)]".utf8))
        let rows = files.map {
            "{\"firstRow\":\($0.firstRow),\"format\":\"opaque\",\"path\":\"\($0.path)\",\"rows\":\($0.rows),\"sha256\":\"\($0.sha256)\",\"size\":\($0.size)}"
        }
        let kinds = ["baseModels", "datasets", "languages", "licenseLinks", "licenseNames", "licenses"]
        let claims = kinds.map { "\"\($0)\":{\"assertion\":\"noAssertion\",\"values\":[]}" }.joined(separator: ",")
        let text =
            "{\"baseModels\":[],\"contentId\":\"\(contentId)\",\"files\":[\(rows.joined(separator: ","))],"
            + "\"lists\":[\(lists.map { "\"\($0)\"" }.joined(separator: ","))],\"papers\":{\"claims\":{\(claims)},\"evidence\":[]},"
            + "\"papersPlan\":\"p1\",\"plan\":\"\(plan)\",\"waybill\":\(waybill)}"
        return Array(text.utf8)
    }
}
