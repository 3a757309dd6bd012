import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

/// A publisher, a reader and an attacker, each with settings of their own, and a store that the attacker can change.
final class TrustScene: @unchecked Sendable {
    let folder = TemporaryFolder("trust")
    var store: String { folder.path("store") }
    var remote: String { "file://\(store)" }

    /// - Parameter keys: key files of the publisher, made here.
    init(keys: [String] = ["acme"], threshold: Int = 1, more: [String] = []) throws {
        try Waybill.makeStore(store)
        _ = try ModelMaker.write(folder, "model", megabytes: 3, seed: 1)
        try folder.write("model/README.md", "---\nlicense: apache-2.0\n---\n# A model\n")
        let made = try publisher(
            ["trust", "init", "acme", "--to", remote, "--threshold", "\(threshold)"] + keys.flatMap { ["--key", key($0)] } + more)
        try #require(made.status == 0, "\(made.shown)")
    }

    func key(_ name: String) -> String { folder.path("\(name).pem") }

    /// A new key of nobody's, and its public half beside it.
    func makeKey(_ name: String) throws {
        try OpenSSL.makeKey("P-256", "\(name).pem", in: folder)
        try folder.write("\(name).pub", OpenSSL.publicPEM("\(name).pem", in: folder))
    }

    private func run(_ arguments: [String], as person: String, input: String? = nil) throws -> ToolResult {
        try Waybill.run(arguments + ["--json"], in: folder.path, home: folder.path("home-\(person)"), input: input)
    }

    func publisher(_ arguments: [String]) throws -> ToolResult { try run(arguments, as: "publisher") }
    func reader(_ arguments: [String]) throws -> ToolResult { try run(arguments, as: "reader") }
    /// Somebody with a push token, or with the disk.
    func attacker(_ arguments: [String]) throws -> ToolResult { try run(arguments, as: "attacker") }

    func fingerprint() throws -> String { try #require(publisher(["trust", "show", "acme"]).text("fingerprint")) }

    /// The reader pins the organisation.
    func pin() throws {
        let pinned = try reader(["trust", "add", "acme", try fingerprint(), "--from", remote])
        try #require(pinned.status == 0, "\(pinned.shown)")
    }

    func push(_ keys: [String] = ["acme"], model: String = "acme/tiny", directory: String = "model", _ more: String...) throws {
        let pushed = try publisher(["push", folder.path(directory), "\(remote)/\(model)"] + keys.flatMap { ["--key", key($0)] } + more)
        try #require(pushed.status == 0, "\(pushed.shown)")
    }

    /// Makes the model's next revision differ.
    func change(_ text: String, directory: String = "model") throws { try folder.write("\(directory)/notes.txt", text) }

    func path(_ object: ObjectName) -> String { "\(store)/\(object.path)" }

    func entry(_ n: Int, model: String = "acme/tiny", ref: String = "main") throws -> ObjectName {
        .refEntry(try ModelName(model), try RefName(ref), n)
    }

    /// Writes an object as whoever has the disk can.
    func plant(_ object: ObjectName, _ bytes: [UInt8]) throws {
        let url = URL(filePath: path(object))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
    }

    func take(_ object: ObjectName) throws { try FileManager.default.removeItem(atPath: path(object)) }

    func copyStore(_ name: String) throws { try Tool.run("/bin/cp", ["-a", store, folder.path(name)]) }

    func restore(_ name: String, _ part: String) throws {
        try Tool.run("/bin/rm", ["-rf", "\(store)/\(part)"])
        try Tool.run("/bin/cp", ["-a", "\(folder.path(name))/\(part)", "\(store)/\(part)"])
    }
}

/// What shows a store to readers.
enum TrustMirror: String, CaseIterable, CustomTestStringConvertible {
    case directory
    case serve
    case nginx

    var testDescription: String { rawValue }

    /// Runs `body` with the address of the store.
    func with(_ scene: TrustScene, _ body: (String) throws -> Void) throws {
        switch self {
        case .directory: try body(scene.remote)
        case .serve:
            let mirror = try ServedMirror(store: scene.store)
            defer { mirror.stop() }
            try body(mirror.url)
        case .nginx:
            guard NginxMirror.isInstalled else {
                print("skipped: nginx is not installed")
                return
            }
            let mirror = try NginxMirror(store: scene.store)
            try body(mirror.url)
        }
    }
}
