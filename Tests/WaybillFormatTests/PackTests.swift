import Testing
import WaybillFormat

@Suite struct PackTests {
    private func decode(_ bytes: [UInt8]) throws -> PackFooter { try PackFooter(decoding: bytes, subject: "pack") }

    private func row(_ index: Int, _ field: Int) -> Int { 56 + 80 * index + field }

    @Test func footersSurvive() throws {
        let footer = try Samples.footer()
        let bytes = footer.encoded()
        #expect(bytes.count == PackFooter.encodedByteCount(rows: 3))
        #expect(bytes.count == 56 + 240)
        #expect(try decode(bytes) == footer)
        #expect(footer.packByteCount == footer.bodyEnd + bytes.count + 16)
        #expect(try PackFooter(decoding: bytes, subject: "pack", packSize: footer.packByteCount) == footer)
        #expect(PackFooter.header == Array("WBPACK1\n".utf8))
    }

    @Test func theLayoutIsTheDocumented() throws {
        let bytes = try Samples.footer().encoded()
        #expect(Array(bytes[..<8]) == Array("WBFOOT1\n".utf8))
        #expect(Array(bytes[8..<24]) == Array(1...16))
        #expect(Array(bytes[24..<36]) == [0x59, 0x02, 0x40, 0, 0, 0, 0, 0, 3, 0, 0, 0], "8 + 60 + 4,194,816 + 21 = 0x400259")
        #expect(Array(bytes[56..<88]) == digest("chunk 0").bytes)
        #expect(Array(bytes[88..<136]) == [100, 0, 0, 0, 60, 0, 0, 0, 8, 0, 0, 0] + [UInt8](repeating: 0, count: 36))
    }

    @Test func badHeadsAreRefused() throws {
        let bytes = try Samples.footer().encoded()
        expectRefusal("too short") { try decode([]) }
        expectRefusal("too short") { try decode(Array(bytes[..<55])) }
        expectRefusal("WBFOOT1") { try decode(bytes.with(0x32, at: 6)) }
        expectRefusal("0 rows, where") { try decode(Array(bytes[..<56]).with32(0, at: 32)) }
        for offset in 36..<56 { expectRefusal("reserved") { try decode(bytes.with(1, at: offset)) } }
    }

    @Test func lyingLengthsAreRefused() throws {
        let bytes = try Samples.footer().encoded()
        for rows in [2, 4, 262_144] as [UInt32] { expectRefusal("length") { try decode(bytes.with32(rows, at: 32)) } }
        for rows in [262_145, .max] as [UInt32] { expectRefusal("rows, where") { try decode(bytes.with32(rows, at: 32)) } }
        expectRefusal("length") { try decode(bytes + [0]) }
        expectRefusal("length") { try decode(Array(bytes.dropLast())) }
        expectRefusal("beyond") { try decode(bytes.with32(1, at: 28)) }
        expectRefusal("beyond") { try decode(bytes.with(0xFF, at: 31)) }
        expectRefusal("where it says") {
            try PackFooter(decoding: bytes, subject: "pack", packSize: try Samples.footer().packByteCount + 1)
        }
    }

    @Test func badRowsAreRefused() throws {
        let bytes = try Samples.footer().encoded()
        expectRefusal("a chunk of 0 bytes") { try decode(bytes.with32(0, at: row(0, 32))) }
        expectRefusal("a chunk of 4194305 bytes") { try decode(bytes.with32(4_194_305, at: row(0, 32))) }
        expectRefusal("kind 1") { try decode(bytes.with(1, at: row(1, 44))) }
        for field in 45..<80 { expectRefusal("reserved") { try decode(bytes.with(1, at: row(1, field))) } }
        expectRefusal("a frame of 0 bytes") { try decode(bytes.with32(0, at: row(0, 36))) }
        expectRefusal("a frame of 614 bytes") { try decode(bytes.with32(614, at: row(2, 36)).with32(101, at: row(2, 32))) }
    }

    @Test func framesCoverTheBody() throws {
        let name = try chunk("x", 1_000)
        func footer(_ rows: [(Int, Int)], _ end: Int) -> PackFooter {
            PackFooter(nonce: Array(1...16), bodyEnd: end, rows: rows.map { PackRow(name: name, stored: $0.1, offset: $0.0) })
        }
        #expect(throws: Never.self) { try decode(footer([(8, 10), (18, 5)], 23).encoded()) }
        expectRefusal("does not begin where") { try decode(footer([(9, 10)], 19).encoded()) }
        expectRefusal("does not begin where") { try decode(footer([(7, 10)], 17).encoded()) }
        expectRefusal("does not begin where") { try decode(footer([(8, 10), (19, 5)], 24).encoded()) }
        expectRefusal("does not begin where") { try decode(footer([(8, 10), (17, 5)], 22).encoded()) }
        expectRefusal("does not begin where") { try decode(footer([(18, 5), (8, 10)], 23).encoded()) }
        expectRefusal("reaches into") { try decode(footer([(8, 10), (18, 5)], 22).encoded()) }
        expectRefusal("between the last frame") { try decode(footer([(8, 10), (18, 5)], 24).encoded()) }
        #expect(throws: FormatError.self) { try footer([], 8).validated() }
        expectRefusal("262145 rows") { try footer((0..<262_145).map { (8 + $0, 1) }, 8 + 262_145).validated() }
        expectRefusal("larger than") { try footer([(8, 1)], .max).validated() }
        #expect(throws: FormatError.self) {
            try PackFooter(nonce: [1], bodyEnd: 9, rows: [PackRow(name: name, stored: 1, offset: 8)]).validated()
        }
    }

    @Test func packsAreBounded() throws {
        // 16 frames of the largest size are 64 MiB and a little: one byte under the limit passes, the limit's next does not.
        let name = try chunk("x", Limits.chunk)
        func footer(lastStored: Int) -> PackFooter {
            var offset = 8
            let rows = (0..<16).map { index in
                let stored = index == 15 ? lastStored : Limits.chunk
                defer { offset += stored }
                return PackRow(name: name, stored: stored, offset: offset)
            }
            return PackFooter(nonce: Array(1...16), bodyEnd: offset, rows: rows)
        }
        let room = Limits.pack - 8 - 15 * Limits.chunk - PackFooter.encodedByteCount(rows: 16) - 16
        #expect(try decode(footer(lastStored: room).encoded()).packByteCount == 67_108_864)
        expectRefusal("larger than 67108864") { try decode(footer(lastStored: room + 1).encoded()) }
    }

    @Test func trailersSurvive() throws {
        let trailer = PackTrailer(footerByteCount: 136)
        let bytes = trailer.encoded()
        #expect(bytes == [136, 0, 0, 0, 0, 0, 0, 0] + Array("WBPKEND\n".utf8))
        let found = try PackTrailer(decoding: bytes, packSize: 160, subject: "pack")
        #expect(found == trailer)
        #expect(found.footerOffset(packSize: 160) == 8)
    }

    @Test func badTrailersAreRefused() throws {
        let bytes = PackTrailer(footerByteCount: 136).encoded()
        func decode(_ bytes: [UInt8], _ size: Int = 1_000) throws -> PackTrailer {
            try PackTrailer(decoding: bytes, packSize: size, subject: "pack")
        }
        expectRefusal("too short") { try decode([]) }
        expectRefusal("too short") { try decode(Array(bytes.dropFirst())) }
        for offset in 4..<8 { expectRefusal("reserved") { try decode(bytes.with(1, at: offset)) } }
        expectRefusal("WBPKEND") { try decode(bytes.with(0, at: 15)) }
        for length in [0, 56, 135, 137, 56 + 80 * 262_145, .max] as [UInt32] {
            expectRefusal("cannot have") { try decode(bytes.with32(length, at: 0), Limits.pack) }
        }
        expectRefusal("longer than the pack") { try decode(bytes, 159) }
        expectRefusal("longer than the pack") { try decode(bytes, 0) }
        expectRefusal("larger than") { try decode(bytes, Limits.pack + 1) }
    }
}
