import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

/// Objects that are cut, gone, or somewhere else; a mirror that shows an older or another history.
@Suite(.serialized)
struct LossTests {
    @Test("a truncated object is named")
    func truncated() throws {
        let sample = try DamagedStore()
        let list = try sample.list()
        let objects = [
            ObjectName.list(list).path, ObjectName.locator(list).path, try sample.manifest(), sample.newestEntry, try sample.largestPack(),
        ]
        for object in objects {
            let bytes = try Files.read(sample.store + "/" + object)
            for length in [0, 1, bytes.count / 2, bytes.count - 1] {
                try sample.damaged(object, { try Data(bytes.prefix(length)).write(to: URL(fileURLWithPath: $0)) }) { result, out in
                    // Without its last byte a pack still has all its frames.
                    let isWhole = object.hasPrefix("packs/") && length == bytes.count - 1
                    #expect(result.status == (isWhole ? 0 : 4), "\(object) cut to \(length): \(result.shown)")
                    try sample.requireHonest(result, out, object, "cut to \(length)")
                }
            }
            // Longer is wrong as well, but where nobody reads the end.
            try sample.damaged(object, { try Data(bytes + [0]).write(to: URL(fileURLWithPath: $0)) }) { result, out in
                #expect(result.status == (object.hasPrefix("packs/") ? 0 : 4), "\(object) and a byte: \(result.shown)")
                try sample.requireHonest(result, out, object, "and a byte")
            }
        }
    }

    @Test("an object that is gone is named", arguments: [false, true])
    func deleted(served: Bool) throws {
        let sample = try DamagedStore()
        let mirror = served ? try ServedMirror(store: sample.store) : nil
        let address = mirror.map { "\($0.url)/acme/tiny" }
        let list = try sample.list()
        for object in [ObjectName.list(list).path, ObjectName.locator(list).path, try sample.manifest(), try sample.largestPack()] {
            try sample.damaged(object, from: address, { try FileManager.default.removeItem(atPath: $0) }) { result, out in
                #expect(result.status == 4, "\(object): \(result.shown)")
                try sample.requireHonest(result, out, object, "gone")
            }
        }
        // Without any entry there is no ref; the hint alone is none.
        try FileManager.default.removeItem(atPath: sample.store + "/refs/acme/tiny/main/0000000001")
        try sample.damaged(sample.newestEntry, from: address, { try FileManager.default.removeItem(atPath: $0) }) { result, out in
            #expect(result.failed(3, naming: "acme/tiny"), "\(result.shown)")
            #expect(!Files.exists(out))
        }
    }

    @Test("an object that is far too large is not read into memory", .enabled(if: Bounded.canMeasure, "/usr/bin/time is not installed"))
    func huge() throws {
        let sample = try DamagedStore()
        let list = try sample.list()
        let objects = [
            ObjectName.list(list).path, ObjectName.locator(list).path, try sample.manifest(), sample.newestEntry, "waybill.json",
        ]
        for object in objects {
            let path = sample.store + "/" + object
            let bytes = try Files.read(path)
            // Eight GiB that occupy nothing.
            #expect(truncate(path, 8 << 30) == 0)
            let (result, mebibytes) = try Bounded.measured(["pull", sample.address, sample.folder.path("huge"), "--json"])
            #expect(result.failed(4, naming: DamagedStore.name(object)), "\(object): \(result.shown)")
            #expect(mebibytes < 128, "\(object)")
            try sample.folder.write("store/" + object, bytes)
        }
    }

    @Test("an entry that was copied from elsewhere is refused")
    func copiedEntry() throws {
        let sample = try DamagedStore()
        let manager = FileManager.default
        let refs = sample.store + "/refs/acme"
        let copies = [
            ("other/main/0000000002", "other:main"), ("tiny/prod/0000000002", "tiny:prod"), ("tiny/main/0000000003", "tiny:main"),
        ]
        for (place, address) in copies {
            let path = refs + "/" + place
            try manager.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            // A log begins at 1: the hint makes the copy be found all the same.
            let hint = (path as NSString).deletingLastPathComponent + "/latest"
            let before = try? Files.read(hint)
            try Data((DamagedStore.name(place) + "\n").utf8).write(to: URL(fileURLWithPath: hint))
            try manager.copyItem(atPath: sample.store + "/" + sample.newestEntry, toPath: path)
            let (result, out) = try sample.pull("file://\(sample.store)/acme/\(address)")
            #expect(result.failed(4, naming: place), "\(result.shown)")
            #expect(Files.list(out) == [])
            try manager.removeItem(atPath: path)
            if let before { try Data(before).write(to: URL(fileURLWithPath: hint)) }
        }
    }

    @Test("a mirror that shows less than the directory saw is a rollback; another entry of that number is a fork")
    func rollbackAndFork() throws {
        let sample = try DamagedStore()
        let (first, out) = try sample.pull()
        #expect(first.int("entry") == 2, "\(first.shown)")
        let before = try Snapshot.of(out, leavingOut: [".waybill"])
        let entry = sample.store + "/" + sample.newestEntry
        let bytes = try Files.read(entry)

        try FileManager.default.removeItem(atPath: entry)
        let rollback = try Bounded.run(["pull", sample.address, out, "--json"])
        #expect(rollback.failed(4, naming: "rollback"), "\(rollback.shown)")

        let model = try ModelName("acme/tiny")
        let ref = try RefName("main")
        let true2 = try RefEntry(
            decodingEnvelope: bytes, model: model, ref: ref, n: 2, sha256: SHA256.digest(of:))
        let false2 = RefEntry(
            model: model, ref: ref, n: 2, previous: true2.previous, manifest: true2.manifest, time: "2001-01-01T00:00:00Z")
        try Data(false2.encodedEnvelope(sha256: SHA256.digest(of:))).write(to: URL(fileURLWithPath: entry))
        let fork = try Bounded.run(["pull", sample.address, out, "--json"])
        #expect(fork.failed(4, naming: "fork"), "\(fork.shown)")
        #expect(try Snapshot.of(out, leavingOut: [".waybill"]) == before)

        // Who never saw the ref cannot know; who saw the true entry goes on with it.
        try Data(bytes).write(to: URL(fileURLWithPath: entry))
        let again = try Bounded.run(["pull", sample.address, out, "--json"])
        #expect(again.status == 0 && again.int("entry") == 2, "\(again.shown)")
    }

    @Test("a newest entry that cannot be read stops a pull and a push; --expect publishes after it")
    func burntEntry() throws {
        let sample = try DamagedStore()
        try Data("{".utf8).write(to: URL(fileURLWithPath: sample.store + "/" + sample.newestEntry))
        let (result, out) = try sample.pull()
        #expect(result.failed(4, naming: "0000000002"), "\(result.shown)")
        #expect(Files.list(out) == [])
        try sample.folder.write("model/config.json", "{\"version\":3}")
        let blind = try Bounded.run(["push", sample.model, sample.address, "--json"])
        #expect(blind.failed(4, naming: "0000000002"), "\(blind.shown)")
        let knowing = try Bounded.run(["push", sample.model, sample.address, "--expect", "2", "--json"])
        #expect(knowing.status == 0 && knowing.int("entry") == 3, "\(knowing.shown)")
        let (after, out3) = try sample.pull()
        #expect(after.int("entry") == 3, "\(after.shown)")
        #expect(try Files.differences(sample.model, out3) == [])
    }

    @Test("a store of a newer version, or one that needs more than this one knows")
    func newerStore() throws {
        let sample = try DamagedStore()
        let texts = ["{\"layout\":2,\"requiredFeatures\":[]}", "{\"layout\":1,\"requiredFeatures\":[\"delta\"]}"]
        // Opened before the store becomes newer, it shows what it finds.
        let mirror = try ServedMirror(store: sample.store)
        for text in texts {
            try sample.folder.write("store/waybill.json", text)
            let new = sample.folder.path("new")
            for command in [["pull", "\(mirror.url)/acme/tiny", new], ["push", sample.model, "\(mirror.url)/acme/new"]] {
                let refused = try Bounded.run(command + ["--json"], within: 20)
                #expect(refused.failed(1, naming: "waybill.json") && refused.told.contains("newer"), "\(command): \(refused.shown)")
            }
            #expect(!Files.exists(new) && !Files.exists(sample.store + "/refs/acme/new"))
            let (result, out) = try sample.pull()
            #expect(result.failed(1, naming: "waybill.json") && result.told.contains("newer"), "\(result.shown)")
            #expect(!Files.exists(out))
            for command in [["push", sample.model, sample.address], ["store", "stats", sample.store], ["serve", sample.store]] {
                let refused = try Bounded.run(command + ["--json"], within: 20)
                #expect(refused.failed(1, naming: "waybill.json"), "\(command): \(refused.shown)")
            }
        }
        try sample.folder.write("store/waybill.json", "{\"future\":[1],\"layout\":1,\"requiredFeatures\":[]}")
        #expect(try sample.pull().result.status == 0)
    }
}
