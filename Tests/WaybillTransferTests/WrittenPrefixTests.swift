import Testing
import WaybillCodec
import WaybillTestSupport
import WaybillTransfer

@Suite struct WrittenPrefixTests {
    @Test("in any order of writing the prefix is what is written without a gap, and its growth is told", arguments: UInt64(1)...40)
    func anyOrder(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let rows = (0..<Int.random(in: 1...6, using: &generator)).map { _ in Int.random(in: 0...40, using: &generator) }
        var written = rows.map { count in (0..<count).map { _ in Int.random(in: 0..<3, using: &generator) == 0 } }
        var open: [Destination] = []
        for (target, rows) in written.enumerated() {
            for (row, isWritten) in rows.enumerated() where !isWritten { open.append(Destination(target: target, row: row, offset: row)) }
        }
        var prefix = WrittenPrefix(rows: rows, open: open)
        func expected(_ target: Int) -> Int { written[target].firstIndex(of: false) ?? rows[target] }
        for target in rows.indices { #expect(prefix.count(target) == expected(target)) }
        open.shuffle(using: &generator)
        for destination in open {
            let before = expected(destination.target)
            written[destination.target][destination.row] = true
            #expect(prefix.write(destination) == (expected(destination.target) > before))
            for target in rows.indices { #expect(prefix.count(target) == expected(target)) }
        }
        #expect(rows.indices.allSatisfy { prefix.count($0) == rows[$0] })
    }
}
