import Foundation
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

/// Something that is recorded, and what must hold on whatever disk a failure of the machine leaves.
protocol Scenario: Sendable {
    var name: String { get }
    /// Makes what is there before, below `root`.
    func prepare(_ root: String) async throws
    /// Does it, and tells the recorder what was acknowledged.
    func run(_ root: String, acknowledge: @Sendable (String) -> Void) async throws
    /// - Parameter isSameBoot: the process was killed, and the machine ran on.
    /// - Returns: what does not hold.
    func check(_ root: String, acknowledged: Set<String>, isSameBoot: Bool) async throws -> [String]
}

/// Two revisions of a small model, by path.
enum Revisions {
    typealias Tree = [String: [UInt8]]

    static let remote = "file:///store"

    static let a = tree(version: 1)
    static let b = tree(version: 2)

    private static func tree(version: UInt64) -> Tree {
        func tensor(_ index: UInt64, _ changes: Bool) -> Tensor {
            var generator = SeededGenerator(seed: index + (changes ? version * 1_000 : 0))
            return Tensor("t\(index)", "BF16", [256, 256], generator.weights(256 * 256))
        }
        var tree: Tree = [
            "model.safetensors": ModelMaker.safetensors([tensor(1, false), tensor(2, true), tensor(3, true)]),
            "same.safetensors": ModelMaker.safetensors([tensor(7, false), tensor(8, false)]),
            "README.md": Array("---\nlicense: apache-2.0\n---\nversion \(version)\n".utf8),
            "config/config.json": Array("{}".utf8),
            "empty": [],
        ]
        tree[version == 1 ? "old/only-in-a" : "new/deep/only-in-b"] = Array("version \(version)".utf8)
        return tree
    }

    static func write(_ tree: Tree, to directory: String) throws {
        try? FileManager.default.removeItem(atPath: directory + "/old")
        for (path, bytes) in tree {
            let file = directory + "/" + path
            try FileManager.default.createDirectory(atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(fileURLWithPath: file))
        }
    }

    /// The model files of a directory.
    static func read(_ directory: String) throws -> Tree {
        var tree: Tree = [:]
        for path in Files.list(directory) { tree[path] = try Files.read(directory + "/" + path) }
        return tree
    }
}

/// The commands, in this process.
struct Commands: Sendable {
    let work = Work(threads: 1)

    func model() throws -> ModelName { try ModelName("acme/tiny") }

    @discardableResult
    func push(_ directory: String, _ store: DirectoryStore) async throws -> TransferReport {
        try await Push(
            directory: directory, store: store, remote: Revisions.remote, model: try model(), ref: .main, work: work, progress: { _ in }
        ).run()
    }

    @discardableResult
    func pull(_ store: DirectoryStore, _ directory: String, revision: Digest? = nil) async throws -> TransferReport {
        try await Pull(
            source: store, remote: Revisions.remote, model: try model(), ref: revision == nil ? .main : nil, revision: revision,
            directory: directory, work: work, progress: { _ in }
        ).run()
    }

    func verify(_ directory: String) async throws -> VerifyReport {
        try await Verify(directory: directory, work: work, progress: { _ in }).run()
    }

    /// Evidence that a revision of the store should have and has not.
    func lackingEvidence(_ root: String) async throws -> [String] {
        let report = try await StoreCheck.open(root + "/store", evidence: RevisionEvidence.rule, work: work).run()
        return report.problems.filter { $0.object.hasPrefix("evidence/") }.map { "\($0.object) \($0.cause)" }
    }

    /// Whether a revision comes out of the store byte for byte.
    func restores(_ revision: Digest, _ store: DirectoryStore, _ tree: Revisions.Tree, beside root: String) async throws -> Bool {
        let out = root + "/out-\(UInt32.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: out) }
        try await pull(store, out, revision: revision)
        return try Revisions.read(out) == tree
    }
}

/// Makes a store.
struct StoreCreation: Scenario {
    let name = "store init"
    let commands = Commands()

    func prepare(_ root: String) async throws { try Revisions.write(Revisions.a, to: root + "/source") }

    func run(_ root: String, acknowledge: @Sendable (String) -> Void) async throws {
        _ = try await DirectoryStore.create(root + "/store", work: commands.work)
        acknowledge("store")
    }

    func check(_ root: String, acknowledged: Set<String>, isSameBoot: Bool) async throws -> [String] {
        if acknowledged.contains("store") { _ = try await DirectoryStore.open(root + "/store", work: commands.work) }
        let store = try await DirectoryStore.create(root + "/store", work: commands.work)
        let report = try await commands.push(root + "/source", store)
        return try await commands.restores(report.manifest, store, Revisions.a, beside: root) ? [] : ["the first push does not restore"]
    }
}

/// Pushes revision B to a store that holds A.
struct PushUpdate: Scenario {
    let name = "push"
    let commands = Commands()

    func prepare(_ root: String) async throws {
        let store = try await DirectoryStore.create(root + "/store", work: commands.work)
        try Revisions.write(Revisions.a, to: root + "/source")
        try await commands.push(root + "/source", store)
        try Revisions.write(Revisions.b, to: root + "/source")
    }

    func run(_ root: String, acknowledge: @Sendable (String) -> Void) async throws {
        let store = try await DirectoryStore.open(root + "/store", work: commands.work)
        try await commands.push(root + "/source", store)
        acknowledge("B")
    }

    func check(_ root: String, acknowledged: Set<String>, isSameBoot: Bool) async throws -> [String] {
        var problems: [String] = []
        let store = try await DirectoryStore.open(root + "/store", work: commands.work)
        let reader = RevisionReader(store)
        let model = try commands.model()
        let first = try await reader.entry(model, .main, n: 1)
        let newest = try await reader.newestEntry(model, .main)
        guard let a = first.entry.manifest, let named = newest.entry.manifest else { return ["an entry names nothing"] }
        if acknowledged.contains("B"), newest.entry.n < 2 { problems.append("the acknowledged entry is gone") }
        if newest.entry.n == 2, try await !commands.restores(named, store, Revisions.b, beside: root) {
            problems.append("B does not restore")
        }
        if try await !commands.restores(a, store, Revisions.a, beside: root) { problems.append("A does not restore") }
        problems += try await commands.lackingEvidence(root)
        let again = try await commands.push(root + "/source", store)
        if newest.entry.n == 2, again.manifest != named { problems.append("a second push gives another revision") }
        if try await !commands.restores(again.manifest, store, Revisions.b, beside: root) {
            problems.append("the second push does not restore")
        }
        problems += try await commands.lackingEvidence(root).map { "\($0), behind the second push" }
        return problems
    }
}

/// Makes a second ref name revision A.
struct Promotion: Scenario {
    let name = "ref set"
    let commands = Commands()

    func prepare(_ root: String) async throws { try await PushUpdate().prepare(root) }

    private func set(_ store: DirectoryStore) async throws {
        let model = try commands.model()
        let newest = try await RevisionReader(store).newestEntry(model, .main)
        guard let manifest = newest.entry.manifest else { return }
        _ = try await RefChange.set(store: store, model: model, ref: try RefName("prod"), to: manifest)
    }

    func run(_ root: String, acknowledge: @Sendable (String) -> Void) async throws {
        try await set(try await DirectoryStore.open(root + "/store", work: commands.work))
        acknowledge("prod")
    }

    func check(_ root: String, acknowledged: Set<String>, isSameBoot: Bool) async throws -> [String] {
        let store = try await DirectoryStore.open(root + "/store", work: commands.work)
        let reader = RevisionReader(store)
        let model = try commands.model()
        let main = try await reader.newestEntry(model, .main)
        let prod = try await reader.newestEntryIfAny(model, try RefName("prod"))
        var problems: [String] = []
        if acknowledged.contains("prod"), prod == nil { problems.append("the acknowledged entry is gone") }
        if let prod, prod.entry.manifest != main.entry.manifest { problems.append("prod names something else") }
        try await set(store)
        if try await reader.newestEntry(model, try RefName("prod")).entry.n != 1 { problems.append("the entry was made twice") }
        return problems
    }
}

/// Pulls revision B, into nothing or over a checkout of A.
struct PullUpdate: Scenario {
    let isFirst: Bool
    let commands = Commands()
    private let place = TemporaryFolder("pull-store")

    var name: String { isFirst ? "first pull" : "pull over a checkout" }

    private func store() async throws -> DirectoryStore { try await DirectoryStore.open(place.path("store"), work: commands.work) }

    func prepare(_ root: String) async throws {
        for name in ["store", "source"] { try? FileManager.default.removeItem(atPath: place.path(name)) }
        let store = try await DirectoryStore.create(place.path("store"), work: commands.work)
        try Revisions.write(Revisions.a, to: place.path("source"))
        try await commands.push(place.path("source"), store)
        try FileManager.default.createDirectory(atPath: root + "/model", withIntermediateDirectories: true)
        if !isFirst { try await commands.pull(store, root + "/model") }
        try Data("mine".utf8).write(to: URL(fileURLWithPath: root + "/model/untracked"))
        try Revisions.write(Revisions.b, to: place.path("source"))
        try await commands.push(place.path("source"), store)
    }

    func run(_ root: String, acknowledge: @Sendable (String) -> Void) async throws {
        try await commands.pull(try await store(), root + "/model")
        acknowledge("B")
    }

    func check(_ root: String, acknowledged: Set<String>, isSameBoot: Bool) async throws -> [String] {
        var problems: [String] = []
        let directory = root + "/model"
        if !isSameBoot { try Self.forgetBoot(directory) }
        let checkout = try await Checkout.read(directory: directory, work: commands.work)
        var tree = try Revisions.read(directory)
        if tree.removeValue(forKey: "untracked") != Array("mine".utf8) { problems.append("the stranger's file is not as it was") }
        if let checkout {
            let report = try await commands.verify(directory)
            if !report.problems.isEmpty { problems.append("verify finds \(report.problems.map { "\($0.path.text): \($0.kind)" })") }
            let expected = checkout.entry == 2 ? Revisions.b : Revisions.a
            if tree != expected { problems.append("the directory is not the revision that it says") }
            if acknowledged.contains("B"), checkout.entry != 2 { problems.append("the acknowledged revision is gone") }
        } else {
            if !tree.isEmpty || !isFirst || acknowledged.contains("B") { problems.append("files without a record: \(tree.keys.sorted())") }
        }
        try await commands.pull(try await store(), directory)
        tree = try Revisions.read(directory)
        tree["untracked"] = nil
        if tree != Revisions.b { problems.append("the second pull does not give B") }
        if try await !commands.verify(directory).problems.isEmpty { problems.append("verify finds faults behind the second pull") }
        return problems
    }

    /// As if the machine had started anew.
    private static func forgetBoot(_ directory: String) throws {
        let path = directory + "/.waybill/journal"
        guard Files.exists(path) else { return }
        var bytes = try Files.read(path)
        guard bytes.count >= 44 else { return }
        bytes.replaceSubrange(8..<44, with: Array("00000000-0000-0000-0000-000000000000".utf8))
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
}
