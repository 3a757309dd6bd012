import Testing
import WaybillFormat

@Suite struct LocatorTests {
    private func decode(_ bytes: [UInt8]) throws -> Locator { try Locator(decoding: bytes, subject: "locator") }

    /// The bytes with a checksum that matches.
    private func sealed(_ bytes: [UInt8]) -> [UInt8] { bytes.with32(CRC32.checksum(bytes, count: bytes.count - 4), at: bytes.count - 4) }

    /// The sample with `alternates` of 80 bytes before the checksum.
    private func withAlternates(_ alternates: [UInt8]) -> [UInt8] {
        let bytes = Samples.locator().encoded()
        let grown = Array(bytes.dropLast(4)) + alternates + [0, 0, 0, 0]
        return sealed(grown.with32(UInt32(alternates.count / 80), at: 48))
    }

    private let alternate: [UInt8] =
        [2, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0] + [UInt8](repeating: 7, count: 32) + [UInt8](repeating: 0, count: 28)

    private let rows = 56 + 64

    @Test func locatorsSurvive() throws {
        let locator = Samples.locator()
        let bytes = locator.encoded()
        #expect(bytes.count == 56 + 2 * 32 + 4 * 12 + 4)
        #expect(Array(bytes[40..<56]) == [4, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(locator.packs == [digest("p1"), digest("p0")])
        #expect(Array(bytes[rows + 12..<rows + 24]) == [255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(Array(bytes[rows + 24..<rows + 36]) == [1, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0])
        #expect(try decode(bytes) == locator)
        #expect(try Locator(decoding: bytes, segment: digest("segment"), rows: 4, subject: "locator") == locator)
        let nothing = Locator(segment: digest("s"), places: [nil])
        #expect(try decode(nothing.encoded()) == nothing)
    }

    @Test func theTableIsKept() throws {
        // A pack that no row uses, and an order of one's own.
        let bytes = Samples.locator().encoded()
        var other = bytes
        other.replaceSubrange(56..<88, with: digest("unused").bytes)
        other = sealed(other.with32(1, at: rows).with32(1, at: rows + 36))
        let locator = try decode(other)
        #expect(locator.packs == [digest("unused"), digest("p0")])
        #expect(locator.encoded() == other)
    }

    @Test func anotherListIsRefused() throws {
        let bytes = Samples.locator().encoded()
        expectRefusal("another list") { try Locator(decoding: bytes, segment: digest("other"), rows: 4, subject: "locator") }
        expectRefusal("where the list has 5") { try Locator(decoding: bytes, segment: digest("segment"), rows: 5, subject: "locator") }
    }

    @Test func badHeadsAreRefused() throws {
        let bytes = Samples.locator().encoded()
        expectRefusal("cannot have 0") { try decode([]) }
        expectRefusal("cannot have 59") { try decode(Array(bytes[..<59])) }
        expectRefusal("cannot have 16777217") { try decode(bytes + [UInt8](repeating: 0, count: 16_777_217 - bytes.count)) }
        expectRefusal("WBLOCT1") { try decode(sealed(bytes.with(0, at: 3))) }
        for offset in 52..<56 { expectRefusal("reserved") { try decode(sealed(bytes.with(1, at: offset))) } }
        expectRefusal("CRC-32") { try decode(bytes.with(bytes[bytes.count - 1] ^ 1, at: bytes.count - 1)) }
        expectRefusal("CRC-32") { try decode(bytes.with(bytes[60] ^ 1, at: 60)) }
    }

    @Test func lyingLengthsAreRefused() throws {
        let bytes = Samples.locator().encoded()
        for (field, limit) in [(40, 8_192), (44, 65_536), (48, 65_536)] as [(Int, UInt32)] {
            expectRefusal("length") { try decode(sealed(bytes.with32(limit, at: field))) }
            for count in [limit + 1, .max] { #expect(throws: FormatError.self) { try decode(sealed(bytes.with32(count, at: field))) } }
        }
        expectRefusal("8193 rows") { try decode(sealed(bytes.with32(8_193, at: 40))) }
        expectRefusal("0 rows") { try decode(sealed(bytes.with32(0, at: 40))) }
        expectRefusal("65537 packs") { try decode(sealed(bytes.with32(65_537, at: 44))) }
        expectRefusal("65537 alternates") { try decode(sealed(bytes.with32(65_537, at: 48))) }
        expectRefusal("length") { try decode(sealed(bytes + [0])) }
        expectRefusal("length") { try decode(sealed(Array(bytes.dropLast()))) }
    }

    @Test func badRowsAreRefused() throws {
        let bytes = Samples.locator().encoded()
        expectRefusal("twice") { try decode(sealed(Array(bytes[..<88]) + Array(bytes[56..<88]) + Array(bytes[120...]))) }
        expectRefusal("pack 2 of 2") { try decode(sealed(bytes.with32(2, at: rows))) }
        expectRefusal("pack 4294967294 of 2") { try decode(sealed(bytes.with32(0xFFFF_FFFE, at: rows))) }
        expectRefusal("in no pack") { try decode(sealed(bytes.with32(1, at: rows + 12 + 4))) }
        expectRefusal("in no pack") { try decode(sealed(bytes.with32(1, at: rows + 12 + 8))) }
        expectRefusal("no bytes") { try decode(sealed(bytes.with32(0, at: rows + 8))) }
        expectRefusal("beyond") { try decode(sealed(bytes.with32(69, at: rows + 36 + 4))) }
        expectRefusal("beyond") { try decode(sealed(bytes.with32(.max, at: rows + 4).with32(.max, at: rows + 8))) }
    }

    @Test func alternatesAreKeptAndChangeNothing() throws {
        let bytes = withAlternates(alternate + alternate)
        let locator = try decode(bytes)
        #expect(locator.places == Samples.locator().places)
        #expect(locator.encoded() == bytes)
    }

    @Test func badAlternatesAreRefused() throws {
        expectRefusal("no such row") { try decode(withAlternates(alternate.with32(4, at: 0))) }
        expectRefusal("pack 2 of 2") { try decode(withAlternates(alternate.with32(2, at: 4))) }
        expectRefusal("in no pack") { try decode(withAlternates(alternate.with32(.max, at: 4).with32(0, at: 8).with32(0, at: 12))) }
        expectRefusal("beyond") { try decode(withAlternates(alternate.with32(.max, at: 8))) }
        for offset in Array(17..<20) + Array(52..<80) {
            expectRefusal("reserved") { try decode(withAlternates(alternate.with(1, at: offset))) }
        }
    }
}
