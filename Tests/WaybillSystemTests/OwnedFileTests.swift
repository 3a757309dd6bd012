import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

@Suite struct OwnedFileTests {
    private let place = TemporaryFolder("file")

    private func folder() throws -> Folder { try Folder.open(place.path) }

    @Test("reads end at the end of the file")
    func shortReads() throws {
        let bytes: [UInt8] = Array(0..<100)
        try place.write("f", bytes)
        let file = try folder().file("f", .read)
        #expect(try file.read(at: 0, count: 100) == bytes)
        #expect(try file.read(at: 90, count: 50) == Array(90..<100))
        #expect(try file.read(at: 100, count: 5) == [])
        #expect(try file.read(at: 5_000, count: 5) == [])
        #expect(try file.read(at: 10, count: 0) == [])
        #expect(try file.read(at: 10, count: -3) == [])
        #expect(throws: SystemError.self) { try file.read(at: -1, count: 5) }
    }

    @Test("reads into a slab append, and end at its capacity")
    func slabReads() throws {
        try place.write("f", Array(0..<100))
        let file = try folder().file("f", .read)
        let slab = Slab(capacity: 64)
        let mark: [UInt8] = [200, 201]
        slab.add(mark)
        #expect(try file.read(at: 0, count: 10, into: slab) == 10)
        #expect(slab.bytes(0..<64) == mark + Array(0..<10))
        #expect(try file.read(at: 95, count: 50, into: slab) == 5)
        #expect(slab.count == 17)
        #expect(try file.read(at: 0, count: 1_000, into: slab) == 47)
        #expect(slab.count == 64)
        #expect(try file.read(at: 0, count: 1, into: slab) == 0)
        #expect(slab.bytes(17..<20) == [0, 1, 2])
    }

    @Test("a failed read leaves the slab as it was")
    func failedRead() throws {
        try place.write("f", [1])
        let file = try folder().file("f", .read)
        let slab = Slab(capacity: 8)
        let mark: [UInt8] = [9]
        slab.add(mark)
        #expect(throws: SystemError.self) { try file.read(at: -1, count: 4, into: slab) }
        #expect(slab.bytes(0..<8) == mark)
    }

    @Test("random writes at offsets agree with an array")
    func writes() throws {
        var generator = SeededGenerator(seed: 5)
        let file = try folder().file("f", .createNew)
        var model: [UInt8] = []
        for _ in 0..<150 {
            let bytes = generator.bytes(Int.random(in: 0...3_000, using: &generator))
            let offset = Int.random(in: 0...20_000, using: &generator)
            try file.put(bytes, at: offset)
            if !bytes.isEmpty {
                if model.count < offset + bytes.count {
                    model += [UInt8](repeating: 0, count: offset + bytes.count - model.count)
                }
                model.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            }
        }
        try file.sync()
        try file.syncData()
        try file.syncFileSystem()
        #expect(try file.read(at: 0, count: 40_000) == model)
        #expect(try file.status().size == model.count)
        try file.truncate(to: 10)
        try file.truncate(to: 30)
        #expect(try file.read(at: 0, count: 100) == Array(model.prefix(10)) + [UInt8](repeating: 0, count: 20))
    }

    @Test("a slab's range and a verified chunk are written as they are")
    func slabAndChunk() throws {
        let slab = Slab(capacity: 32)
        let bytes: [UInt8] = Array(0..<32)
        slab.add(bytes)
        let file = try folder().file("f", .readWrite)
        try file.write(slab, range: 4..<8, at: 2)
        guard let chunk = VerifiedChunk.naming(slab, range: 30..<32) else {
            Issue.record("the range is filled")
            return
        }
        try file.write(chunk, at: 6)
        #expect(try file.read(at: 0, count: 99) == [0, 0, 4, 5, 6, 7, 30, 31])
    }

    @Test("a file is created where the mode says so, and only there")
    func modes() throws {
        let folder = try folder()
        do {
            _ = try folder.file("absent", .read)
            Issue.record("there is no such file")
        } catch {
            #expect(error.errno == ENOENT)
        }
        _ = try folder.file("new", .createNew)
        do {
            _ = try folder.file("new", .createNew)
            Issue.record("the file was there")
        } catch {
            #expect(error.errno == EEXIST)
        }
        try folder.file("log", .append).put([1, 2], at: 0)
        #expect(try folder.file("log", .readWrite).read(at: 0, count: 9) == [1, 2])
        let readOnly = try folder.file("log", .read)
        #expect(throws: SystemError.self) { try readOnly.put([3], at: 0) }
        #expect(try Files.read(place.path("log")) == [1, 2])
    }

    @Test("a lock excludes another opening, until the file is closed")
    func locks() throws {
        let folder = try folder()
        var first: OwnedFile? = try folder.file("lock", .readWrite)
        let second = try folder.file("lock", .readWrite)
        #expect(first?.tryLock() == true)
        #expect(first?.tryLock() == true)
        #expect(!second.tryLock())
        first = nil
        #expect(second.tryLock())
        try second.lock()
    }

    @Test("holes are told from data")
    func holes() throws {
        let file = try folder().file("f", .createNew)
        try file.truncate(to: 4 << 20)
        #expect(file.nextData(from: 0) == nil)
        try file.put([1], at: 2 << 20)
        let data = try #require(file.nextData(from: 0))
        #expect(data <= 2 << 20)
        #expect(data > 1 << 20)
        #expect(file.nextData(from: 5 << 20) == nil)
    }

    @Test("a status changes with the file, and not without")
    func status() throws {
        try place.write("f", [1, 2, 3])
        let folder = try folder()
        let before = try #require(try folder.status("f"))
        #expect(before.kind == .file)
        #expect(before.size == 3)
        #expect(try FileStatus.of(place.path("f")) == before)
        #expect(try FileStatus.ofLink(place.path("f")) == before)
        #expect(try FileStatus.ofLink(place.path("g")) == nil)
        #expect(throws: SystemError.self) { try FileStatus.of(place.path("g")) }
        // The same bytes and size in another file.
        try folder.replace("f", with: [1, 2, 3])
        let after = try #require(try folder.status("f"))
        #expect(after != before)
        #expect(after.inode != before.inode || after.changed != before.changed)
    }

    @Test("free space is what the system says")
    func space() throws {
        #expect(try DiskSpace.available(at: place.path) > 0)
        #expect(throws: SystemError.self) { try DiskSpace.available(at: place.path("nowhere")) }
    }
}
