import Foundation
import Testing
import WaybillFormat
import WaybillTestSupport

/// A store with two models of two revisions each, in several packs, and a twin that holds the same.
final class StoreSample: @unchecked Sendable {
    static let models = ["acme/tiny", "acme/other"]

    let folder = TemporaryFolder("store-sample")
    let twinMirror: ServedMirror
    var store: String { folder.path("store") }
    var twin: String { folder.path("twin") }

    init() throws {
        let pristine = folder.path("pristine")
        try Waybill.makeStore(pristine)
        for (number, model) in Self.models.enumerated() {
            for version in 1...2 {
                let name = "files-\(number)"
                _ = try ModelMaker.write(folder, name, megabytes: 2, seed: UInt64(number + 1))
                var generator = SeededGenerator(seed: UInt64(100 + number * 10 + version))
                try folder.write("\(name)/noise.bin", generator.bytes(300_000))
                try folder.write("\(name)/version.txt", "\(version)")
                let push = try Waybill.run(["push", folder.path(name), "file://\(pristine)/\(model)", "--json"])
                guard push.status == 0 else { throw Waybill.Failure(push.errors) }
            }
        }
        try Tool.run("/bin/cp", ["-a", pristine, folder.path("twin")])
        twinMirror = try ServedMirror(store: folder.path("twin"))
        try reset()
    }

    /// Puts a whole store in place of a damaged one.
    func reset() throws {
        try? FileManager.default.removeItem(atPath: store)
        try Tool.run("/bin/cp", ["-a", folder.path("pristine"), store])
    }

    /// The files that a model's newest revision has.
    func files(_ model: String) -> String { folder.path("files-\(Self.models.firstIndex(of: model) ?? 0)") }

    /// Every object, those of the private index included.
    var objects: [String] { Files.list(store).filter { !$0.hasPrefix("private/") || $0.hasSuffix(".wbx") } }

    func objects(_ kind: String) -> [String] { objects.filter { $0.hasPrefix(kind + "/") } }

    /// The manifests of the newest revisions; others may be collected, so that nobody misses them.
    func newestManifests() throws -> [String] {
        try Self.models.map { model in
            let show = try Waybill.run(["show", "file://\(twin)/\(model)", "--json"])
            guard let digest = show.text("manifest").flatMap({ Digest(hex: $0) }) else { throw Waybill.Failure(show.errors) }
            return ObjectName.manifest(digest).path
        }
    }

    /// Entries of refs, the hints left out.
    var entries: [String] { objects.filter { ObjectName(path: $0).map { if case .refEntry = $0 { true } else { false } } ?? false } }

    func path(_ object: String) -> String { store + "/" + object }

    func check(_ more: String...) throws -> ToolResult {
        try Bounded.run(["store", "check", store, "--json", "--quiet"] + more, within: 240)
    }

    func repair(_ more: String...) throws -> ToolResult {
        try Bounded.run(["store", "repair", store, "--json", "--quiet"] + more, within: 240)
    }

    /// Objects that a check or repair still finds wrong.
    static func problems(_ result: ToolResult) -> [String: String] {
        let rows = result.json?["problems"] as? [[String: Any]] ?? []
        return Dictionary(rows.map { ($0["object"] as? String ?? "", $0["cause"] as? String ?? "") }) { "\($0); \($1)" }
    }

    /// Pulls every model: right byte for byte, or exit 4 and no file under its name.
    /// - Returns: whether all were right.
    @discardableResult
    func requireHonestPulls(_ note: String, alsoAllowed: Set<Int32> = []) throws -> Bool {
        var allRight = true
        for model in Self.models {
            let out = folder.path("out-\(UInt64.random(in: .min ... .max))")
            let pull = try Bounded.run(["pull", "file://\(store)/\(model)", out, "--json", "--quiet"])
            if pull.status == 0 {
                #expect(try Files.differences(files(model), out) == [], "\(note) \(model)")
                #expect(pull.int("entry") == 2, "\(note) \(model): an older entry")
            } else {
                allRight = false
                #expect(pull.status == 4 || alsoAllowed.contains(pull.status), "\(note) \(model): \(pull.shown)")
                #expect(Files.list(out) == [], "\(note) \(model)")
            }
            try? FileManager.default.removeItem(atPath: out)
        }
        return allRight
    }

    /// The store is as good as new.
    func requireWhole(_ note: String, restoring: Bool = true) throws {
        let check = try check("--read-data")
        #expect(check.status == 0, "\(note): \(check.shown)")
        #expect(try requireHonestPulls(note), "\(note): a pull failed")
        guard restoring else { return }
        for model in Self.models {
            let out = folder.path("restored")
            let restored = try Tool.run("/usr/bin/env", ["python3", Repository.path("Scripts/restore.py"), store, model, out])
            #expect(restored.status == 0, "\(note): \(restored.errors)")
            #expect(try Files.differences(files(model), out) == [], "\(note)")
            try FileManager.default.removeItem(atPath: out)
        }
    }
}
