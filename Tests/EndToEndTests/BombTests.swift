import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

/// Objects that are small and want to become large, and places that are not what a locator says.
@Suite(.serialized, .enabled(if: Bounded.canMeasure, "/usr/bin/time is not installed"))
struct BombTests {
    /// What a command may occupy, whatever the store says (design section 1, invariant 8).
    private static let bound = 256

    /// A zlib stream of a MiB or so that inflates to a GiB of zeros.
    private static func bomb() throws -> [UInt8] {
        let script = """
            import base64, zlib
            c = zlib.compressobj(9)
            zeros = bytes(1 << 20)
            first = c.compress(zeros) + c.flush(zlib.Z_FULL_FLUSH)
            again = c.compress(zeros) + c.flush(zlib.Z_FULL_FLUSH)
            print(base64.b64encode(first + again * 1023 + c.flush()).decode())
            """
        let made = try Tool.run("/usr/bin/env", ["python3", "-c", script])
        let text = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let data = Data(base64Encoded: text), data.count > 100_000 else { throw Waybill.Failure("no bomb: \(made.errors)") }
        return Array(data)
    }

    /// A store with one file of one chunk, whose frame and place are given.
    private func store(raw: [UInt8], frame: [UInt8], place: (ChunkPlace) -> ChunkPlace = { $0 }) throws -> HostileStore {
        let store = try HostileStore()
        let name = try HostileChunk.name(raw)
        let stored = try store.pack([(name, frame)])
        let list = try store.list(
            ListSegment(rows: [ChunkRow(name: name, element: .opaque)]).encoded(), places: stored.map(place))
        let file = HostileManifest.File(path: "a", size: raw.count, sha256: name.digest, firstRow: 0, rows: 1)
        try store.publish(HostileManifest(files: [file], lists: [list]).bytes)
        return store
    }

    private func requireRefused(_ store: HostileStore, _ note: String) throws {
        let out = store.folder.path("out")
        let (result, mebibytes) = try Bounded.measured(["pull", store.address, out, "--json"], within: 30)
        #expect(result.status == 4 && result.errorCode == "integrity", "\(note): \(result.shown)")
        #expect(mebibytes < Self.bound, "\(note)")
        #expect(Files.list(out) == [], "\(note)")
    }

    @Test("frames that inflate to more than they say are refused in little memory, by a pull and by a mirror")
    func frames() throws {
        let bomb = try Self.bomb()
        let one = [UInt8(0)]
        let full = [UInt8](repeating: 0, count: Limits.chunk)
        let most = UInt32.max
        let cases: [(String, [UInt8], [UInt8])] = [
            ("1 byte that inflates to a GiB", one, HostileChunk.frame(rawLength: 1, codec: 2, stored: bomb)),
            ("4 MiB that inflate to a GiB", full, HostileChunk.frame(rawLength: full.count, codec: 2, stored: bomb)),
            ("a plane of 4 GiB", one, HostileChunk.frame(rawLength: 1, codec: 1, planeLength: Int(most), stored: [0])),
            ("a chunk of 4 GiB", one, HostileChunk.frame(rawLength: Int(most), codec: 1, planeLength: Int(most), stored: [0])),
            ("a chunk of 4 MiB for one of 1 byte", one, HostileChunk.frame(rawLength: full.count, codec: 1, stored: [0])),
            ("255 planes", one, [1, 0, 255, 0] + HostileChunk.little(1) + [UInt8](repeating: 0, count: 64)),
            ("no planes", one, [1, 0, 0, 0] + HostileChunk.little(1)),
            ("a frame of one byte", one, [1]),
            ("a base chunk", one, [1, 0, 1, 1] + [UInt8](HostileChunk.flatFrame(one)[4...])),
            ("an unknown transform", one, [1, 200] + [UInt8](HostileChunk.flatFrame(one)[2...])),
            ("other bytes", one, HostileChunk.flatFrame([1])),
        ]
        let served = try HostileStore()
        let mirror = try ServedMirror(store: served.path)
        for (note, raw, frame) in cases {
            let store = try store(raw: raw, frame: frame)
            try requireRefused(store, note)
            let pack = try #require(Files.list(store.path).first { $0.hasPrefix("packs/") })
            let put = try Tool.run(
                "/usr/bin/curl",
                [
                    "-s", "-w", "\n%{http_code}", "-X", "PUT", "--data-binary", "@" + store.path + "/" + pack,
                    "\(mirror.url)/v1/packs/\(DamagedStore.name(pack))",
                ])
            #expect(put.output.hasSuffix("\n422"), "\(note): \(put.output)")
            #expect(!Files.exists(served.path + "/" + pack), "\(note)")
        }
        // The frame that is right goes both ways.
        let right = try store(raw: one, frame: HostileChunk.flatFrame(one))
        #expect(try Bounded.run(["pull", right.address, right.folder.path("out")]).status == 0)
        #expect(try Self.peak(of: mirror.running.process.processIdentifier) < Self.bound)
    }

    /// The largest resident memory of a process so far, in MiB.
    private static func peak(of process: Int32) throws -> Int {
        let text = String(decoding: try Files.read("/proc/\(process)/status"), as: UTF8.self)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.filter(\.isNumber))) / 1024
    }

    @Test("locators that lie about places: refused, never believed")
    func locators() throws {
        let raw = Array("some bytes".utf8)
        let frame = HostileChunk.flatFrame(raw)
        let nowhere = SHA256.digest(of: Array("no such pack".utf8))
        let lies: [(String, (ChunkPlace) -> ChunkPlace)] = [
            ("64 MiB", { ChunkPlace(pack: $0.pack, offset: 0, stored: Limits.pack) }),
            ("beyond the end", { ChunkPlace(pack: $0.pack, offset: Limits.pack - $0.stored, stored: $0.stored) }),
            ("one byte later", { ChunkPlace(pack: $0.pack, offset: $0.offset + 1, stored: $0.stored) }),
            ("one byte less", { ChunkPlace(pack: $0.pack, offset: $0.offset, stored: $0.stored - 1) }),
            ("one byte more", { ChunkPlace(pack: $0.pack, offset: $0.offset, stored: $0.stored + 1) }),
            ("the header", { ChunkPlace(pack: $0.pack, offset: 0, stored: 8) }),
            ("a pack that is not there", { ChunkPlace(pack: nowhere, offset: $0.offset, stored: $0.stored) }),
        ]
        for (note, lie) in lies { try requireRefused(try store(raw: raw, frame: frame, place: lie), note) }
    }

    @Test("a place that is longer than any frame is not asked for, of the mirror or of another one")
    func longPlaces() throws {
        let raw = Array("some bytes".utf8)
        let frame = HostileChunk.flatFrame(raw)
        let lying = try store(raw: raw, frame: frame) { ChunkPlace(pack: $0.pack, offset: 0, stored: raw.count + Limits.frameOverhead + 1) }
        let mirror = try ServedMirror(store: lying.path)
        let proxy = try FaultyProxy("none", before: mirror.url)
        let first = try Bounded.run(["pull", "\(proxy.url)/acme/tiny", lying.folder.path("first"), "--json"])
        #expect(first.failed(4, naming: SHA256.digest(of: raw).hex), "\(first.shown)")
        // The first source has the chunk wrong, the second says that it is long.
        let wrong = try store(raw: raw, frame: HostileChunk.flatFrame(Array("same bytes".utf8)))
        let second = try Bounded.run(["pull", wrong.address, wrong.folder.path("second"), "--from", proxy.url, "--json"])
        #expect(second.status == 4, "\(second.shown)")
        #expect(proxy.requests.contains("/locators/"))
        #expect(!proxy.requests.contains("/packs/"))
    }

    @Test("a locator with thousands of places of 64 MiB takes no more memory than one")
    func manyLargePlaces() throws {
        let store = try HostileStore()
        let names = try (0..<2_000).map { try HostileChunk.name(Array("chunk \($0)".utf8)) }
        let pack = SHA256.digest(of: Array("a large pack".utf8))
        try store.put(.pack(pack), [])
        // A pack of 64 MiB that occupies nothing.
        #expect(truncate(store.path + "/" + ObjectName.pack(pack).path, Limits.pack) == 0)
        let list = try store.list(
            ListSegment(rows: names.map { ChunkRow(name: $0, element: .opaque) }).encoded(),
            places: names.indices.map { ChunkPlace(pack: pack, offset: $0, stored: Limits.pack - 4_096) })
        let size = names.reduce(0) { $0 + $1.length }
        let file = HostileManifest.File(path: "a", size: size, sha256: pack, firstRow: 0, rows: names.count)
        try store.publish(HostileManifest(files: [file], lists: [list]).bytes)
        try requireRefused(store, "2,000 places")
    }

    @Test("a manifest that names one list thousands of times is refused before its rows are read")
    func oneListManyTimes() throws {
        for (count, limit) in [(520, Self.bound), (100_000, Self.bound)] {
            let store = try HostileStore()
            let raw = [UInt8(1)]
            let name = try HostileChunk.name(raw)
            let place = try store.pack([(name, HostileChunk.flatFrame(raw))])
            let rows = [ChunkRow](repeating: ChunkRow(name: name, element: .opaque), count: Limits.segmentRows)
            let list = try store.list(
                ListSegment(rows: rows).encoded(), places: [ChunkPlace?](repeating: place[0], count: Limits.segmentRows))
            let total = count * Limits.segmentRows
            let file = HostileManifest.File(path: "a", size: total, sha256: name.digest, firstRow: 0, rows: total)
            try store.publish(HostileManifest(files: [file], lists: Array(repeating: list, count: count)).bytes)
            let (result, mebibytes) = try Bounded.measured(["pull", store.address, store.folder.path("out"), "--json"])
            #expect(result.failed(1, naming: "\(total) chunks"), "\(count): \(result.shown)")
            #expect(mebibytes < limit, "\(count)")
        }
    }
}
