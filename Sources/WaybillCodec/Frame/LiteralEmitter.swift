/// Writes the symbols of one block of literals with a given code: the encoder's hottest loop.
final class LiteralEmitter {
    /// Bytes of a block for each pair of symbols from which on it pays to join the codes of all pairs beforehand.
    private static let bytesPerPair = 2

    /// Code << 8 | length of each symbol.
    private let single: UnsafeMutablePointer<UInt32>
    /// The same of two symbols, by second byte << 8 | first byte. Only pairs of symbols that occur are set.
    private let pairs: UnsafeMutablePointer<UInt32>
    private let used: UnsafeMutablePointer<Int>

    init() {
        single = .allocate(capacity: HuffmanCode.maximumSymbols)
        pairs = .allocate(capacity: 1 << 16)
        used = .allocate(capacity: 256)
    }

    deinit {
        single.deallocate()
        pairs.deallocate()
        used.deallocate()
    }

    /// Appends the bytes and the end of the block. `lengths` are the code lengths of the 257 symbols, at most
    /// `LiteralDeflater.codeLimit`; every byte has one.
    func emit(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ lengths: UnsafePointer<UInt8>, to output: inout BitWriter) {
        HuffmanCode.assign(lengths, symbols: HuffmanCode.maximumSymbols, into: single)
        var symbols = 0
        for symbol in 0..<256 where lengths[symbol] > 0 {
            used[symbols] = symbol
            symbols += 1
        }
        var writer = output
        let whole = count & ~7
        if symbols * symbols * Self.bytesPerPair <= count {
            joinPairs(symbols)
            emitPairs(bytes, whole, &writer)
        } else {
            emitSingly(bytes, whole, &writer)
        }
        for index in whole..<count { Self.put(single[Int(bytes[index])], &writer) }
        Self.put(single[256], &writer)
        output = writer
    }

    private func joinPairs(_ symbols: Int) {
        for second in 0..<symbols {
            let row = pairs + used[second] << 8
            let last = single[used[second]]
            for first in 0..<symbols {
                let entry = single[used[first]]
                let code = entry &>> 8 | (last &>> 8) &<< (entry & 0xFF)
                row[used[first]] = code &<< 8 | (entry & 0xFF) &+ (last & 0xFF)
            }
        }
    }

    @inline(__always)
    private static func put(_ entry: UInt32, _ writer: inout BitWriter) { writer.put(UInt64(entry >> 8), UInt64(entry & 0xFF)) }

    /// Appends two codes. An entry's low byte is its length: sums stay below 64, and a masked shift looks at no other bit.
    @inline(__always)
    private static func put(_ e0: UInt64, _ e1: UInt64, _ writer: inout BitWriter) {
        writer.put(e0 &>> 8 | (e1 &>> 8) &<< e0, (e0 &+ e1) & 63)
    }

    private func emitPairs(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ writer: inout BitWriter) {
        let table = UnsafePointer(pairs)
        let raw = UnsafeRawPointer(bytes)
        var local = writer
        var i = 0
        while i < count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            @inline(__always) func entry(_ shift: UInt64) -> UInt64 { UInt64(table[Int(truncatingIfNeeded: word &>> shift & 0xFFFF)]) }
            Self.put(entry(0), entry(16), &local)
            Self.put(entry(32), entry(48), &local)
            i &+= 8
        }
        writer = local
    }

    /// Four symbols are joined in pairs, so that only one shift of the bit buffer waits for another.
    private func emitSingly(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ writer: inout BitWriter) {
        let table = UnsafePointer(single)
        let raw = UnsafeRawPointer(bytes)
        var local = writer
        var i = 0
        while i < count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            @inline(__always) func two(_ shift: UInt64) -> UInt64 {
                let e0 = UInt64(table[Int(truncatingIfNeeded: word &>> shift & 0xFF)])
                let e1 = UInt64(table[Int(truncatingIfNeeded: word &>> (shift &+ 8) & 0xFF)])
                return (e0 &>> 8 | (e1 &>> 8) &<< e0) &<< 8 | (e0 &+ e1) & 63
            }
            Self.put(two(0), two(16), &local)
            Self.put(two(32), two(48), &local)
            i &+= 8
        }
        writer = local
    }
}
