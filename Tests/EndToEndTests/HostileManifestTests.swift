import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

/// Revisions whose digests are all right and which lie all the same.
@Suite(.serialized)
struct HostileManifestTests {
    private func digest(_ text: String) -> Digest { SHA256.digest(of: Array(text.utf8)) }

    /// Pulls from the store and expects exit 4, a message that names `subject`, and nothing under a final name.
    private func requireRefused(_ store: HostileStore, naming subject: String, status: Int32 = 4, _ note: String = "") throws {
        let out = store.folder.path("out-\(UInt64.random(in: .min ... .max))")
        let result = try Bounded.run(["pull", store.address, out, "--json"])
        #expect(result.failed(status, naming: subject), "\(note): \(result.shown)")
        #expect(Files.list(out) == [], "\(note)")
    }

    /// Offers the stored manifest to a served mirror over the same store, which has to refuse it.
    private func requireUnservable(_ store: HostileStore, _ manifest: Digest, _ note: String = "") throws {
        let path = store.path + "/" + ObjectName.manifest(manifest).path
        let copy = try store.folder.write("manifest.json", try Files.read(path))
        try FileManager.default.removeItem(atPath: path)
        let mirror = try ServedMirror(store: store.path)
        let put = try Tool.run(
            "/usr/bin/curl",
            ["-s", "-w", "\n%{http_code}", "-X", "PUT", "--data-binary", "@" + copy, "\(mirror.url)/v1/manifests/\(manifest)"])
        #expect(put.output.contains("\"error\""), "\(note): \(put.output)")
        #expect(!put.output.contains("\"ok\""), "\(note): \(put.output)")
        #expect(!Files.exists(path), "\(note)")
    }

    @Test("the mirror takes an honest manifest that was made by hand: the other tests refuse for the right reason")
    func honest() throws {
        let store = try HostileStore()
        let (manifest, _) = try store.publish(paths: ["a", "b/c"])
        let pull = try Bounded.run(["pull", store.address, store.folder.path("out"), "--json"])
        #expect(pull.status == 0, "\(pull.shown)")
        #expect(Files.list(store.folder.path("out")) == ["a", "b/c"])
        let path = store.path + "/" + ObjectName.manifest(manifest).path
        let copy = try store.folder.write("manifest.json", try Files.read(path))
        try FileManager.default.removeItem(atPath: path)
        let mirror = try ServedMirror(store: store.path)
        let put = try Tool.run("/usr/bin/curl", ["-s", "-X", "PUT", "--data-binary", "@" + copy, "\(mirror.url)/v1/manifests/\(manifest)"])
        #expect(put.output.contains("\"ok\":true"), "\(put.output)")
        #expect(Files.exists(path))
    }

    @Test("a file's SHA-256 and its chunks disagree", arguments: [0, 1, 2])
    func disagreement(chunks count: Int) throws {
        let store = try HostileStore()
        let chunks = (0..<count).map { Array("poisoned chunk \($0)".utf8) }
        let bytes = chunks.flatMap { $0 }
        let lists = count == 0 ? [] : [try store.chunks(chunks)]
        let genuine = digest("the genuine file that somebody signed")
        let file = HostileManifest.File(path: "weights.bin", size: bytes.count, sha256: genuine, firstRow: 0, rows: count)
        let manifest = try store.publish(HostileManifest(files: [file], lists: lists).bytes)
        try requireRefused(store, naming: "weights.bin", "\(count) chunks")
        // Also beside a file that is right, and also where only one is wanted.
        let narrow = try Bounded.run(["pull", store.address, store.folder.path("narrow"), "--include", "weights.*", "--json"])
        #expect(narrow.failed(4, naming: "weights.bin"), "\(narrow.shown)")
        #expect(Files.list(store.folder.path("narrow")) == [])
        try requireUnservable(store, manifest, "\(count) chunks")
    }

    @Test("a false file beside right ones keeps all of them from their names")
    func oneFalseFile() throws {
        let store = try HostileStore()
        let chunks = [Array("right".utf8), Array("wrong one".utf8), Array("wrong two".utf8)]
        let list = try store.chunks(chunks)
        let files = [
            HostileManifest.File(path: "a", size: 5, sha256: digest("right"), firstRow: 0, rows: 1),
            HostileManifest.File(path: "b", size: 18, sha256: digest("other"), firstRow: 1, rows: 2),
        ]
        let manifest = try store.publish(HostileManifest(files: files, lists: [list]).bytes)
        try requireRefused(store, naming: "b")
        try requireUnservable(store, manifest)
    }

    @Test("rows and sizes that do not add up")
    func sums() throws {
        let content = Array("twelve bytes".utf8)
        let sha256 = SHA256.digest(of: content)
        func file(_ path: String, size: Int = 12, firstRow: Int = 0, rows: Int = 1) -> HostileManifest.File {
            .init(path: path, size: size, sha256: sha256, firstRow: firstRow, rows: rows)
        }
        let large = (1 << 53) - 1
        let cases: [(cause: String, files: [HostileManifest.File], lists: Int)] = [
            ("12 bytes, the manifest says 11", [file("a", size: 11)], 1), ("12 bytes, the manifest says 13", [file("a", size: 13)], 1),
            ("do not follow", [file("a", firstRow: 1)], 1), ("do not follow", [file("a"), file("b")], 1),
            ("1 rows where the manifest needs 2", [file("a", rows: 2)], 1), ("0 rows cannot make 12 bytes", [file("a", rows: 0)], 0),
            ("2 lists for 1 rows", [file("a")], 2), ("0 lists for 1 rows", [file("a")], 0), ("no files", [], 0),
            ("cannot make \(large) bytes", [file("a", size: large)], 1),
            ("lists for \(large) rows", [file("a", size: large, rows: large)], 1),
            (
                "more than 2^53 - 1 bytes",
                [file("a", size: large, rows: 1 << 31), file("b", size: large, firstRow: 1 << 31, rows: 1 << 31)], 1
            ),
            ("a number is above 2^53 - 1", [file("a", firstRow: large + 1)], 1), ("a number is above 2^53 - 1", [file("a", size: .max)], 1),
        ]
        for (cause, files, lists) in cases {
            let store = try HostileStore()
            let list = try store.chunks([content])
            let manifest = HostileManifest(files: files, lists: Array(repeating: list, count: lists))
            let name = try store.publish(manifest.bytes)
            try requireRefused(store, naming: cause)
            try requireUnservable(store, name, cause)
        }
    }

    @Test("manifests of another plan or version need a newer Waybill; others are damaged")
    func plans() throws {
        let store = try HostileStore()
        let content = Array("twelve bytes".utf8)
        let list = try store.chunks([content])
        let file = HostileManifest.File(path: "a", size: 12, sha256: SHA256.digest(of: content), firstRow: 0, rows: 1)
        let name = try store.publish(HostileManifest(files: [file], lists: [list], plan: "t9").bytes)
        try requireRefused(store, naming: name.hex, status: 1)
        let version = try store.publish(HostileManifest(files: [file], lists: [list], waybill: 2).bytes)
        try requireRefused(store, naming: version.hex, status: 1)
        let honest = HostileManifest(files: [file], lists: [list]).bytes
        let text = String(decoding: honest, as: UTF8.self)
        let broken = [
            text + " ", text.replacingOccurrences(of: "\"plan\"", with: " \"plan\""), String(text.dropLast()),
            text.replacingOccurrences(of: "{\"baseModels\":[],", with: "{\"baseModels\":[],\"baseModels\":[],"),
            text.replacingOccurrences(of: "\"plan\":\"t1\"", with: "\"plan\":\"t1\",\"surprise\":1"),
            text.replacingOccurrences(of: "\"size\":12", with: "\"size\":12.0"),
            text.replacingOccurrences(of: "\"size\":12", with: "\"size\":-12"), "", "[]", "null",
            String(repeating: "[", count: 100_000),
        ]
        for bytes in broken {
            let name = try store.publish(Array(bytes.utf8))
            try requireRefused(store, naming: name.hex, String(bytes.prefix(60)))
        }
        // A content id that belongs to other files.
        let forged = text.replacingOccurrences(of: "\"path\":\"a\"", with: "\"path\":\"b\"")
        try requireRefused(store, naming: try store.publish(Array(forged.utf8)).hex, "content id")
    }

    @Test("lists that lie about their rows")
    func lists() throws {
        let content = Array("twelve bytes".utf8)
        let name = try HostileChunk.name(content)
        let honest = ListSegment(rows: [ChunkRow(name: name, element: .opaque)]).encoded()
        func changed(_ at: Int, _ bytes: [UInt8]) -> [UInt8] {
            var list = honest
            list.replaceSubrange(at..<at + bytes.count, with: bytes)
            return list
        }
        let cases: [(String, [UInt8])] = [
            ("8,192 rows in one row's bytes", changed(8, HostileChunk.little(8_192))), ("2^32 rows", changed(8, [255, 255, 255, 255])),
            ("no rows", changed(8, [0, 0, 0, 0])), ("two rows for one", honest + Array(honest[16...])),
            ("two rows where the manifest has one", changed(8, HostileChunk.little(2)) + Array(honest[16...])),
            ("a chunk of no bytes", changed(48, [0, 0, 0, 0])), ("a chunk of 4 GiB", changed(48, [255, 255, 255, 255])),
            ("a chunk above 4 MiB", changed(48, HostileChunk.little((4 << 20) + 1))),
            ("a chunk of 13 bytes", changed(48, HostileChunk.little(13))),
            ("reserved bytes", changed(53, [1])), ("an empty object", []),
        ]
        for (note, bytes) in cases {
            let store = try HostileStore()
            let place = try store.pack([(name, HostileChunk.flatFrame(content))])
            let list = try store.list(bytes, places: place)
            let file = HostileManifest.File(path: "a", size: 12, sha256: name.digest, firstRow: 0, rows: 1)
            let manifest = try store.publish(HostileManifest(files: [file], lists: [list]).bytes)
            try requireRefused(store, naming: note == "a chunk of 13 bytes" ? "a" : list.hex, note)
            try requireUnservable(store, manifest, note)
        }
    }
}
