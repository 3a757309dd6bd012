import Testing
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

@Suite struct JournalTests {
    private let place = TemporaryFolder("journal")
    private static let header = 64
    private static let record = 48

    private func folder() throws -> Folder { try Folder.open(place.path) }

    private func rows(_ range: Range<Int>) -> [Journal.Row] {
        range.map { Journal.Row(key: SHA256.digest(of: [UInt8($0 % 7)]), ordinal: $0 % 3, row: $0 * 1_000) }
    }

    /// As if the machine had started anew since.
    private func pretendOtherBoot() throws {
        var bytes = try Files.read(place.path("journal"))
        bytes.replaceSubrange(8..<44, with: Array("00000000-0000-0000-0000-000000000000".utf8))
        try place.write("journal", bytes)
    }

    /// Rows 0 ..< 5, a barrier, rows 5 ..< 8, a barrier, rows 8 ..< 12.
    private func write() throws {
        let journal = try Journal.begin(try folder(), keeping: [])
        try journal.append(rows(0..<5))
        try journal.barrier(journal.mark)
        try journal.append(rows(5..<8))
        try journal.barrier(journal.mark)
        try journal.append(rows(8..<10))
        try journal.append([])
        try journal.append(rows(10..<12))
    }

    @Test("in its own boot every record is trusted, in another those before the last barrier")
    func boots() throws {
        try write()
        let same = try Journal.recover(try folder())
        #expect(same.trusted == rows(0..<12))
        #expect(same.doubtful == [])
        try pretendOtherBoot()
        let other = try Journal.recover(try folder())
        #expect(other.trusted == rows(0..<8))
        #expect(other.doubtful == rows(8..<12))
    }

    @Test("a barrier vouches for what was noted before its mark, and not for what came while the data were synced")
    func concurrent() throws {
        let journal = try Journal.begin(try folder(), keeping: [])
        try journal.append(rows(0..<3))
        let mark = journal.mark
        try journal.append(rows(3..<5))
        try journal.barrier(mark)
        try journal.append(rows(5..<6))
        #expect(try Journal.recover(try folder()).trusted == rows(0..<6))
        try pretendOtherBoot()
        let found = try Journal.recover(try folder())
        #expect(found.trusted == rows(0..<3))
        #expect(found.doubtful == rows(3..<6))
    }

    @Test("after a failed sync the rows behind the last mark are forgotten, those before it stay vouched for")
    func forgottenBehindMark() throws {
        let journal = try Journal.begin(try folder(), keeping: [])
        try journal.append(rows(0..<3))
        let mark = journal.mark
        try journal.append(rows(3..<5))
        try journal.barrier(mark)
        try journal.append(rows(5..<6))
        try journal.forgetDoubtful()
        #expect(try Journal.recover(try folder()).trusted == rows(0..<3))
        try pretendOtherBoot()
        let found = try Journal.recover(try folder())
        #expect(found.trusted == rows(0..<3))
        #expect(found.doubtful == [])
    }

    @Test("a torn tail is dropped, wherever it is torn")
    func torn() throws {
        try write()
        let bytes = try Files.read(place.path("journal"))
        #expect(bytes.count == Self.header + 14 * Self.record)
        // The records in order: rows as numbers, barriers as nil.
        let records: [Int?] = [0, 1, 2, 3, 4, nil, 5, 6, 7, nil, 8, 9, 10, 11]
        for count in stride(from: 0, through: bytes.count, by: 5) {
            try place.write("journal", Array(bytes.prefix(count)))
            let whole = max(0, count - Self.header) / Self.record
            let expected = records.prefix(whole).compactMap { $0 }.flatMap { rows($0..<$0 + 1) }
            let found = try Journal.recover(try folder())
            #expect(found.trusted == expected, "\(count) bytes")
            #expect(found.doubtful == [])
        }
        try place.write("journal", bytes + [1, 0, 0, 0, 5])
        #expect(try Journal.recover(try folder()).trusted == rows(0..<12))
    }

    @Test("nothing behind a flipped bit is believed")
    func flipped() throws {
        try write()
        let bytes = try Files.read(place.path("journal"))
        let records: [Int?] = [0, 1, 2, 3, 4, nil, 5, 6, 7, nil, 8, 9, 10, 11]
        var generator = SeededGenerator(seed: 71)
        for _ in 0..<300 {
            let byte = Int.random(in: Self.header..<bytes.count, using: &generator)
            var damaged = bytes
            damaged[byte] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            try place.write("journal", damaged)
            let good = (byte - Self.header) / Self.record
            let expected = records.prefix(good).compactMap { $0 }.flatMap { rows($0..<$0 + 1) }
            #expect(try Journal.recover(try folder()).trusted == expected, "byte \(byte)")
        }
        for byte in 0..<8 {
            var damaged = bytes
            damaged[byte] ^= 1
            try place.write("journal", damaged)
            let found = try Journal.recover(try folder())
            #expect(found.trusted.isEmpty && found.doubtful.isEmpty)
        }
    }

    @Test("without a journal there is nothing, and looking makes none")
    func absent() throws {
        let found = try Journal.recover(try folder())
        #expect(found.trusted.isEmpty && found.doubtful.isEmpty)
        #expect(try folder().names() == [])
    }

    @Test("a journal begun anew says what was kept and what came since, and no more")
    func reopened() throws {
        try write()
        let kept = rows(3..<6)
        let journal = try Journal.begin(try folder(), keeping: kept)
        #expect(try Journal.recover(try folder()).trusted == kept)
        try journal.append(rows(20..<22))
        try journal.barrier(journal.mark)
        try journal.append(rows(30..<31))
        #expect(try Journal.recover(try folder()).trusted == kept + rows(20..<22) + rows(30..<31))
        try pretendOtherBoot()
        let other = try Journal.recover(try folder())
        #expect(other.trusted == kept + rows(20..<22))
        #expect(other.doubtful == rows(30..<31))
        #expect(try folder().names() == ["journal"])
    }

    @Test("what was kept is not trusted after a power loss before the first barrier")
    func keptWithoutBarrier() throws {
        _ = try Journal.begin(try folder(), keeping: rows(0..<4))
        try pretendOtherBoot()
        let found = try Journal.recover(try folder())
        #expect(found.trusted == [])
        #expect(found.doubtful == rows(0..<4))
    }

    @Test("rows whose data could not be made durable are forgotten back to the last barrier")
    func forgotten() throws {
        let journal = try Journal.begin(try folder(), keeping: rows(0..<2))
        try journal.append(rows(2..<4))
        try journal.barrier(journal.mark)
        try journal.append(rows(4..<9))
        try journal.forgetDoubtful()
        #expect(try Journal.recover(try folder()).trusted == rows(0..<4))
        // What arrives now may lie in pages that the kernel gave up: nothing more is noted.
        #expect(throws: SystemError.self) { try journal.append(rows(20..<21)) }
        #expect(throws: SystemError.self) { try journal.barrier(journal.mark) }
        #expect(try Journal.recover(try folder()).trusted == rows(0..<4))
        let other = try Journal.begin(try folder(), keeping: rows(0..<2))
        try other.append(rows(2..<4))
        try other.forgetDoubtful()
        #expect(try Journal.recover(try folder()).trusted == [])
    }

    @Test("more records than are read at once")
    func large() throws {
        let journal = try Journal.begin(try folder(), keeping: [])
        let all = rows(0..<20_000)
        for start in stride(from: 0, to: all.count, by: 333) { try journal.append(Array(all[start..<min(start + 333, all.count)])) }
        try journal.barrier(journal.mark)
        #expect(try Journal.recover(try folder()).trusted == all)
    }
}
