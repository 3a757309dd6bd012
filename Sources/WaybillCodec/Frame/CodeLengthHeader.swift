/// The code lengths at the head of a dynamic DEFLATE block, run-length coded and then Huffman coded (RFC 1951, 3.2.7).
final class CodeLengthHeader {
    private static let order: [Int] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let alphabet = 19
    /// 257 literal lengths and two distance codes of one bit: no match is ever written, but some decoders want a complete code.
    private static let lengthCount = HuffmanCode.maximumSymbols + 2

    /// (symbol, extra bits' value, extra bits).
    private var tokens: [(symbol: UInt8, value: UInt8, width: UInt8)] = []
    private let counts: UnsafeMutablePointer<UInt32>
    private let lengths: UnsafeMutablePointer<UInt8>
    private let table: UnsafeMutablePointer<UInt32>
    private var written = 0

    init() {
        tokens.reserveCapacity(Self.lengthCount)
        counts = .allocate(capacity: Self.alphabet)
        lengths = .allocate(capacity: Self.alphabet)
        table = .allocate(capacity: Self.alphabet)
    }

    deinit {
        counts.deallocate()
        lengths.deallocate()
        table.deallocate()
    }

    /// Prepares the header for these 257 lengths; returns its bits, the three of the block type included.
    func prepare(_ literals: UnsafePointer<UInt8>, with code: HuffmanCode) -> Int {
        tokenise(literals)
        for symbol in 0..<Self.alphabet { counts[symbol] = 0 }
        for token in tokens { counts[Int(token.symbol)] += 1 }
        code.lengths(of: counts, symbols: Self.alphabet, limit: 7, into: lengths)
        HuffmanCode.assign(lengths, symbols: Self.alphabet, into: table)
        written = Self.alphabet
        while written > 4, lengths[Self.order[written - 1]] == 0 { written -= 1 }
        var bits = 3 + 5 + 5 + 4 + 3 * written
        for token in tokens { bits += Int(lengths[Int(token.symbol)]) + Int(token.width) }
        return bits
    }

    /// Writes what `prepare` prepared.
    func write(isLast: Bool, to output: inout BitWriter) {
        output.put((isLast ? 1 : 0) | 2 << 1, 3)
        output.put(UInt64(HuffmanCode.maximumSymbols - 257), 5)
        output.put(1, 5)
        output.put(UInt64(written - 4), 4)
        for index in 0..<written { output.put(UInt64(lengths[Self.order[index]]), 3) }
        for token in tokens {
            let entry = table[Int(token.symbol)]
            output.put(UInt64(entry >> 8), UInt64(entry & 0xFF))
            output.put(UInt64(token.value), UInt64(token.width))
        }
    }

    private func tokenise(_ literals: UnsafePointer<UInt8>) {
        tokens.removeAll(keepingCapacity: true)
        func length(_ index: Int) -> UInt8 { index < HuffmanCode.maximumSymbols ? literals[index] : 1 }
        var index = 0
        while index < Self.lengthCount {
            let value = length(index)
            var run = 1
            while index + run < Self.lengthCount, length(index + run) == value { run += 1 }
            index += run
            if value > 0 {
                tokens.append((value, 0, 0))
                run -= 1
            }
            while run >= 3 {
                if value > 0 {
                    let part = min(run, 6)
                    tokens.append((16, UInt8(part - 3), 2))
                    run -= part
                } else if run <= 10 {
                    tokens.append((17, UInt8(run - 3), 3))
                    run = 0
                } else {
                    let part = min(run, 138)
                    tokens.append((18, UInt8(part - 11), 7))
                    run -= part
                }
            }
            for _ in 0..<run { tokens.append((value, 0, 0)) }
        }
    }
}
