import Testing
import WaybillFormat

@Suite struct ListTests {
    private func decode(_ bytes: [UInt8]) throws -> ListSegment { try ListSegment(decoding: bytes, subject: "list") }

    @Test func segmentsSurvive() throws {
        let list = try Samples.list()
        let bytes = list.encoded()
        #expect(bytes.count == 16 + 120)
        #expect(Array(bytes[..<16]) == Array("WBLIST1\n".utf8) + [3, 0, 0, 0, 0, 0, 0, 0])
        #expect(Array(bytes[56..<96]) == digest("b").bytes + [0, 0, 0x40, 0, 1, 0, 0, 0])
        #expect(try decode(bytes) == list)
        let full = ListSegment(rows: [ChunkRow](repeating: list.rows[0], count: 8_192))
        #expect(full.encoded().count == Limits.segment)
        #expect(try decode(full.encoded()) == full)
    }

    @Test func everyElementTypeIsAccepted() throws {
        let rows = try (0...255).map { ChunkRow(name: try chunk("x", 9), element: ElementType(rawValue: UInt8($0))) }
        #expect(try decode(ListSegment(rows: rows).encoded()).rows == rows)
    }

    @Test func badHeadsAreRefused() throws {
        let bytes = try Samples.list().encoded()
        expectRefusal("too short") { try decode([]) }
        expectRefusal("too short") { try decode(Array(bytes[..<15])) }
        expectRefusal("WBLIST1") { try decode(bytes.with(0, at: 0)) }
        for offset in 12..<16 { expectRefusal("reserved") { try decode(bytes.with(1, at: offset)) } }
    }

    @Test func lyingLengthsAreRefused() throws {
        let bytes = try Samples.list().encoded()
        for rows in [2, 4, 8_192] as [UInt32] { expectRefusal("length") { try decode(bytes.with32(rows, at: 8)) } }
        for rows in [8_193, 107_374_182, .max] as [UInt32] { expectRefusal("rows, where") { try decode(bytes.with32(rows, at: 8)) } }
        expectRefusal("0 rows") { try decode(Array(bytes[..<16]).with32(0, at: 8)) }
        expectRefusal("length") { try decode(bytes + [0]) }
        expectRefusal("length") { try decode(Array(bytes.dropLast())) }
        let tooMany = ListSegment(rows: [ChunkRow](repeating: try Samples.list().rows[0], count: 8_193))
        expectRefusal("8193 rows") { try decode(tooMany.encoded()) }
    }

    @Test func badRowsAreRefused() throws {
        let bytes = try Samples.list().encoded()
        expectRefusal("a chunk of 0 bytes") { try decode(bytes.with32(0, at: 56 + 32)) }
        expectRefusal("a chunk of 4194305 bytes") { try decode(bytes.with32(4_194_305, at: 56 + 32)) }
        for offset in 37..<40 { expectRefusal("reserved") { try decode(bytes.with(1, at: 56 + offset)) } }
    }
}
