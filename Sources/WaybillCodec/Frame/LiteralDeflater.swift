/// Writes a plane as a zlib stream of literals only: dynamic Huffman blocks without a single match.
///
/// Exponent bytes have no repetitions worth finding; matches that a general DEFLATE encoder takes there cost three to five points
/// of the whole file. The exact size is known before a bit is written. Usage: `measure`, `plan`, `write`, on the same bytes.
final class LiteralDeflater {
    /// Bytes of one histogram; blocks are unions of segments.
    static let segment = 32 << 10
    /// Longest code. Four symbols and seven bits held back fit a 64-bit register; a decoder's table of 2^11 look-ups fits its
    /// nearest cache.
    static let codeLimit = 11
    /// Bits that a cut must save beyond the estimate: about what a block's header costs.
    private static let blockBits = 480.0
    private static let lengthStride = 264

    private let segmentCounts: UnsafeMutablePointer<UInt32>
    private let scratch: UnsafeMutablePointer<UInt32>
    private let merged: UnsafeMutablePointer<UInt32>
    private let joint: UnsafeMutablePointer<UInt32>
    /// Code lengths of each block.
    private let blockLengths: UnsafeMutablePointer<UInt8>
    /// Where each block ends, in segments.
    private let blockEnds: UnsafeMutablePointer<Int>
    private let table: UnsafeMutablePointer<UInt32>
    private let code = HuffmanCode()
    private let header = CodeLengthHeader()
    private var segments = 0
    private var blocks = 0

    /// Counts of the whole plane after `measure`.
    let total: UnsafeMutablePointer<UInt32>

    /// Room for planes of at most `maximumLength` bytes.
    init(maximumLength: Int) {
        let most = (maximumLength + Self.segment - 1) / Self.segment
        segmentCounts = .allocate(capacity: most * 256)
        scratch = .allocate(capacity: 1024)
        merged = .allocate(capacity: 257)
        joint = .allocate(capacity: 257)
        blockLengths = .allocate(capacity: most * Self.lengthStride)
        blockEnds = .allocate(capacity: most)
        table = .allocate(capacity: HuffmanCode.maximumSymbols)
        total = .allocate(capacity: 256)
    }

    deinit {
        segmentCounts.deallocate()
        scratch.deallocate()
        merged.deallocate()
        joint.deallocate()
        blockLengths.deallocate()
        blockEnds.deallocate()
        table.deallocate()
        total.deallocate()
    }

    /// Counts the bytes, segment by segment.
    func measure(_ plane: UnsafePointer<UInt8>, count: Int) {
        segments = (count + Self.segment - 1) / Self.segment
        for index in 0..<segments {
            let start = index * Self.segment
            ByteStatistics.count(
                plane + start, min(Self.segment, count - start), into: segmentCounts + index * 256, scratch: scratch)
        }
        total.update(from: segmentCounts, count: 256)
        for index in stride(from: 1, to: segments, by: 1) { Self.add(segmentCounts + index * 256, to: total) }
    }

    private static func add(_ counts: UnsafePointer<UInt32>, to sum: UnsafeMutablePointer<UInt32>) {
        for value in 0..<256 { sum[value] &+= counts[value] }
    }

    /// Cuts the measured plane into blocks and builds their codes; returns the exact bytes of the stream.
    func plan() -> Int {
        blocks = 0
        var bits = 0
        merged.update(from: segmentCounts, count: 256)
        var mergedCost = ByteStatistics.entropy(merged)
        for index in stride(from: 1, to: segments, by: 1) {
            let next = segmentCounts + index * 256
            joint.update(from: merged, count: 256)
            Self.add(next, to: joint)
            let jointCost = ByteStatistics.entropy(joint)
            let nextCost = ByteStatistics.entropy(next)
            if jointCost > mergedCost + nextCost + Self.blockBits {
                bits += closeBlock(end: index)
                merged.update(from: next, count: 256)
                mergedCost = nextCost
            } else {
                merged.update(from: joint, count: 256)
                mergedCost = jointCost
            }
        }
        bits += closeBlock(end: segments)
        return 2 + (bits + 7) / 8 + 4
    }

    private func closeBlock(end: Int) -> Int {
        merged[256] = 1
        let lengths = blockLengths + blocks * Self.lengthStride
        code.lengths(of: merged, symbols: HuffmanCode.maximumSymbols, limit: Self.codeLimit, into: lengths)
        blockEnds[blocks] = end
        blocks += 1
        var bits = header.prepare(lengths, with: code)
        for symbol in 0..<HuffmanCode.maximumSymbols { bits += Int(merged[symbol]) * Int(lengths[symbol]) }
        return bits
    }

    /// Writes the planned stream; `target` has room for it and eight bytes more. Returns its bytes, those that `plan` said.
    func write(_ plane: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<UInt8>) -> Int {
        target[0] = 0x78
        target[1] = 0x01
        var output = BitWriter(UnsafeMutableRawPointer(target + 2))
        var start = 0
        for block in 0..<blocks {
            let lengths = blockLengths + block * Self.lengthStride
            _ = header.prepare(lengths, with: code)
            header.write(isLast: block == blocks - 1, to: &output)
            HuffmanCode.assign(lengths, symbols: HuffmanCode.maximumSymbols, into: table)
            let end = min(blockEnds[block] * Self.segment, count)
            Self.emit(plane + start, end - start, table, to: &output)
            let endOfBlock = table[256]
            output.put(UInt64(endOfBlock >> 8), UInt64(endOfBlock & 0xFF))
            start = end
        }
        let trailer = output.finish()
        let checksum = Adler32.checksum(plane, count: count)
        trailer.storeBytes(of: checksum.bigEndian, as: UInt32.self)
        return trailer + 4 - UnsafeMutableRawPointer(target)
    }

    /// The hot loop: eight literals a turn, joined in pairs so that only one shift of the bit buffer waits for another.
    private static func emit(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ table: UnsafePointer<UInt32>, to output: inout BitWriter
    ) {
        var local = output
        let raw = UnsafeRawPointer(bytes)
        @inline(__always) func entry(_ word: UInt64, _ shift: UInt64) -> UInt64 {
            UInt64(table[Int(truncatingIfNeeded: word &>> shift & 0xFF)])
        }
        @inline(__always) func four(_ e0: UInt64, _ e1: UInt64, _ e2: UInt64, _ e3: UInt64, _ writer: inout BitWriter) {
            // An entry's low byte is its length: sums stay below 64, and a masked shift looks at no other bit.
            let s01 = e0 &+ e1
            let s23 = e2 &+ e3
            let c01 = e0 &>> 8 | (e1 &>> 8) &<< e0
            let c23 = e2 &>> 8 | (e3 &>> 8) &<< e2
            writer.put(c01 | c23 &<< s01, (s01 &+ s23) & 63)
        }
        var i = 0
        while i &+ 8 <= count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            four(entry(word, 0), entry(word, 8), entry(word, 16), entry(word, 24), &local)
            four(entry(word, 32), entry(word, 40), entry(word, 48), entry(word, 56), &local)
            i &+= 8
        }
        while i < count {
            let last = UInt64(table[Int(bytes[i])])
            local.put(last &>> 8, last & 63)
            i &+= 1
        }
        output = local
    }
}
