import Testing
import WaybillSystem
import WaybillTestSupport

@Suite struct SlabTests {
    private func filled(_ bytes: [UInt8], capacity: Int) -> Slab {
        let slab = Slab(capacity: capacity)
        slab.add(bytes)
        return slab
    }

    @Test("what does not fit changes nothing")
    func capacity() {
        let slab = Slab(capacity: 8)
        let (seven, two, one): ([UInt8], [UInt8], [UInt8]) = (Array(1...7), [8, 9], [8])
        #expect(slab.add(seven))
        #expect(!slab.add(two))
        #expect(slab.bytes(0..<8) == seven)
        #expect(slab.add(one))
        #expect(slab.count == 8)
        #expect(!slab.add(one))
        #expect(!slab.add(raw: one))
        #expect(slab.add(raw: []))
        #expect(slab.bytes(0..<8) == Array(1...8))
    }

    @Test("the fill mark stays within the capacity")
    func resize() {
        let slab = filled([1, 2, 3], capacity: 4)
        #expect(!slab.resize(5))
        #expect(!slab.resize(-1))
        #expect(slab.count == 3)
        #expect(slab.resize(0))
        #expect(slab.resize(4))
        #expect(slab.bytes(0..<3) == [1, 2, 3])
        #expect(Slab(capacity: 0).capacity == 1)
        #expect(Slab(capacity: -5).capacity == 1)
    }

    @Test("ranges are cut to what is filled")
    func clamping() {
        let slab = filled([1, 2, 3, 4], capacity: 16)
        #expect(slab.bytes(2..<16) == [3, 4])
        #expect(slab.bytes(-3..<2) == [1, 2])
        #expect(slab.bytes(9..<12) == [])
        #expect(slab.withSpan(1..<9) { $0.count } == 3)
        #expect(slab.withSpan { $0.count } == 4)
        #expect(slab.withRawSpan(3..<99) { $0.byteCount } == 1)
    }

    @Test("only filled bytes of another slab are copied")
    func appendSlab() {
        let source = filled([1, 2, 3, 4], capacity: 16)
        let slab = Slab(capacity: 5)
        #expect(!slab.append(source, range: 2..<5))
        #expect(!slab.append(source, range: -1..<2))
        #expect(slab.count == 0)
        #expect(slab.append(source, range: 1..<4))
        #expect(!slab.append(source, range: 0..<3))
        #expect(slab.append(source, range: 0..<2))
        #expect(slab.bytes(0..<5) == [2, 3, 4, 1, 2])
    }

    @Test("discarding moves the rest to the front")
    func discard() {
        var generator = SeededGenerator(seed: 3)
        let bytes = generator.bytes(1_000)
        for offset in [0, 1, 499, 500, 999, 1_000, 1_001] {
            let slab = filled(bytes, capacity: 1_024)
            slab.discard(first: offset)
            #expect(slab.bytes(0..<1_024) == Array(bytes.dropFirst(offset)))
        }
        let slab = filled(bytes, capacity: 1_024)
        slab.discard(first: -4)
        #expect(slab.bytes(0..<1_024) == bytes)
    }

    @Test("zeros are told from anything else, wherever it stands")
    func zero() {
        for count in [1, 2, 7, 8, 9, 64, 65, 1_000] {
            let slab = filled([UInt8](repeating: 0, count: count), capacity: 1_024)
            #expect(slab.isZero(0..<count))
            for place in [0, count / 2, count - 1] {
                var bytes = [UInt8](repeating: 0, count: count)
                bytes[place] = 1
                #expect(!filled(bytes, capacity: 1_024).isZero(0..<count))
                #expect(filled(bytes, capacity: 1_024).isZero(place + 1..<count))
            }
        }
        #expect(filled([7], capacity: 4).isZero(1..<4))
    }

    @Test("random appends and discards agree with an array")
    func model() {
        var generator = SeededGenerator(seed: 4)
        let slab = Slab(capacity: 4_096)
        var model: [UInt8] = []
        for _ in 0..<2_000 {
            switch Int.random(in: 0..<3, using: &generator) {
            case 0:
                let bytes = generator.bytes(Int.random(in: 0...900, using: &generator))
                let fits = bytes.count <= 4_096 - model.count
                #expect(slab.add(bytes) == fits)
                if fits { model += bytes }
            case 1:
                let count = Int.random(in: 0...500, using: &generator)
                slab.discard(first: count)
                model.removeFirst(min(count, model.count))
            default:
                let count = Int.random(in: 0...model.count, using: &generator)
                #expect(slab.resize(count))
                model.removeLast(model.count - count)
            }
            #expect(slab.bytes(0..<4_096) == model)
        }
    }
}
