import Testing
import WaybillSystem
import WaybillTestSupport

@Suite struct SHA256RunningTests {
    @Test("kept at any place and taken up again, it gives the digest of the whole")
    func states() throws {
        var generator = SeededGenerator(seed: 3)
        let bytes = generator.bytes(5_000)
        let whole = SHA256.digest(of: bytes)
        for cut in Array(0...130) + [1_000, 4_095, 4_096, 4_999, 5_000] {
            var first = SHA256Running()
            first.update(bytes.span.extracting(0..<cut))
            let kept = first.state.encoded
            #expect(kept.count == SHA256Running.State.encodedByteCount)
            let state = try #require(SHA256Running.State(decoding: kept))
            #expect(state.byteCount == cut && state == first.state)
            var second = SHA256Running(state)
            second.update(bytes.span.extracting(cut..<5_000))
            #expect(second.digest() == whole, "cut at \(cut)")
            #expect(first.digest() == SHA256.digest(of: Array(bytes.prefix(cut))))
        }
    }

    @Test("what is no state is refused")
    func refused() {
        var running = SHA256Running()
        running.update([1, 2, 3].span)
        let good = running.state.encoded
        #expect(SHA256Running.State(decoding: good) != nil)
        #expect(SHA256Running.State(decoding: Array(good.dropLast())) == nil)
        #expect(SHA256Running.State(decoding: good + [0]) == nil)
        var negative = good
        negative[7] = 0x80
        #expect(SHA256Running.State(decoding: negative) == nil)
        // Behind the rest of a block there are zeros.
        var longer = good
        longer[43] = 1
        #expect(SHA256Running.State(decoding: longer) == nil)
    }
}
