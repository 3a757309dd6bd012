import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

/// A store with two revisions of a small model, to be damaged one object at a time.
struct DamagedStore {
    let folder = TemporaryFolder("damage")
    let model: String
    var store: String { folder.path("store") }
    var address: String { "file://\(store)/acme/tiny" }

    init() throws {
        var generator = SeededGenerator(seed: 5)
        let weights = ModelMaker.safetensors([
            Tensor("a.weight", "BF16", [160, 256], generator.weights(160 * 256)),
            Tensor("b.weight", "F32", [100], generator.bytes(400)),
        ])
        try folder.write("model/model.safetensors", weights)
        try folder.write("model/noise.bin", generator.bytes(70_000))
        try folder.write("model/README.md", "---\nlicense: mit\n---\n# Sample\n")
        try folder.write("model/empty", "")
        try folder.write("model/text/words.txt", (0..<4_000).map { "word \($0 % 97)" }.joined(separator: "\n"))
        model = folder.path("model")
        try Waybill.makeStore(folder.path("store"))
        for version in 1...2 {
            try folder.write("model/config.json", "{\"version\":\(version)}")
            let push = try Waybill.run(["push", model, "file://\(folder.path("store"))/acme/tiny", "--json"])
            guard push.status == 0 else { throw Waybill.Failure(push.errors) }
        }
    }

    /// Every served object of the newest revision, and of the older one.
    var objects: [String] { Files.list(store).filter { !$0.hasPrefix("private/") } }

    func objects(_ kind: String) -> [String] { objects.filter { $0.hasPrefix(kind + "/") } }

    var newestEntry: String { "refs/acme/tiny/main/0000000002" }

    /// The newest revision's manifest.
    func manifest() throws -> String {
        let show = try Waybill.run(["show", address, "--json"])
        guard let digest = show.text("manifest").flatMap({ Digest(hex: $0) }) else { throw Waybill.Failure(show.errors) }
        return ObjectName.manifest(digest).path
    }

    /// Its only list segment.
    func list() throws -> Digest {
        let bytes = try Files.read(store + "/" + manifest())
        let parsed = try Manifest(decoding: bytes, subject: "manifest", sha256: SHA256.digest(of:))
        guard parsed.lists.count == 1 else { throw Waybill.Failure("\(parsed.lists.count) lists") }
        return parsed.lists[0]
    }

    func rows() throws -> [ChunkRow] {
        try ListSegment(decoding: try Files.read(store + "/" + ObjectName.list(list()).path), subject: "list").rows
    }

    func largestPack() throws -> String {
        let packs = try objects("packs").map { ($0, try Files.read(store + "/" + $0).count) }
        return packs.max { $0.1 < $1.1 }?.0 ?? ""
    }

    /// Pulls into a new directory.
    func pull(_ from: String? = nil) throws -> (result: ToolResult, out: String) {
        let out = folder.path("out-\(UInt64.random(in: .min ... .max))")
        return (try Bounded.run(["pull", from ?? address, out, "--json", "--quiet"]), out)
    }

    /// Damages an object, pulls, and mends it again.
    func damaged(_ object: String, from: String? = nil, _ damage: (String) throws -> Void, check: (ToolResult, String) throws -> Void)
        throws
    {
        let path = store + "/" + object
        let bytes = try Files.read(path)
        try damage(path)
        let (result, out) = try pull(from)
        try check(result, out)
        try folder.write("store/" + object, bytes)
        try? FileManager.default.removeItem(atPath: out)
    }

    /// What an error has to name: the object, by the last part of its path.
    static func name(_ object: String) -> String { object.split(separator: "/").last.map(String.init) ?? object }

    /// Right byte for byte, or nothing under a final name and an error that names the object.
    func requireHonest(_ result: ToolResult, _ out: String, _ object: String, allowed: Set<Int32> = [4], _ note: String) throws {
        if result.status == 0 {
            #expect(try Files.differences(model, out) == [], "\(object) \(note)")
        } else {
            #expect(allowed.contains(result.status), "\(object) \(note): \(result.shown)")
            #expect(result.failed(result.status, naming: Self.name(object)), "\(object) \(note): \(result.shown)")
            #expect(Files.list(out) == [], "\(object) \(note)")
        }
    }
}
