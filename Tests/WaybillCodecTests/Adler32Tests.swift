import CZlib
import Testing
import WaybillCodec

@Suite struct Adler32Tests {
    @Test func equalsThatOfZlib() {
        var random = SeededGenerator(1)
        for count in [0, 1, 15, 16, 255, 256, 257, 511, 5_552, 100_000] {
            // All ones reach the largest sums.
            for bytes in [random.bytes(count), [UInt8](repeating: 0xFF, count: count)] {
                let expected = UInt32(truncatingIfNeeded: adler32(1, bytes, UInt32(count)))
                #expect(Adler32.checksum(bytes, count: count) == expected, "\(count) bytes")
            }
        }
    }
}
