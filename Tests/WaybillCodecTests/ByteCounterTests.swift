import Testing
import WaybillCodec

@Suite struct ByteCounterTests {
    private let counter = ByteCounter()

    /// Twice in a row: what is kept between uses must not show.
    @Test(arguments: [0, 1, 7, 8, 4_095, 4_096, 4_097, 32_768, 100_003])
    func countsWhatIsThere(length: Int) {
        var random = SeededGenerator(UInt64(length))
        // Ranges on both sides of the widest whose pairs are counted, at both ends of the byte values.
        for (lowest, width) in [(0, 256), (0, 96), (0, 97), (159, 97), (160, 96), (255, 1), (100, 20)] {
            let bytes = (0..<length).map { _ in UInt8(lowest + Int(random.next() % UInt64(width))) }
            var expected = [UInt32](repeating: 0, count: 256)
            for byte in bytes { expected[Int(byte)] += 1 }
            for _ in 0..<2 {
                var counts = [UInt32](repeating: 99, count: 256)
                counter.count(bytes, length, into: &counts)
                #expect(counts == expected, "\(length) bytes of \(width) values from \(lowest)")
            }
        }
    }
}
