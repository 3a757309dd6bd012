import Foundation
import Synchronization
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

@Suite struct FolderTests {
    private let place = TemporaryFolder("folder")

    private final class Flag: Sendable { let isUp = Atomic(true) }

    private func open() throws -> Folder { try Folder.open(place.path) }

    private func code(_ body: () throws -> Void) -> ErrorCode? {
        do { try body() } catch let error as SystemError { return error.code } catch { return nil }
        return nil
    }

    @Test(
        "a name that is no plain component reaches nothing",
        arguments: ["", ".", "..", "a/b", "/etc", "../x", "a/", "/", "a\0b", "\0"])
    func traversal(name: String) throws {
        let folder = try open().folder("inner", create: true)
        try place.write("x", "outside")
        try place.write("inner/a", "inside")
        #expect(code { _ = try folder.file(name, .read) } == .integrity)
        #expect(code { _ = try folder.file(name, .readWrite) } == .integrity)
        #expect(code { _ = try folder.folder(name, create: true) } == .integrity)
        #expect(code { _ = try folder.folder([name, "y"], create: true) } == .integrity)
        #expect(code { _ = try folder.status(name) } == .integrity)
        #expect(code { try folder.remove(name) } == .integrity)
        #expect(code { try folder.removeFolder(name) } == .integrity)
        #expect(code { try folder.removeTree(name) } == .integrity)
        #expect(code { try folder.rename("a", to: name, in: folder) } == .integrity)
        #expect(code { try folder.rename(name, to: "b", in: folder) } == .integrity)
        #expect(code { _ = try folder.link("a", to: name, in: folder) } == .integrity)
        #expect(code { _ = try folder.link(name, to: "b", in: folder) } == .integrity)
        #expect(code { try folder.replace(name, with: [1]) } == .integrity)
        #expect(try folder.names() == ["a"])
        #expect(try Files.read(place.path("x")) == Array("outside".utf8))
    }

    @Test("links are never followed below a folder")
    func links() throws {
        let folder = try open().folder("inner", create: true)
        try place.write("outside/secret", "s")
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: place.path("inner/out"), withDestinationPath: "../outside")
        try manager.createSymbolicLink(atPath: place.path("inner/file"), withDestinationPath: "../outside/secret")
        try manager.createSymbolicLink(atPath: place.path("inner/new"), withDestinationPath: "../outside/new")
        #expect(code { _ = try folder.folder("out") } == .conflict)
        #expect(code { _ = try folder.folder("out", create: true) } == .conflict)
        #expect(code { _ = try folder.folder(["out", "deeper"], create: true) } == .conflict)
        for mode in [OwnedFile.Mode.read, .readWrite, .append] { #expect(code { _ = try folder.file("file", mode) } == .conflict) }
        #expect(code { _ = try folder.file("new", .readWrite) } == .conflict)
        #expect(try folder.status("out")?.kind == .symlink)
        #expect(try folder.status("file")?.kind == .symlink)
        try folder.replace("file", with: [7])
        #expect(try folder.status("file")?.kind == .file)
        try folder.removeTree("out")
        try folder.remove("new")
        #expect(try folder.names() == ["file"])
        #expect(try Files.read(place.path("outside/secret")) == Array("s".utf8))
        #expect(!Files.exists(place.path("outside/new")))
    }

    @Test("the folder that the user named may be a link")
    func namedLink() throws {
        try place.write("real/a", "1")
        try FileManager.default.createSymbolicLink(atPath: place.path("alias"), withDestinationPath: "real")
        #expect(try Folder.open(place.path("alias")).names() == ["a"])
        #expect(try Folder.create(place.path("alias/b/c")).names() == [])
        #expect(Files.exists(place.path("real/b/c")))
        #expect(code { _ = try Folder.open(place.path("nowhere")) } == .notFound)
        #expect(code { _ = try Folder.open(place.path("real/a")) } == .notFound)
    }

    @Test("a pipe, a folder or a socket is no file, and opening it does not block", .timeLimit(.minutes(1)))
    func otherKinds() throws {
        let folder = try open()
        #expect(mkfifo(place.path("pipe"), 0o600) == 0)
        _ = try folder.folder("dir", create: true)
        #expect(code { _ = try folder.file("pipe", .read) } == .conflict)
        #expect(code { _ = try folder.file("dir", .read) } == .conflict)
        #expect(try folder.status("pipe")?.kind == .other)
        #expect(try folder.status("dir")?.kind == .folder)
        #expect(try folder.status("nothing") == nil)
        #expect(code { _ = try folder.file("nothing", .read) } == .notFound)
    }

    @Test("linking creates once")
    func linkOnce() throws {
        let folder = try open()
        let other = try folder.folder("other", create: true)
        let first = try folder.writeTemporary([1])
        let second = try folder.writeTemporary([2, 2])
        #expect(try folder.link(first, to: "name", in: other))
        #expect(try !folder.link(second, to: "name", in: other))
        #expect(try !folder.link(first, to: "name", in: other))
        #expect(try Files.read(place.path("other/name")) == [1])
        #expect(try other.status("name")?.links == 2)
        try folder.remove(first)
        #expect(try other.status("name")?.links == 1)
        try folder.remove(first)
    }

    @Test("of many who link one name, one wins", .timeLimit(.minutes(1)))
    func linkRace() async throws {
        let folder = try open()
        for round in 0..<20 {
            let winners = try await withThrowingTaskGroup(of: UInt8?.self) { group in
                for number in UInt8(0)..<8 {
                    group.addTask {
                        let name = try folder.writeTemporary([number])
                        defer { try? folder.remove(name) }
                        return try folder.link(name, to: "entry-\(round)", in: folder) ? number : nil
                    }
                }
                var winners: [UInt8] = []
                for try await winner in group { if let winner { winners.append(winner) } }
                return winners
            }
            #expect(winners.count == 1)
            #expect(try Files.read(place.path("entry-\(round)")) == winners)
        }
        #expect(try folder.names().count == 20)
    }

    @Test("a reader sees the old bytes or the new ones, whole", .timeLimit(.minutes(1)))
    func replaceAtomically() async throws {
        let folder = try open()
        let contents = [[UInt8](repeating: 1, count: 50_000), [UInt8](repeating: 2, count: 70_000)]
        try folder.replace("file", with: contents[0])
        let writing = Flag()
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                for round in 1...150 { try folder.replace("file", with: contents[round % 2]) }
                writing.isUp.store(false, ordering: .releasing)
                return 0
            }
            group.addTask {
                var reads = 0
                while writing.isUp.load(ordering: .acquiring) || reads == 0 {
                    let bytes = try folder.file("file", .read).read(at: 0, count: 100_000)
                    if !contents.contains(bytes) { Issue.record("\(bytes.count) bytes, beginning \(bytes.prefix(1))") }
                    reads += 1
                }
                return reads
            }
            try await group.waitForAll()
        }
        #expect(try folder.names() == ["file"])
    }

    @Test("a replace that cannot be done leaves no temporary file")
    func replaceFails() throws {
        let folder = try open()
        _ = try folder.folder("taken", create: true)
        #expect(code { try folder.replace("taken", with: [1]) } != nil)
        #expect(try folder.names() == ["taken"])
    }

    @Test("trees are removed, links in them not followed")
    func removeTree() throws {
        let folder = try open()
        try place.write("keep/file", "k")
        try place.write("tree/a/b/c", "1")
        try place.write("tree/d", "2")
        try FileManager.default.createSymbolicLink(atPath: place.path("tree/a/link"), withDestinationPath: place.path("keep"))
        #expect(try !folder.removeFolder("tree"))
        try folder.removeTree("tree")
        try folder.removeTree("tree")
        #expect(try folder.names() == ["keep"])
        #expect(Files.exists(place.path("keep/file")))
    }

    @Test("a name that is not UTF-8 is shown, not dropped")
    func invalidName() throws {
        try place.write("ok", [1])
        var raw = Array((place.path + "/").utf8).map { CChar(bitPattern: $0) }
        raw += [CChar(bitPattern: 0x66), CChar(bitPattern: 0xFE), 0]
        close(Glibc.open(raw, O_CREAT | O_WRONLY, 0o644))
        #expect(code { _ = try open().names() } == .usage)
        unlink(raw)
        #expect(try open().names() == ["ok"])
    }

    @Test("folders are made with their mode, parents too")
    func create() throws {
        _ = try Folder.create(place.path("a/b/c"))
        let secret = try open().folder("secret", create: true, mode: 0o700)
        let attributes = try FileManager.default.attributesOfItem(atPath: secret.path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        #expect(try open().folder(["a", "b", "c"]).names() == [])
        try place.write("a/file", "1")
        #expect(code { _ = try open().folder(["a", "file"], create: true) } == .notFound)
    }
}
