import Testing
import WaybillCodec
import WaybillFormat
import WaybillSystem

@Suite struct GearChunkerTests {
    private static func gear() -> [UInt64] {
        (0..<256).map { byte in
            SHA256.digest(of: Array("waybill gear t1".utf8) + [UInt8(byte)]).bytes.prefix(8).reversed()
                .reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
    }

    /// Section 2 of the plan, word for word.
    private static func reference(_ bytes: [UInt8], from start: Int) -> Int {
        let table = gear()
        let n = bytes.count - start
        if n <= 262_144 { return n }
        var hash: UInt64 = 0
        for i in (262_144 - 64)..<min(n, 4_194_304) {
            hash = (hash << 1) &+ table[Int(bytes[start + i])]
            guard i + 1 >= 262_144 else { continue }
            if i + 1 < 1_048_576 ? hash >> 42 == 0 : hash >> 46 == 0 { return i + 1 }
        }
        return min(n, 4_194_304)
    }

    private static let random: [UInt8] = {
        var random = SeededGenerator(21)
        return random.bytes(12 << 20)
    }()

    private static func cuts(_ bytes: [UInt8]) -> [Int] {
        let slab = Samples.slab(bytes)
        var cuts = [0]
        while let last = cuts.last, let length = GearChunker.cut(slab, from: last, to: bytes.count, isLast: true) {
            cuts.append(last + length)
        }
        return cuts
    }

    @Test func cutsAreThePlans() {
        let cuts = Self.cuts(Self.random)
        #expect(cuts.last == Self.random.count)
        #expect(cuts.count > 6)
        for (start, end) in zip(cuts, cuts.dropFirst()) {
            #expect(end - start == Self.reference(Self.random, from: start))
        }
    }

    /// 64 bytes after which the hash has 18 zero bits at the top, but not 22.
    private static func looseWindow() -> [UInt8] {
        let table = gear()
        var hash: UInt64 = 0
        for (index, byte) in random.enumerated() {
            hash = (hash << 1) &+ table[Int(byte)]
            if index >= 64, hash >> 46 == 0, hash >> 42 != 0 { return Array(random[index - 63...index]) }
        }
        return []
    }

    @Test func theLooseRuleBeginsAtTheAverage() {
        let window = Self.looseWindow()
        #expect(window.count == 64)
        let average = 1 << 20
        let rest = [UInt8](repeating: 0, count: average)
        func cut(windowEndingAt length: Int) -> Int? {
            let bytes = [UInt8](repeating: 0, count: length - 64) + window + rest
            return GearChunker.cut(Samples.slab(bytes), from: 0, to: bytes.count, isLast: true)
        }
        #expect(cut(windowEndingAt: average - 1) == 2 * average - 1)
        #expect(cut(windowEndingAt: average) == average)
        #expect(cut(windowEndingAt: average + 1) == average + 1)
    }

    @Test func zerosAreCutAtTheMaximum() {
        let zeros = [UInt8](repeating: 0, count: (9 << 20) + 5)
        let cuts = Self.cuts(zeros)
        #expect(cuts == [0, 4 << 20, 8 << 20, (9 << 20) + 5])
        #expect(Self.reference(zeros, from: 0) == 4 << 20)
    }

    @Test func smallRegionsAreOneChunk() {
        for count in [1, 63, 64, 262_143, 262_144, 262_145] {
            #expect(GearChunker.cut(Samples.slab(Self.random), from: 0, to: count, isLast: true) == count)
        }
    }

    /// With fewer bytes the answer is "more", never another cut.
    @Test func partialWindowsGiveTheSameCutOrNone() throws {
        let slab = Samples.slab(Self.random)
        let whole = try #require(GearChunker.cut(slab, from: 0, to: Self.random.count, isLast: true))
        for end in stride(from: 1000, through: 5 << 20, by: 77_777) {
            let cut = GearChunker.cut(slab, from: 0, to: end, isLast: false)
            #expect(cut == (end >= whole ? whole : nil), "window of \(end)")
        }
        let zeros = Samples.slab([UInt8](repeating: 0, count: 5 << 20))
        #expect(GearChunker.cut(zeros, from: 0, to: (4 << 20) - 1, isLast: false) == nil)
        #expect(GearChunker.cut(zeros, from: 0, to: 4 << 20, isLast: false) == 4 << 20)
        #expect(GearChunker.cut(zeros, from: 0, to: 0, isLast: true) == nil)
        #expect(GearChunker.cut(zeros, from: 9 << 20, to: 10 << 20, isLast: true) == nil)
    }

    @Test func anInsertionMovesFewCuts() {
        var edited = Self.random
        edited.insert(contentsOf: [1, 2, 3], at: 2_000_000)
        let before = Set(ChunkPlan.chunks(of: Self.random).chunks)
        let after = ChunkPlan.chunks(of: edited).chunks
        let shared = after.filter { before.contains($0) }.reduce(0) { $0 + $1.length }
        #expect(Double(shared) > 0.6 * Double(edited.count))
        #expect(shared < edited.count)
    }
}
