import Foundation
import Testing
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

@Suite struct CheckoutTests {
    private func sample() throws -> (fixture: CheckoutFixture, checkout: Checkout) {
        let fixture = try CheckoutFixture()
        try fixture.place.write("model/a", "one")
        try fixture.place.write("model/b/c", "two")
        let (manifest, segments) = try CheckoutFixture.revision(["a": "one", "b/c": "two", "ü \" ,": ""])
        try fixture.folder.keep(manifest: manifest.encoded(), segments: segments)
        var checkout = try fixture.checkout(manifest, n: 7)
        checkout.include = ["*.gguf", "a/**"]
        let other = try RefName("v1.2")
        checkout.note(SeenEntry(remote: "s3://bucket/x", model: checkout.model, ref: other, n: 9, entry: SHA256.digest(of: [9])))
        return (fixture, checkout)
    }

    private func expectEqual(_ a: Checkout, _ b: Checkout, _ location: SourceLocation = #_sourceLocation) {
        #expect(a.json == b.json, sourceLocation: location)
        #expect(a.remote == b.remote && a.model == b.model && a.ref == b.ref, sourceLocation: location)
        #expect(a.entry == b.entry && a.entryDigest == b.entryDigest, sourceLocation: location)
        #expect(a.manifestDigest == b.manifestDigest && a.manifest == b.manifest, sourceLocation: location)
        #expect(a.include == b.include && a.seen == b.seen && a.tracked == b.tracked, sourceLocation: location)
    }

    @Test("what is written is read again")
    func roundTrip() throws {
        let (fixture, checkout) = try sample()
        #expect(try fixture.folder.checkout()?.remote == nil)
        try fixture.folder.write(checkout)
        expectEqual(try #require(try fixture.folder.checkout()), checkout)
        var byDigest = checkout
        byDigest.ref = nil
        byDigest.entry = nil
        byDigest.entryDigest = nil
        byDigest.include = []
        byDigest.tracked = []
        try fixture.folder.write(byDigest)
        expectEqual(try #require(try fixture.folder.checkout()), byDigest)
        #expect(try fixture.folder.rows(of: checkout.manifest).count == 2)
    }

    @Test("times of any nanosecond come back, beyond what JSON's numbers hold")
    func nanoseconds() throws {
        let (fixture, checkout) = try sample()
        var times = [timespec(tv_sec: 4_000_000_000, tv_nsec: 0), timespec(tv_sec: 4_000_000_000, tv_nsec: 999_999_999)]
        #expect(utimensat(AT_FDCWD, fixture.path("a"), &times, 0) == 0)
        let path = try ModelPath("a")
        let status = try #require(try fixture.folder.status(of: path))
        #expect(status.modified == 4_000_000_000_999_999_999)
        var changed = checkout
        changed.tracked = [TrackedFile(path: path, sha256: SHA256.digest(of: []), status: status)]
        let again = try #require(Checkout(changed.json, manifest: changed.manifest))
        #expect(again.tracked == changed.tracked)
        #expect(again.tracked[0].isUntouched(status))
    }

    @Test("any change of a file is noticed")
    func touched() throws {
        let (fixture, checkout) = try sample()
        let file = try #require(checkout.tracked.first)
        #expect(file.isUntouched(try #require(try fixture.folder.status(of: file.path))))
        // The same size and modification time: the inode or the change time tells.
        let before = try FileManager.default.attributesOfItem(atPath: fixture.path("a"))
        try fixture.place.write("model/a", "ONE")
        try FileManager.default.setAttributes([.modificationDate: before[.modificationDate] as Any], ofItemAtPath: fixture.path("a"))
        #expect(!file.isUntouched(try #require(try fixture.folder.status(of: file.path))))
    }

    @Test("every member is needed, and must be of its kind")
    func damagedMembers() throws {
        let (_, checkout) = try sample()
        guard case .object(let members) = checkout.json else {
            Issue.record("an object is written")
            return
        }
        func read(_ name: String, _ value: JSONValue?) -> Checkout? {
            var changed = members
            changed[name] = value
            return Checkout(.object(changed), manifest: checkout.manifest)
        }
        for name in ["waybill", "remote", "model", "manifest", "include", "seen", "tracked"] {
            #expect(read(name, nil)?.remote == nil, "without \(name)")
            #expect(read(name, .bool(true))?.remote == nil, "\(name) of another kind")
        }
        #expect(read("waybill", .integer(2))?.remote == nil)
        #expect(read("model", .string("no model"))?.remote == nil)
        #expect(read("manifest", .string("abc"))?.remote == nil)
        #expect(read("seen", .array([.object([:])]))?.remote == nil)
        #expect(read("tracked", .array([.array([.string("../a")])]))?.remote == nil)
        #expect(read("tracked", .array([.null]))?.remote == nil)
        #expect(Checkout(.array([]), manifest: checkout.manifest)?.remote == nil)
        let line = try #require(members["tracked"]?.elements?.first?.text)
        let words = line.split(separator: " ", maxSplits: 5).map(String.init)
        #expect(words.count == 6)
        for index in words.indices {
            var bad = words
            bad[index] = index == 5 ? "../outside" : "x"
            #expect(read("tracked", .array([.string(bad.joined(separator: " "))]))?.remote == nil, "word \(index)")
        }
        for count in 0..<6 {
            #expect(read("tracked", .array([.string(words.prefix(count).joined(separator: " "))]))?.remote == nil, "\(count) words")
        }
    }

    @Test("files as earlier versions recorded them are read")
    func earlierRows() throws {
        let (_, checkout) = try sample()
        guard case .object(var members) = checkout.json else {
            Issue.record("an object is written")
            return
        }
        let rows = try #require(members["tracked"]?.elements).map { row throws -> [JSONValue] in
            let words = try #require(row.text).split(separator: " ", maxSplits: 5).map(String.init)
            let size = try #require(Int(words[1]))
            return [.string(words[5]), .string(words[0]), .integer(size), .string(words[2]), .string(words[3]), .string(words[4])]
        }
        members["tracked"] = .array(rows.map { .array($0) })
        let again = try #require(Checkout(.object(members), manifest: checkout.manifest))
        #expect(again.tracked == checkout.tracked && !again.tracked.isEmpty)
        for index in rows[0].indices {
            var bad = rows[0]
            bad[index] = index == 0 ? .string("../outside") : .string("x")
            members["tracked"] = .array([.array(bad)])
            #expect(Checkout(.object(members), manifest: checkout.manifest)?.remote == nil, "field \(index)")
        }
    }

    @Test("damaged bytes on disk are refused, never half believed")
    func damagedBytes() throws {
        let (fixture, checkout) = try sample()
        try fixture.folder.write(checkout)
        let good = try Files.read(fixture.path(".waybill/checkout.json"))
        func failure() -> ErrorCode? {
            do { _ = try fixture.folder.checkout() } catch { return error.code }
            return nil
        }
        for count in [0, 1, good.count / 2, good.count - 1] {
            try fixture.place.write("model/.waybill/checkout.json", Array(good.prefix(count)))
            #expect(failure() == .integrity, "\(count) bytes")
        }
        try fixture.place.write("model/.waybill/checkout.json", good)
        #expect(failure() == nil)
        // The kept manifest and lists are checked by their digests.
        let kept = fixture.path(".waybill/manifests/\(checkout.manifestDigest)")
        try Files.flipBit(kept, byte: 5)
        #expect(failure() == .integrity)
        try FileManager.default.removeItem(atPath: kept)
        #expect(failure() == .integrity)
        let list = try #require(checkout.manifest.lists.first)
        try Files.flipBit(fixture.path(".waybill/lists/\(list)"), byte: 20)
        #expect(throws: TransferError.self) { try fixture.folder.rows(of: checkout.manifest) }
    }

    @Test("the highest entry of a remote, model and ref is remembered once")
    func seen() throws {
        let (_, sample) = try sample()
        var checkout = sample
        let count = checkout.seen.count
        let entry = SeenEntry(remote: checkout.remote, model: checkout.model, ref: .main, n: 8, entry: SHA256.digest(of: [8]))
        checkout.note(entry)
        #expect(checkout.seen.count == count)
        #expect(checkout.lastSeen(checkout.remote, checkout.model, .main) == entry)
        #expect(checkout.lastSeen("http://other", checkout.model, .main) == nil)
        #expect(checkout.lastSeen(checkout.remote, try ModelName("acme/other"), .main) == nil)
    }

    @Test("include selects files by their globs")
    func selected() throws {
        let (_, sample) = try sample()
        var checkout = sample
        checkout.include = []
        #expect(checkout.selected.count == 3)
        checkout.include = ["b/**", "a"]
        #expect(checkout.selected.map(\.path.text) == ["a", "b/c"])
        checkout.include = ["nothing"]
        #expect(checkout.selected.isEmpty)
    }

    @Test("one command at a time")
    func lock() throws {
        let (fixture, _) = try sample()
        var held: OwnedFile? = try fixture.folder.lock()
        let other = try #require(try CheckoutFolder.openIfPresent(fixture.model))
        do {
            _ = try other.lock()
            Issue.record("two commands have the directory")
        } catch {
            #expect(error.code == .conflict)
        }
        held = nil
        #expect(held == nil)
        _ = try other.lock()
        #expect(try CheckoutFolder.openIfPresent(fixture.place.path)?.root.path == nil)
    }
}
