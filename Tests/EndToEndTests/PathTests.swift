import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

/// Names that want out of the directory, and links that stand in it.
@Suite(.serialized)
struct PathTests {
    /// As they stand in the JSON of a manifest, each list in the order of its bytes.
    static let hostile: [[String]] = [
        ["../escaped"], ["a/../../escaped"], [".."], ["."], ["a/./b"], ["/tmp/waybill-escaped"], ["/"], [""], ["a//b"], ["a/"],
        ["a\\u0000b"], ["a\\nb"], ["a\\u001bb"], ["a\\u007fb"], ["a\\u0085b"], ["a\\\\b"], ["..\\\\escaped"], ["C:\\\\escaped"],
        [".waybill/checkout.json"], [".WayBill/x"], ["a/.waybill"], [".git/hooks/post-checkout"], [".GIT"], [".cache/x"],
        ["con"], ["NUL.txt"], ["a/aux"], ["COM1"], ["lpt9.bin"], ["a."], ["a "], ["a./b"], ["a/b /c"],
        [String(repeating: "x", count: 256)], [Array(repeating: "d", count: 65).joined(separator: "/")],
        [Array(repeating: String(repeating: "y", count: 200), count: 11).joined(separator: "/")],
        ["a", "a"], ["b", "a"], ["A", "a"], ["README.md", "readme.md"], ["\u{E9}", "e\u{301}"], ["e\u{301}", "\u{E9}"],
        ["a", "a/b"], ["A/b", "a"], ["A/x", "a/X"], ["\u{212A}", "k"], ["k", "\u{212A}"], ["\u{C5}", "\u{212B}"], ["a\\ud800"],
    ]

    @Test("no path of a manifest leads out of the directory, or to two files of one name", arguments: hostile)
    func paths(_ paths: [String]) throws {
        let store = try HostileStore()
        let (manifest, bytes) = try store.publish(paths: paths)
        let before = try Snapshot.of(store.folder.path, leavingOut: ["out", "store/private"])
        let out = store.folder.path("out")
        for extra in [[], ["--overwrite"]] {
            let pull = try Bounded.run(["pull", store.address, out, "--json"] + extra)
            #expect(pull.failed(4, naming: manifest.hex), "\(paths): \(pull.shown)")
        }
        #expect(Files.list(out) == [])
        #expect(try Snapshot.of(store.folder.path, leavingOut: ["out", "store/private"]) == before)
        #expect(!Files.exists("/tmp/waybill-escaped"))

        try FileManager.default.removeItem(atPath: store.path + "/" + ObjectName.manifest(manifest).path)
        let copy = try store.folder.write("manifest.json", bytes)
        let mirror = try ServedMirror(store: store.path)
        let put = try Tool.run(
            "/usr/bin/curl",
            ["-s", "-w", "\n%{http_code}", "-X", "PUT", "--data-binary", "@" + copy, "\(mirror.url)/v1/manifests/\(manifest)"])
        #expect(put.output.hasSuffix("\n422"), "\(paths): \(put.output)")
    }

    @Test("bytes that are no UTF-8 in a manifest's path")
    func notUTF8() throws {
        let store = try HostileStore()
        let (_, bytes) = try store.publish(paths: ["aXb"])
        guard let at = bytes.firstIndex(of: UInt8(ascii: "X")) else { return #expect(Bool(false), "no path") }
        for bad in [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80]] as [[UInt8]] {
            var changed = bytes
            changed.replaceSubrange(at...at, with: bad)
            let manifest = try store.publish(changed)
            let pull = try Bounded.run(["pull", store.address, store.folder.path("out"), "--json"])
            #expect(pull.failed(4, naming: manifest.hex), "\(bad): \(pull.shown)")
        }
    }

    /// A store with one honest revision, and a folder beside the destination that nothing may touch.
    private func prepared() throws -> (store: HostileStore, out: String, victim: String) {
        let store = try HostileStore()
        _ = try store.publish(paths: ["file", "folder/inner"])
        try store.folder.write("victim/file", "precious")
        try store.folder.write("victim/inner", "precious")
        try FileManager.default.createDirectory(atPath: store.folder.path("out"), withIntermediateDirectories: false)
        return (store, store.folder.path("out"), store.folder.path("victim"))
    }

    private func link(_ path: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }

    @Test(
        "a link where a file belongs stops a pull; --overwrite replaces the link, never its target",
        arguments: ["victim/file", "nowhere", "out/file"])
    func linkAsFile(target: String) throws {
        let (store, out, victim) = try prepared()
        try link(out + "/file", to: store.folder.path(target))
        let before = try Snapshot.of(victim)
        let pull = try Bounded.run(["pull", store.address, out, "--json"])
        #expect(pull.failed(6, naming: "file") && pull.told.contains("symbolic link"), "\(pull.shown)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: out + "/file") == store.folder.path(target))
        #expect(!Files.exists(out + "/folder/inner"))
        let overwrite = try Bounded.run(["pull", store.address, out, "--overwrite", "--json"])
        #expect(overwrite.status == 0, "\(overwrite.shown)")
        #expect(try FileManager.default.attributesOfItem(atPath: out + "/file")[.type] as? FileAttributeType == .typeRegular)
        #expect(try Snapshot.of(victim) == before)
        #expect(!Files.exists(store.folder.path("nowhere")))
    }

    @Test("a link where a folder belongs stops a pull, with --overwrite too", arguments: ["victim", "nowhere", "out/folder", "../victim"])
    func linkAsFolder(target: String) throws {
        let (store, out, victim) = try prepared()
        try link(out + "/folder", to: target.hasPrefix("..") ? target : store.folder.path(target))
        let before = try Snapshot.of(victim)
        for extra in [[], ["--overwrite"]] {
            let pull = try Bounded.run(["pull", store.address, out, "--json"] + extra)
            #expect(pull.failed(6, naming: "folder") && pull.told.contains("symbolic link"), "\(pull.shown)")
        }
        #expect(try Snapshot.of(victim) == before)
        #expect(!Files.exists(store.folder.path("nowhere")))
        #expect(!Files.exists(out + "/file"))
    }

    @Test(
        "a link in the place of .waybill or of its parts is not followed",
        arguments: [".waybill", ".waybill/parts", ".waybill/journal", ".waybill/lock"])
    func linkAsState(place: String) throws {
        let (store, out, victim) = try prepared()
        if place != ".waybill" { try FileManager.default.createDirectory(atPath: out + "/.waybill", withIntermediateDirectories: false) }
        let isFolder = place == ".waybill" || place.hasSuffix("parts")
        try link(out + "/" + place, to: isFolder ? victim : victim + "/file")
        let before = try Snapshot.of(victim)
        let pull = try Bounded.run(["pull", store.address, out, "--json"])
        // A journal is a record that may be made anew; the others are refused.
        if place.hasSuffix("journal") {
            #expect(pull.status == 0 || pull.failed(6, naming: "journal"), "\(pull.shown)")
        } else {
            #expect(pull.failed(6, naming: place), "\(pull.shown)")
            #expect(!Files.exists(out + "/file"))
        }
        #expect(try Snapshot.of(victim) == before)
    }

    @Test("a tracked file that became a link is not written through by the next revision")
    func linkLater() throws {
        let (store, out, victim) = try prepared()
        #expect(try Bounded.run(["pull", store.address, out]).status == 0)
        try FileManager.default.removeItem(atPath: out + "/folder")
        try link(out + "/folder", to: victim)
        let before = try Snapshot.of(victim)
        let old = try Files.read(store.path + "/" + ObjectName.refEntry(store.model, store.ref, 1).path)
        let list = try store.chunks([Array("new".utf8)])
        let file = HostileManifest.File(
            path: "folder/inner", size: 3, sha256: SHA256.digest(of: Array("new".utf8)), firstRow: 0, rows: 1)
        try store.publish(HostileManifest(files: [file], lists: [list]).bytes, n: 2, previous: SHA256.digest(of: old))
        for extra in [[], ["--overwrite"]] {
            let pull = try Bounded.run(["pull", store.address, out, "--json"] + extra)
            #expect(pull.failed(6, naming: "folder"), "\(pull.shown)")
        }
        #expect(try Snapshot.of(victim) == before)
    }

    @Test("things that are no files in the destination: a folder, a pipe")
    func notAFile() throws {
        let (store, out, _) = try prepared()
        #expect(mkfifo(out + "/file", 0o644) == 0)
        for extra in [[], ["--overwrite"]] {
            let pull = try Bounded.run(["pull", store.address, out, "--json"] + extra, within: 20)
            #expect(pull.failed(6, naming: "file"), "\(pull.shown)")
        }
        try FileManager.default.removeItem(atPath: out + "/file")
        try FileManager.default.createDirectory(atPath: out + "/file", withIntermediateDirectories: false)
        for extra in [[], ["--overwrite"]] {
            let pull = try Bounded.run(["pull", store.address, out, "--json"] + extra)
            #expect(pull.failed(6, naming: "file (is a folder)"), "\(pull.shown)")
        }
    }

    @Test("a pulled file that became a link is told by verify and by the next pull, whatever the link reaches")
    func linkInstead() throws {
        let (store, out, victim) = try prepared()
        #expect(try Bounded.run(["pull", store.address, out]).status == 0)
        for target in [store.folder.path("same"), victim + "/file", store.folder.path("nowhere")] {
            try store.folder.write("same", try Files.read(out + "/folder/inner"))
            try FileManager.default.removeItem(atPath: out + "/folder/inner")
            try link(out + "/folder/inner", to: target)
            for extra in [[], ["--quick"]] {
                let verify = try Bounded.run(["verify", out, "--json"] + extra)
                #expect(verify.status == 4 && verify.output.contains("\"notAFile\""), "\(target) \(extra): \(verify.shown)")
            }
            let pull = try Bounded.run(["pull", store.address, out, "--json"])
            #expect(pull.failed(6, naming: "folder/inner"), "\(target): \(pull.shown)")
            let overwrite = try Bounded.run(["pull", store.address, out, "--overwrite"])
            #expect(overwrite.status == 0)
            #expect(try Bounded.run(["verify", out]).status == 0)
        }
        #expect(try Files.read(victim + "/file") == Array("precious".utf8))
    }
}
