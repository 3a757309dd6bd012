/// Decodes zlib streams of literals only, as `LiteralDeflater` writes them, several literals a look-up.
///
/// It decides nothing alone: at a match, a stored or fixed block, a code longer than 11 bits or any fault it gives up, and zlib
/// judges the stream from its beginning. What it accepts, zlib accepts with the same bytes.
package final class LiteralInflater {
    private static let tableBits = LiteralDeflater.codeLimit
    private static let literalCodes = HuffmanCode.maximumSymbols
    private static let lengthOrder: [Int] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let tableMask: UInt64 = 1 << UInt64(tableBits) - 1
    /// Literals of a look-up at most.
    private static let most = 6
    /// Look-ups that 56 bits surely feed, the one that is begun ahead of the next refill included.
    private static let lookups = 4
    /// Bytes that a turn of the fast loop may write, and read.
    private static let stepOutput = most * lookups + 2
    private static let stepInput = 8

    /// By the next bits: symbol << 4 | length, symbol 256 at the end of a block.
    private let single: UnsafeMutablePointer<UInt16>
    /// By the next bits: their number, the literals' number << 8, up to six literals from bit 16 on; 0 at the end of a block.
    private let several: UnsafeMutablePointer<UInt64>
    private let lengths: UnsafeMutablePointer<UInt8>
    private let codes: UnsafeMutablePointer<UInt32>

    package init() {
        single = .allocate(capacity: 1 << Self.tableBits)
        several = .allocate(capacity: 1 << Self.tableBits)
        lengths = .allocate(capacity: 320)
        codes = .allocate(capacity: Self.literalCodes)
    }

    deinit {
        single.deallocate()
        several.deallocate()
        lengths.deallocate()
        codes.deallocate()
    }

    private struct Reader {
        let bytes: UnsafePointer<UInt8>
        let count: Int
        var position: Int
        var bits: UInt64 = 0
        var held = 0

        /// Fills up to 56 bits or to the end; beyond `held` all bits are zero afterwards.
        mutating func refill() {
            bits &= held == 0 ? 0 : ~0 >> UInt64(64 - held)
            while held <= 55, position < count {
                bits |= UInt64(bytes[position]) << UInt64(held)
                position += 1
                held += 8
            }
        }

        /// The next `width` (at most 14) bits, or nil at the end.
        mutating func take(_ width: Int) -> Int? {
            if held < width { refill() }
            guard held >= width else { return nil }
            let value = Int(bits & (1 << UInt64(width) - 1))
            drop(width)
            return value
        }

        mutating func drop(_ width: Int) {
            bits >>= UInt64(width)
            held -= width
        }
    }

    /// True if `source` is such a stream of exactly `count` bytes with the right checksum. If false, `target` holds anything.
    package func inflate(_ source: UnsafePointer<UInt8>, stored: Int, into target: UnsafeMutablePointer<UInt8>, count: Int) -> Bool {
        let trailer = stored - 4
        guard trailer > 2, source[0] & 0x0F == 8, source[0] >> 4 <= 7, source[1] & 0x20 == 0,
            (Int(source[0]) << 8 | Int(source[1])) % 31 == 0
        else { return false }
        var reader = Reader(bytes: source, count: stored, position: 2)
        var filled = 0
        var isLast = false
        while !isLast {
            guard let head = reader.take(3), head >> 1 == 2 else { return false }
            isLast = head & 1 == 1
            guard readCodes(&reader), decodeBlock(&reader, target, &filled, count) else { return false }
        }
        // Whole bytes that are held but not used were read ahead.
        guard filled == count, reader.position - reader.held / 8 == trailer else { return false }
        let expected = UInt32(bigEndian: UnsafeRawPointer(source + trailer).loadUnaligned(as: UInt32.self))
        return Adler32.checksum(target, count: count) == expected
    }

    /// Reads a dynamic block's code lengths and builds both tables.
    private func readCodes(_ reader: inout Reader) -> Bool {
        guard let literals = reader.take(5), literals == 0, let distances = reader.take(5), let codeLengths = reader.take(4) else {
            return false
        }
        for index in 0..<19 { lengths[index] = 0 }
        for index in 0..<codeLengths + 4 {
            guard let length = reader.take(3) else { return false }
            lengths[Self.lengthOrder[index]] = UInt8(length)
        }
        guard fillSingle(symbols: 19, tableBits: 7) else { return false }
        let total = Self.literalCodes + distances + 1
        var index = 0
        while index < total {
            if reader.held < 14 { reader.refill() }
            let entry = single[Int(reader.bits & 127)]
            let width = Int(entry & 15)
            guard width <= reader.held else { return false }
            reader.drop(width)
            let symbol = entry >> 4
            var run = 1
            var value: UInt8 = 0
            switch symbol {
            case 0...15: value = UInt8(symbol)
            case 16:
                guard index > 0, let extra = reader.take(2) else { return false }
                value = lengths[index - 1]
                run = 3 + extra
            case 17:
                guard let extra = reader.take(3) else { return false }
                run = 3 + extra
            default:
                guard let extra = reader.take(7) else { return false }
                run = 11 + extra
            }
            guard run <= total - index else { return false }
            for _ in 0..<run {
                lengths[index] = value
                index += 1
            }
        }
        // No match follows, so the distance code must be one of the two forms that every decoder takes: none, or two of one bit.
        let distance = lengths + Self.literalCodes
        guard (distances == 0 && distance[0] == 0) || (distances == 1 && distance[0] == 1 && distance[1] == 1) else { return false }
        guard lengths[256] > 0, fillSingle(symbols: Self.literalCodes, tableBits: Self.tableBits) else { return false }
        fillSeveral()
        return true
    }

    /// Fills the table from `lengths`; false unless the code is complete and fits.
    private func fillSingle(symbols: Int, tableBits: Int) -> Bool {
        var sum = 0
        for symbol in 0..<symbols where lengths[symbol] > 0 {
            guard lengths[symbol] <= tableBits else { return false }
            sum += 1 << (tableBits - Int(lengths[symbol]))
        }
        guard sum == 1 << tableBits else { return false }
        HuffmanCode.assign(lengths, symbols: symbols, into: codes)
        for symbol in 0..<symbols where lengths[symbol] > 0 {
            let length = Int(lengths[symbol])
            let entry = UInt16(symbol << 4 | length)
            var index = Int(codes[symbol] >> 8)
            while index < 1 << tableBits {
                single[index] = entry
                index += 1 << length
            }
        }
        return true
    }

    private func fillSeveral() {
        let endOfBlock: UInt16 = 256 << 4
        for index in 0..<1 << Self.tableBits {
            var bits = 0
            var literals: UInt64 = 0
            var number = 0
            while number < Self.most {
                let next = single[index >> bits]
                let length = Int(next & 15)
                guard next < endOfBlock, bits + length <= Self.tableBits else { break }
                literals |= UInt64(next >> 4) << UInt64(8 * number)
                bits += length
                number += 1
            }
            several[index] = number == 0 ? 0 : UInt64(bits) | UInt64(number) << 8 | literals << 16
        }
    }

    /// Decodes literals up to the end of the block.
    private func decodeBlock(
        _ reader: inout Reader, _ target: UnsafeMutablePointer<UInt8>, _ filled: inout Int, _ count: Int
    ) -> Bool {
        fast(&reader, target, &filled, count)
        while true {
            if reader.held < Self.tableBits { reader.refill() }
            let entry = single[Int(reader.bits & Self.tableMask)]
            let width = Int(entry & 15)
            guard width <= reader.held else { return false }
            reader.drop(width)
            let symbol = entry >> 4
            if symbol == 256 { return true }
            guard filled < count else { return false }
            target[filled] = UInt8(truncatingIfNeeded: symbol)
            filled += 1
        }
    }

    /// Runs while input and output are far from their ends; leaves the end of the block to the careful loop.
    private func fast(_ reader: inout Reader, _ target: UnsafeMutablePointer<UInt8>, _ filled: inout Int, _ count: Int) {
        let table = UnsafePointer(several)
        let lastInput = reader.count - Self.stepInput
        let lastOutput = count - Self.stepOutput
        let input = UnsafeRawPointer(reader.bytes)
        var output = UnsafeMutableRawPointer(target + filled)
        let stop = UnsafeMutableRawPointer(target) + max(lastOutput, 0)
        guard lastOutput >= 0 else { return }
        reader.refill()
        var position = reader.position
        var bits = reader.bits
        var held = UInt64(reader.held)
        // Each look-up waits for the one before; the first of a turn is begun early so as not to wait for the refill, too.
        var entry = table[Int(truncatingIfNeeded: bits & Self.tableMask)]
        turns: while position <= lastInput, output <= stop {
            // Bits above `held` are those of the byte at `position`: reading them again changes nothing.
            bits |= UInt64(littleEndian: input.loadUnaligned(fromByteOffset: position, as: UInt64.self)) &<< held
            held &= 63
            position &+= Int(truncatingIfNeeded: (63 &- held) &>> 3)
            held |= 56
            for _ in 0..<Self.lookups {
                if entry == 0 { break turns }
                output.storeBytes(of: (entry &>> 16).littleEndian, as: UInt64.self)
                output += Int(truncatingIfNeeded: entry &>> 8 & 15)
                // A masked shift looks at the lowest six bits alone; `held` is right in those, and its others are cut off below.
                bits = bits &>> entry
                held &-= entry
                entry = table[Int(truncatingIfNeeded: bits & Self.tableMask)]
            }
        }
        reader.position = position
        reader.bits = bits
        reader.held = Int(held & 63)
        filled = output - UnsafeMutableRawPointer(target)
    }
}
