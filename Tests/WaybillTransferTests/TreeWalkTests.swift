import Foundation
import Testing
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

@Suite struct TreeWalkTests {
    private let place = TemporaryFolder("tree")

    private func read() throws -> SourceTree { try SourceTree.read(place.path("model")) }

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: place.path(name), withDestinationPath: target)
    }

    private func failure() -> TransferError? {
        do { _ = try read() } catch let error as TransferError { return error } catch { return nil }
        return nil
    }

    @Test("files come in order of their paths' bytes, ignored names and empty folders are told")
    func order() throws {
        for name in ["b", "a/z", "a.txt", "a-b", "a/b/c", "Z", "é", "0"] { try place.write("model/\(name)", name) }
        for name in [".git/HEAD", ".cache/x", ".waybill/checkout.json", "a/.git/HEAD"] { try place.write("model/\(name)", "x") }
        try FileManager.default.createDirectory(atPath: place.path("model/void/void"), withIntermediateDirectories: true)
        let tree = try read()
        #expect(tree.files.map(\.path.text) == ["0", "Z", "a-b", "a.txt", "a/b/c", "a/z", "b", "é"])
        for file in tree.files {
            #expect(file.status.size == file.path.text.utf8.count)
            #expect(try Files.read(file.location) == Array(file.path.text.utf8))
        }
        #expect(Set(tree.ignored) == [".git", ".cache", "a/.git"])
        #expect(tree.emptyFolders == 2)
        #expect(tree.notices.count == 2)
    }

    @Test("links that reach a file are files, as a hub's cache has them")
    func links() throws {
        try place.write("blobs/abc", "weights")
        try place.write("model/plain", "1")
        try link("model/link", to: "../blobs/abc")
        try link("model/again", to: "link")
        let tree = try read()
        #expect(tree.files.map(\.path.text) == ["again", "link", "plain"])
        #expect(tree.files[0].status == tree.files[1].status)
        #expect(tree.files[1].status.size == 7)
        #expect(tree.files[1].status.kind == .file)
    }

    @Test("what is no file is refused, with its name", arguments: ["dangling", "loop", "folder link", "pipe"])
    func refused(kind: String) throws {
        try place.write("model/plain", "1")
        try place.write("elsewhere/file", "1")
        switch kind {
        case "dangling": try link("model/odd", to: "nowhere")
        case "loop": try link("model/odd", to: "odd")
        case "folder link": try link("model/odd", to: "../elsewhere")
        default: #expect(mkfifo(place.path("model/odd"), 0o600) == 0)
        }
        let error = try #require(failure())
        #expect(error.code == .usage)
        #expect(error.subject.hasSuffix("/odd"))
        #expect(!error.remedy.isEmpty)
    }

    @Test(
        "names that a manifest cannot hold are refused, with the file",
        arguments: ["a\\b", "con", "NUL.txt", "trailing.", "space ", "tab\tname", "new\nline"])
    func names(name: String) throws {
        try place.write("model/plain", "1")
        try place.write("model/" + name, "1")
        let error = try #require(failure())
        #expect(error.code == .usage)
        #expect(error.subject.contains(name))
    }

    @Test(
        "files that some systems take for one are refused", arguments: [("Readme", "README"), ("caf\u{E9}", "cafe\u{301}"), ("a/b", "A/b")])
    func collisions(first: String, second: String) throws {
        try place.write("model/" + first, "1")
        try place.write("model/" + second, "2")
        #expect(failure() != nil)
    }

    @Test("a directory without files, and one that is none, is refused")
    func nothing() throws {
        #expect(failure()?.code == .notFound)
        try FileManager.default.createDirectory(atPath: place.path("model/a"), withIntermediateDirectories: true)
        #expect(failure()?.code == .usage)
        try place.write("model/.git/HEAD", "x")
        #expect(failure()?.code == .usage)
        try place.write("model/a/f", "")
        #expect(try read().files.map(\.path.text) == ["a/f"])
    }
}
