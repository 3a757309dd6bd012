import Foundation
import Testing
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

/// A recorded switch happens, whatever interrupts it.
@Suite struct SwitchTests {
    private static let old = ["keep": "kept", "old/deep/gone": "g", "old/stays": "s", "replace": "before"]
    private static let new = ["added/deep/file": "new", "empty": "", "keep": "kept", "old/stays": "s", "replace": "after!"]

    /// What a crash may have done of the switch before it: in the order in which it does them.
    private enum Step: CaseIterable {
        case delete, removeFolder, renameFirst, renameSecond, renameThird, record, drop
    }

    private let fixture: CheckoutFixture
    private let change: Switch
    private let parts = [("p1", "added/deep/file"), ("p2", "empty"), ("p3", "replace")]

    init() throws {
        fixture = try CheckoutFixture()
        for (name, text) in Self.old { try fixture.place.write("model/" + name, text) }
        let (before, beforeSegments) = try CheckoutFixture.revision(Self.old)
        try fixture.folder.keep(manifest: before.encoded(), segments: beforeSegments)
        try fixture.folder.write(try fixture.checkout(before))
        let (after, segments) = try CheckoutFixture.revision(Self.new)
        try fixture.folder.keep(manifest: after.encoded(), segments: segments)
        for (part, name) in parts { try fixture.place.write("model/.waybill/parts/" + part, Self.new[name] ?? "") }
        try fixture.place.write("model/.waybill/journal", "said something")
        let renames = try parts.map { Switch.Rename(part: $0.0, path: try ModelPath($0.1)) }
        change = Switch(
            deletions: [try ModelPath("old/deep/gone")], renames: renames,
            checkout: try fixture.checkout(after, tracking: ["keep", "old/stays"], n: 2))
    }

    private func expectDone(_ location: SourceLocation = #_sourceLocation) throws {
        #expect(Files.list(fixture.model) == Self.new.keys.sorted(), sourceLocation: location)
        for (name, text) in Self.new { #expect(fixture.text(name) == text, "\(name)", sourceLocation: location) }
        #expect(!Files.exists(fixture.path("old/deep")), sourceLocation: location)
        let state = try Set(fixture.folder.state.names())
        #expect(state.isDisjoint(with: ["switch", "parts", "journal"]), sourceLocation: location)
        let checkout = try #require(try fixture.folder.checkout(), sourceLocation: location)
        #expect(checkout.entry == 2, sourceLocation: location)
        #expect(checkout.manifestDigest == change.checkout.manifestDigest, sourceLocation: location)
        #expect(checkout.tracked.map(\.path.text) == Self.new.keys.sorted(), sourceLocation: location)
        for file in checkout.tracked {
            let status = try #require(try fixture.folder.status(of: file.path))
            #expect(file.isUntouched(status), "\(file.path)", sourceLocation: location)
            #expect(file.sha256 == SHA256.digest(of: Array((Self.new[file.path.text] ?? "").utf8)), sourceLocation: location)
        }
        #expect(try fixture.folder.rows(of: checkout.manifest).count == 4, sourceLocation: location)
        #expect(Files.list(fixture.path(".waybill/manifests")) == [checkout.manifestDigest.hex], sourceLocation: location)
    }

    /// The bytes of the record: a switch that is stopped after writing it leaves them.
    private func recorded() throws -> [UInt8] {
        let other = try SwitchTests()
        // A folder in the way of the first rename stops it.
        try FileManager.default.createDirectory(atPath: other.fixture.path("added/deep/file/x"), withIntermediateDirectories: true)
        #expect(throws: TransferError.self) { try other.fixture.folder.execute(other.change) }
        let bytes = try Files.read(other.fixture.path(".waybill/switch"))
        // Its statuses are of that directory; ours stand in the checkout.
        let record = try JSONValue(parsing: bytes)
        guard case .object(var members) = record else { return [] }
        members["checkout"] = change.checkout.json
        return JSONValue.object(members).canonical
    }

    @Test("an uninterrupted switch does all of it, and the next command finds nothing to do")
    func whole() throws {
        try fixture.folder.execute(change)
        try expectDone()
        try fixture.folder.finishPendingSwitch(holding: nil)
        try expectDone()
    }

    @Test("a crash after any step is finished by the next command", arguments: 0...7)
    func interrupted(steps: Int) throws {
        let record = try recorded()
        try fixture.place.write("model/.waybill/switch", record)
        let manager = FileManager.default
        for step in Step.allCases.prefix(steps) {
            switch step {
            case .delete: try manager.removeItem(atPath: fixture.path("old/deep/gone"))
            case .removeFolder: try manager.removeItem(atPath: fixture.path("old/deep"))
            case .renameFirst:
                try manager.createDirectory(atPath: fixture.path("added/deep"), withIntermediateDirectories: true)
                #expect(rename(fixture.path(".waybill/parts/p1"), fixture.path("added/deep/file")) == 0)
            case .renameSecond: #expect(rename(fixture.path(".waybill/parts/p2"), fixture.path("empty")) == 0)
            case .renameThird: #expect(rename(fixture.path(".waybill/parts/p3"), fixture.path("replace")) == 0)
            case .record:
                var checkout = change.checkout
                checkout.tracked = []
                try fixture.folder.write(checkout)
            case .drop:
                for name in Files.list(fixture.path(".waybill/manifests")) where name != change.checkout.manifestDigest.hex {
                    try manager.removeItem(atPath: fixture.path(".waybill/manifests/" + name))
                }
            }
        }
        try fixture.folder.finishPendingSwitch(holding: nil)
        try expectDone()
        // And if the crash came just before the record was removed: once more.
        try fixture.place.write("model/.waybill/switch", record)
        try fixture.folder.finishPendingSwitch(holding: nil)
        try expectDone()
    }

    @Test("what stopped a switch may be mended, and the next command finishes it")
    func resumed() throws {
        try FileManager.default.createDirectory(atPath: fixture.path("empty/x"), withIntermediateDirectories: true)
        #expect(throws: TransferError.self) { try fixture.folder.execute(change) }
        #expect(Files.exists(fixture.path(".waybill/switch")))
        #expect(throws: TransferError.self) { try fixture.folder.finishPendingSwitch(holding: nil) }
        try FileManager.default.removeItem(atPath: fixture.path("empty"))
        try fixture.folder.finishPendingSwitch(holding: nil)
        try expectDone()
    }

    @Test("a kept file that was edited meanwhile does not pass for the model's")
    func editedMeanwhile() throws {
        try fixture.place.write("model/keep", "mine")
        try fixture.folder.execute(change)
        #expect(fixture.text("keep") == "mine")
        let checkout = try #require(try fixture.folder.checkout())
        let path = try ModelPath("keep")
        let status = try #require(try fixture.folder.status(of: path))
        let tracked = try #require(checkout.tracked.first { $0.path == path })
        #expect(!tracked.isUntouched(status))
    }

    @Test("a record that cannot be read stops every command, and changes nothing")
    func damagedRecord() throws {
        let record = try recorded()
        var wrong: [[UInt8]] = [[], Array("{}".utf8), Array(record.dropLast()), record + [125]]
        let text = String(decoding: record, as: UTF8.self)
        for (from, to) in [("old/deep/gone", "../../x"), ("added/deep/file", "/etc/x"), ("\"p1\",", ""), ("\"renames\"", "\"other\"")] {
            wrong.append(Array(text.replacingOccurrences(of: from, with: to).utf8))
        }
        for bytes in wrong {
            try fixture.place.write("model/.waybill/switch", bytes)
            do {
                try fixture.folder.finishPendingSwitch(holding: nil)
                Issue.record("\(String(decoding: bytes.prefix(60), as: UTF8.self)) was taken")
            } catch {
                #expect(error.code == .integrity)
            }
            #expect(Files.list(fixture.model) == Self.old.keys.sorted())
            #expect(Files.list(fixture.path(".waybill/parts")) == ["p1", "p2", "p3"])
        }
    }

    @Test("a part's name cannot lead out of the folder of parts")
    func hostilePart() throws {
        let text = String(decoding: try recorded(), as: UTF8.self).replacingOccurrences(of: "\"p1\"", with: "\"../../../outside\"")
        try fixture.place.write("outside", "o")
        try fixture.place.write("model/.waybill/switch", text)
        #expect(throws: TransferError.self) { try fixture.folder.finishPendingSwitch(holding: nil) }
        #expect(fixture.place.path == (fixture.model as NSString).deletingLastPathComponent)
        #expect(try Files.read(fixture.place.path("outside")) == Array("o".utf8))
    }

    @Test("a link in the place of a folder is not followed")
    func links() throws {
        try fixture.place.write("outside/gone", "o")
        try FileManager.default.removeItem(atPath: fixture.path("old/deep"))
        try FileManager.default.createSymbolicLink(atPath: fixture.path("old/deep"), withDestinationPath: fixture.place.path("outside"))
        #expect(throws: TransferError.self) { try fixture.folder.execute(change) }
        #expect(Files.exists(fixture.place.path("outside/gone")))
    }
}
