import Foundation
import WaybillFormat
import WaybillStore
import WaybillTestSupport
import WaybillTransfer

/// Mends a directory in which a disk and a person were.
struct RepairDirectory: Scenario {
    let name = "repair"
    let commands = Commands()
    private let place = TemporaryFolder("repair-store")
    private static let edit = Array("an edit of the card that somebody made\n".utf8)
    private static let flipped = 200_000

    private func repair(_ root: String) async throws -> RepairReport {
        let store = try await DirectoryStore.open(place.path("store"), work: commands.work)
        return try await Repair(directory: root + "/model", sources: [store], work: commands.work, progress: { _ in }).run()
    }

    func prepare(_ root: String) async throws {
        let store = try await DirectoryStore.create(place.path("store"), work: commands.work)
        try Revisions.write(Revisions.a, to: place.path("source"))
        try await commands.push(place.path("source"), store)
        try FileManager.default.createDirectory(atPath: root + "/model", withIntermediateDirectories: true)
        try await commands.pull(store, root + "/model")
        func write(_ name: String, _ bytes: [UInt8]) throws {
            try Data(bytes).write(to: URL(fileURLWithPath: "\(root)/model/\(name)"))
        }
        try write("untracked", Array("mine".utf8))
        try write("README.md", Self.edit)
        try write("same.safetensors", Array((Revisions.a["same.safetensors"] ?? []).prefix(150_000)))
        try Files.flipBit(root + "/model/model.safetensors", byte: Self.flipped)
        try FileManager.default.removeItem(atPath: root + "/model/config/config.json")
    }

    func run(_ root: String, acknowledge: @Sendable (String) -> Void) async throws {
        if try await repair(root).left.isEmpty { acknowledge("whole") }
    }

    func check(_ root: String, acknowledged: Set<String>, isSameBoot: Bool) async throws -> [String] {
        var problems = try lost(root).map { "\($0), after the failure" }
        if acknowledged.contains("whole") {
            var tree = try Revisions.read(root + "/model")
            tree["untracked"] = nil
            if tree != Revisions.a { problems.append("what was reported as mended is not") }
        }
        let report = try await repair(root)
        if !report.left.isEmpty { problems.append("the second repair leaves \(report.left.map(\.problem.path.text))") }
        var tree = try Revisions.read(root + "/model")
        if tree.removeValue(forKey: "untracked") != Array("mine".utf8) { problems.append("the stranger's file is not as it was") }
        if tree != Revisions.a { problems.append("the second repair does not give A") }
        if try await !commands.verify(root + "/model").problems.isEmpty { problems.append("verify finds faults behind the second repair") }
        return problems + (try lost(root).map { "\($0), after the second repair" })
    }

    /// What somebody had written and nobody finds any more, neither in the file nor among what was kept.
    private func lost(_ root: String) throws -> [String] {
        let model = root + "/model"
        let kept = model + "/.waybill/replaced"
        let names = FileManager.default.enumerator(atPath: kept)?.compactMap { $0 as? String } ?? []
        func has(_ file: String, _ offset: Int, _ bytes: [UInt8]) -> Bool {
            guard offset >= 0, let found = try? Files.read(file), found.count >= offset + bytes.count else { return false }
            return Array(found[offset..<offset + bytes.count]) == bytes
        }
        var lost: [String] = []
        let isCardThere =
            has(model + "/README.md", 0, Self.edit) || names.contains { $0.hasSuffix("README.md") && has("\(kept)/\($0)", 0, Self.edit) }
        if !isCardThere { lost.append("the edit of README.md is lost") }
        let byte = [(Revisions.a["model.safetensors"]?[Self.flipped] ?? 0) ^ 1]
        let isByteThere =
            has(model + "/model.safetensors", Self.flipped, byte)
            || names.contains { name in
                guard name.contains("model.safetensors/"), let offset = Int(name.split(separator: "/").last ?? "") else { return false }
                return has("\(kept)/\(name)", Self.flipped - offset, byte)
            }
        if !isByteThere { lost.append("the edit of model.safetensors is lost") }
        return lost
    }
}

/// Mends a store with another one beside it.
struct RepairStore: Scenario {
    let name = "store repair"
    let commands = Commands()
    private let place = TemporaryFolder("repair-twin")

    func prepare(_ root: String) async throws {
        // One scenario is prepared many times, each for itself.
        for name in ["source", "twin"] { try? FileManager.default.removeItem(atPath: place.path(name)) }
        let store = try await DirectoryStore.create(root + "/store", work: commands.work)
        for tree in [Revisions.a, Revisions.b] {
            try Revisions.write(tree, to: place.path("source"))
            try await commands.push(place.path("source"), store)
        }
        try Tool.run("/bin/cp", ["-a", root + "/store", place.path("twin")])
        let objects = Files.list(root + "/store")
        func paths(_ kind: String) -> [String] { objects.filter { $0.hasPrefix(kind + "/") }.sorted().map { "\(root)/store/\($0)" } }
        let packs = paths("packs")
        // One footer and one frame; what one pack held is lost.
        try Files.flipBit(packs[0], byte: try Files.read(packs[0]).count - 60)
        if packs.count > 1 { try FileManager.default.removeItem(atPath: packs[1]) }
        try Files.flipBit(paths("lists")[0], byte: 60)
        try FileManager.default.removeItem(atPath: paths("locators")[1])
        try FileManager.default.removeItem(atPath: paths("evidence")[0])
        try Files.flipBit(paths("evidence")[1], byte: 30)
        try FileManager.default.removeItem(atPath: root + "/store/refs/acme/tiny/main/0000000001")
    }

    private func repair(_ root: String) async throws -> StoreRepairReport {
        let twin = try await DirectoryStore.open(place.path("twin"), work: commands.work)
        return try await StoreRepair(root + "/store", sources: [twin], evidence: RevisionEvidence.rule, work: commands.work).run()
    }

    func run(_ root: String, acknowledge: @Sendable (String) -> Void) async throws {
        if try await repair(root).after.isWhole { acknowledge("whole") }
    }

    func check(_ root: String, acknowledged: Set<String>, isSameBoot: Bool) async throws -> [String] {
        var problems: [String] = []
        if acknowledged.contains("whole") {
            let check = try await StoreCheck.open(root + "/store", readsData: true, evidence: RevisionEvidence.rule, work: commands.work)
            let report = try await check.run()
            problems += report.problems.map { "\($0.object) \($0.cause), behind the acknowledged repair" }
        }
        let report = try await repair(root)
        problems += report.after.problems.map { "\($0.object) \($0.cause), behind the second repair" }
        let store = try await DirectoryStore.open(root + "/store", work: commands.work)
        for (n, tree) in [(1, Revisions.a), (2, Revisions.b)] {
            let entry = try await RevisionReader(store).entry(try commands.model(), .main, n: n).entry
            guard let manifest = entry.manifest else { return problems + ["entry \(n) names nothing"] }
            if try await !commands.restores(manifest, store, tree, beside: root) { problems.append("revision \(n) does not restore") }
        }
        return problems
    }
}
