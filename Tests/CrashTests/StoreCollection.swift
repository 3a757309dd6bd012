import Foundation
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

/// Collects a store that holds revisions A and B, of which only B is retained: what both have in common must be moved first.
struct StoreCollection: Scenario {
    let name = "store gc"
    let commands = Commands()

    func prepare(_ root: String) async throws {
        try await PushUpdate().prepare(root)
        try await commands.push(root + "/source", try await store(root))
        // What was written in the same tick of the file system's clock would be young.
        try await Task.sleep(for: .milliseconds(20))
    }

    private func store(_ root: String) async throws -> DirectoryStore {
        try await DirectoryStore.open(root + "/store", work: commands.work)
    }

    private func collect(_ root: String) async throws {
        var options = CollectionOptions()
        options.retention.last = 1
        options.grace = 0
        options.repackAbove = 0
        _ = try await Collector(try await store(root), options: options).run()
    }

    func run(_ root: String, acknowledge: @Sendable (String) -> Void) async throws {
        try await collect(root)
        acknowledge("gc")
    }

    func check(_ root: String, acknowledged: Set<String>, isSameBoot: Bool) async throws -> [String] {
        var problems: [String] = []
        let newest = try await RevisionReader(try await store(root)).newestEntry(try commands.model(), .main)
        guard newest.entry.n == 2, let b = newest.entry.manifest else { return ["an entry is gone"] }
        if try await !commands.restores(b, try await store(root), Revisions.b, beside: root) { problems.append("B does not restore") }
        try await collect(root)
        if try await !commands.restores(b, try await store(root), Revisions.b, beside: root) {
            problems.append("B does not restore after a second run")
        }
        problems += try await commands.lackingEvidence(root)
        // Whatever of A is left, a push that builds on it is whole.
        try Revisions.write(Revisions.a, to: root + "/source")
        try? FileManager.default.removeItem(atPath: root + "/source/new")
        let again = try await commands.push(root + "/source", try await store(root))
        if try await !commands.restores(again.manifest, try await store(root), Revisions.a, beside: root) {
            problems.append("A, pushed again, does not restore")
        }
        problems += try await commands.lackingEvidence(root).map { "\($0), behind the push" }
        return problems
    }
}
