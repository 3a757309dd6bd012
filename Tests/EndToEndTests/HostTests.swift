import Foundation
import Testing
import WaybillTestSupport

/// Disks that are full and files that may not be read.
@Suite(.serialized)
struct HostTests {
    /// A small file system of its own, unmounted at the end.
    private final class SmallDisk {
        let folder = TemporaryFolder("disk")
        let path: String

        init(megabytes: Int) throws {
            path = folder.path("mount")
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            let mount = try Tool.run("/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path])
            guard mount.status == 0 else { throw Waybill.Failure(mount.errors) }
        }

        deinit { _ = try? Tool.run("/bin/umount", ["-l", path]) }

        /// Leaves `free` bytes.
        func fill(leaving free: Int) throws {
            let attributes = try FileManager.default.attributesOfFileSystem(forPath: path)
            let available = (attributes[.systemFreeSize] as? Int) ?? 0
            try Data(count: max(0, available - free)).write(to: URL(fileURLWithPath: path + "/ballast"))
        }

        func release() throws { try FileManager.default.removeItem(atPath: path + "/ballast") }

        static let canMount = (try? SmallDisk(megabytes: 1)) != nil
    }

    /// Root may read everything; this user may not.
    private static let nobody = "65534"
    private static let canBeNobody =
        getuid() == 0 && Tool.find("setpriv") != nil
        && (try? Bounded.run(["--version"], user: nobody))?.status == 0

    @Test(
        "no space in the store: exit 8, nothing looks published, and the next push completes",
        .enabled(if: SmallDisk.canMount, "this user may not mount a tmpfs"))
    func fullStore() throws {
        let folder = TemporaryFolder("full")
        let model = try ModelMaker.write(folder, "model", megabytes: 12)
        for free in [0, 64 << 10, 3 << 20, 7 << 20] {
            let disk = try SmallDisk(megabytes: 40)
            let store = disk.path + "/store"
            try Waybill.makeStore(store)
            try disk.fill(leaving: free)
            let address = "file://\(store)/acme/tiny"
            let push = try Bounded.run(["push", model, address, "--json"])
            #expect(push.failed(8, naming: disk.path), "\(free): \(push.shown)")
            #expect(Files.list(store + "/manifests").isEmpty && Files.list(store + "/refs").isEmpty, "\(free)")
            #expect(Files.list(store + "/private/tmp").isEmpty, "\(free): \(Files.list(store + "/private/tmp"))")
            let pull = try Bounded.run(["pull", address, folder.path("none"), "--json"])
            #expect(pull.status == 3, "\(free): \(pull.shown)")
            try disk.release()
            let again = try Bounded.run(["push", model, address, "--json"])
            #expect(again.status == 0, "\(free): \(again.shown)")
            let out = folder.path("out-\(free)")
            #expect(try Bounded.run(["pull", address, out]).status == 0)
            #expect(try Files.differences(model, out) == [], "\(free)")
        }
    }

    @Test(
        "no space under a served mirror: the pusher hears of it, and the mirror lives on",
        .enabled(if: SmallDisk.canMount, "this user may not mount a tmpfs"))
    func fullMirror() throws {
        let folder = TemporaryFolder("full")
        let model = try ModelMaker.write(folder, "model", megabytes: 8)
        let disk = try SmallDisk(megabytes: 32)
        try Waybill.makeStore(disk.path + "/store")
        let mirror = try ServedMirror(store: disk.path + "/store")
        try disk.fill(leaving: 2 << 20)
        let push = try Bounded.run(["push", model, "\(mirror.url)/acme/tiny", "--json"])
        #expect(push.status == 8 && push.errorCode == "storage", "\(push.shown)")
        #expect(Files.list(disk.path + "/store/private/tmp").isEmpty)
        // In HTTP it is 507, with the code in its body.
        try Waybill.makeStore(folder.path("other"))
        #expect(try Bounded.run(["push", model, "file://\(folder.path("other"))/acme/tiny"]).status == 0)
        let packs = Files.list(folder.path("other/packs")).map { folder.path("other/packs/" + $0) }
        let largest = try #require(try packs.max { try Files.read($0).count < Files.read($1).count })
        let put = try Tool.run(
            "/usr/bin/curl",
            [
                "-s", "-w", "\n%{http_code}", "-X", "PUT", "--data-binary", "@" + largest,
                "\(mirror.url)/v1/packs/\(DamagedStore.name(largest))",
            ])
        #expect(put.output.hasSuffix("\n507") && put.output.contains("\"storage\""), "\(put.output)")
        #expect(Files.list(disk.path + "/store/private/tmp").isEmpty)
        try disk.release()
        let again = try Bounded.run(["push", model, "\(mirror.url)/acme/tiny", "--json"])
        #expect(again.status == 0, "\(again.shown)")
    }

    @Test(
        "no space in the destination: exit 8, no file under its name, and the next pull completes",
        .enabled(if: SmallDisk.canMount, "this user may not mount a tmpfs"))
    func fullDestination() throws {
        let folder = TemporaryFolder("full")
        let model = try ModelMaker.write(folder, "model", megabytes: 12)
        try Waybill.makeStore(folder.path("store"))
        let address = "file://\(folder.path("store"))/acme/tiny"
        #expect(try Bounded.run(["push", model, address]).status == 0)
        let disk = try SmallDisk(megabytes: 40)
        let out = disk.path + "/out"
        for free in [0, 64 << 10, 6 << 20] {
            try disk.fill(leaving: free)
            let pull = try Bounded.run(["pull", address, out, "--json"])
            #expect(pull.failed(8, naming: disk.path), "\(free): \(pull.shown)")
            #expect(Files.list(out).isEmpty, "\(free)")
            // Where the journal still fits, the pull says what it needs before the first byte comes.
            if free == 6 << 20 {
                #expect(pull.told.contains("bytes more"), "\(pull.shown)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: out + "/.waybill/parts").isEmpty)
            }
            try disk.release()
        }
        let again = try Bounded.run(["pull", address, out, "--json"])
        #expect(again.status == 0, "\(again.shown)")
        #expect(try Files.differences(model, out) == [])
    }

    @Test(
        "the disk fills while a pull writes: exit 8, and the old revision stays whole",
        .enabled(if: SmallDisk.canMount, "this user may not mount a tmpfs"))
    func fillsMeanwhile() throws {
        let folder = TemporaryFolder("full")
        let store = folder.path("store")
        let address = "file://\(store)/acme/tiny"
        try Waybill.makeStore(store)
        let old = try ModelMaker.write(folder, "old", megabytes: 4, seed: 1)
        #expect(try Bounded.run(["push", old, address]).status == 0)
        let disk = try SmallDisk(megabytes: 12)
        #expect(try Bounded.run(["pull", address, disk.path + "/out"]).status == 0)
        // Stored in next to nothing, so that it looks like zeros to come, which need no space: the disk fills on the way.
        let new = try ModelMaker.write(folder, "new", megabytes: 4, seed: 1)
        try folder.write("new/constant.bin", [UInt8](repeating: 0x41, count: 12 << 20))
        #expect(try Bounded.run(["push", new, address, "--expect", "1"]).status == 0)
        let pull = try Bounded.run(["pull", address, disk.path + "/out", "--json"])
        #expect(pull.failed(8, naming: disk.path), "\(pull.shown)")
        #expect(try Files.differences(old, disk.path + "/out") == [])
        #expect(try Bounded.run(["verify", disk.path + "/out"]).status == 0)
    }

    @Test("a file that may not be read is named", .enabled(if: canBeNobody, "needs root and setpriv, to become another user"))
    func unreadableFile() throws {
        let folder = TemporaryFolder("unreadable")
        let model = try ModelMaker.write(folder, "model", megabytes: 1)
        try Waybill.makeStore(folder.path("store"))
        try Tool.run("/bin/chown", ["-R", Self.nobody, folder.path("store")])
        let address = "file://\(folder.path("store"))/acme/tiny"
        for file in ["config.json", "model.safetensors"] {
            #expect(chmod(model + "/" + file, 0o600) == 0)
            let push = try Bounded.run(["push", model, address, "--json"], user: Self.nobody)
            #expect(push.failed(8, naming: file), "\(push.shown)")
            #expect(!Files.exists(folder.path("store/refs/acme")))
            #expect(chmod(model + "/" + file, 0o644) == 0)
        }
        #expect(chmod(model + "/tokenizer", 0o700) == 0)
        let inner = try Bounded.run(["push", model, address, "--json"], user: Self.nobody)
        #expect(inner.failed(8, naming: "tokenizer"), "\(inner.shown)")
        #expect(chmod(model + "/tokenizer", 0o755) == 0)
        let push = try Bounded.run(["push", model, address, "--json"], user: Self.nobody)
        #expect(push.status == 0, "\(push.shown)")
    }

    @Test(
        "a destination or a store that may not be written is named",
        .enabled(if: canBeNobody, "needs root and setpriv, to become another user"))
    func unwritable() throws {
        let folder = TemporaryFolder("unwritable")
        let model = try ModelMaker.write(folder, "model", megabytes: 1)
        try Waybill.makeStore(folder.path("store"))
        let address = "file://\(folder.path("store"))/acme/tiny"
        #expect(try Bounded.run(["push", model, address]).status == 0)
        // A store of somebody else can be read.
        try FileManager.default.createDirectory(atPath: folder.path("theirs"), withIntermediateDirectories: false)
        try Tool.run("/bin/chown", [Self.nobody, folder.path("theirs")])
        let pull = try Bounded.run(["pull", address, folder.path("theirs/out"), "--json"], user: Self.nobody)
        #expect(pull.status == 0, "\(pull.shown)")
        let show = try Bounded.run(["show", address, "--json"], user: Self.nobody)
        #expect(show.status == 0, "\(show.shown)")
        // It cannot be pushed to, and nothing can be pulled into a folder of somebody else.
        let push = try Bounded.run(["push", folder.path("theirs/out"), address, "--json"], user: Self.nobody)
        #expect(push.status == 8 || push.int("entry") == 1, "\(push.shown)")
        try Tool.run("/bin/sh", ["-c", "echo new > \(folder.path("theirs/out/config.json"))"])
        let changed = try Bounded.run(["push", folder.path("theirs/out"), address, "--json"], user: Self.nobody)
        #expect(changed.failed(8, naming: folder.path("store")), "\(changed.shown)")
        let into = try Bounded.run(["pull", address, folder.path("mine"), "--json"], user: Self.nobody)
        #expect(into.failed(8, naming: "mine"), "\(into.shown)")
    }
}
