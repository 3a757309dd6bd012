import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

@Suite struct CopySelectionTests {
    private func select(
        _ live: Set<ChunkName>, _ packs: [(standing: PackTally.Standing, rows: [PackRow])]
    ) -> CopySelection {
        var chunks = LiveChunks()
        for name in live { chunks.insert(name) }
        chunks.seal()
        var selection = CopySelection(chunks)
        for (number, pack) in packs.enumerated() {
            let size = pack.rows.reduce(100) { $0 + $1.stored }
            selection.add(PackTally(name: SHA256.digest(of: [UInt8(number)]), byteCount: size, standing: pack.standing), rows: pack.rows)
        }
        for (number, pack) in packs.enumerated() { selection.look(at: number, rows: pack.rows) }
        selection.finish()
        return selection
    }

    @Test("of every live chunk that lies somewhere, exactly one copy is chosen", arguments: 0..<20)
    func oneCopy(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let names = (0..<60).map { ModelStore.name($0) }
        let live = Set(names.filter { _ in Bool.random(using: &generator) })
        let standings: [PackTally.Standing] = [.young, .settled, .condemned]
        let packs = (0..<12).map { _ -> (PackTally.Standing, [PackRow]) in
            var offset = 8
            // A chunk may stand in a pack twice.
            let rows = (0..<Int.random(in: 1...20, using: &generator)).map { _ -> PackRow in
                let row = PackRow(
                    name: names[Int.random(in: 0..<55, using: &generator)], stored: Int.random(in: 1...100, using: &generator),
                    offset: offset)
                offset += row.stored
                return row
            }
            return (standings[Int.random(in: 0..<3, using: &generator)], rows)
        }
        let selection = select(live, packs.map { (standing: $0.0, rows: $0.1) })
        var chosen: [ChunkName: (pack: Int, standing: PackTally.Standing)] = [:]
        var needed = [Int](repeating: 0, count: packs.count)
        for (number, pack) in packs.enumerated() {
            for row in pack.1 where selection.isChosen(row, in: number) {
                #expect(chosen.updateValue((number, pack.0), forKey: row.name) == nil)
                needed[number] += row.stored
            }
        }
        let stored = Set(packs.flatMap { $0.1.map(\.name) })
        #expect(Set(chosen.keys) == live.intersection(stored))
        #expect(selection.packs.map(\.neededBytes) == needed)
        #expect(selection.missing == live.subtracting(stored).count)
        #expect(selection.liveChunks == chosen.count)
        #expect(selection.liveRawBytes == chosen.count * 100)
        // A condemned pack is needed only for what lies nowhere else.
        for (name, choice) in chosen where choice.standing == .condemned {
            #expect(packs.allSatisfy { $0.0 == .condemned || !$0.1.contains { $0.name == name } })
        }
    }

    @Test("packs that stay come first, then those with the most life")
    func preference() {
        func rows(_ chunks: [Int]) -> [PackRow] { ModelStore.footer(chunks) }
        let live = Set([1, 2, 3].map { ModelStore.name($0) })
        // Both hold chunk 1; the second holds less that is dead.
        let byLife = select(live, [(.settled, rows([1, 90, 91])), (.settled, rows([1, 2, 3]))])
        #expect(byLife.packs.map(\.neededBytes) == [0, 300])
        #expect(byLife.packs[0].deadPercent == 100)
        let byStanding = select(live, [(.condemned, rows([1, 2, 3])), (.settled, rows([1, 90, 91]))])
        #expect(byStanding.packs.map(\.neededBytes) == [200, 100])
        let byYouth = select(live, [(.settled, rows([1, 2, 3])), (.young, rows([1, 90, 91]))])
        #expect(byYouth.packs.map(\.neededBytes) == [200, 100])
    }

    @Test("chunks whose digests begin alike are told apart")
    func equalPrefixes() throws {
        let head = [UInt8](repeating: 7, count: 8)
        let names = try (0..<4).map { number in
            try #require(ChunkName(digest: Digest((head + [UInt8](repeating: UInt8(number), count: 24)).span, at: 0), length: 100))
        }
        let rows = { (names: [ChunkName]) in names.enumerated().map { PackRow(name: $0.element, stored: 10, offset: 8 + 10 * $0.offset) } }
        let selection = select([names[0], names[1]], [(.settled, rows([names[0]])), (.settled, rows([names[1], names[2]]))])
        #expect(selection.isChosen(rows([names[0]])[0], in: 0))
        #expect(selection.isChosen(rows([names[1]])[0], in: 1))
        // The third is taken for live, which only keeps what might go.
        #expect(selection.packs.map(\.neededBytes) == [10, 20])
    }

    @Test("live chunks are a set", arguments: [1, 10, 100_000])
    func liveChunks(count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        var chunks = LiveChunks()
        var digests: Set<Digest> = []
        for _ in 0..<count {
            let digest = Digest(generator.bytes(32).span, at: 0)
            digests.insert(digest)
            for _ in 0..<2 { if let name = ChunkName(digest: digest, length: 1) { chunks.insert(name) } }
        }
        chunks.seal()
        #expect(chunks.count == digests.count)
        #expect(digests.prefix(1_000).allSatisfy { digest in ChunkName(digest: digest, length: 1).map { chunks.contains($0) } ?? false })
        let stranger = ChunkName(digest: Digest(generator.bytes(32).span, at: 0), length: 1)
        #expect(stranger.map { chunks.contains($0) } == false)
        #expect(chunks.missing == digests.count)
    }
}
