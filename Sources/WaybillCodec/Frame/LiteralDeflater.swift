/// Writes a plane as a zlib stream of literals only: dynamic Huffman blocks without a single match.
///
/// Exponent bytes have no repetitions worth finding; matches that a general DEFLATE encoder takes there cost three to five points
/// of the whole file. The exact size is known before a bit is written. Usage: `measure`, `plan`, `write`, on the same bytes.
package final class LiteralDeflater {
    /// Bytes of one histogram; blocks are unions of segments.
    static let segment = 32 << 10
    /// Longest code. Four symbols and seven bits held back fit a 64-bit register; a decoder's table of 2^11 look-ups fits its
    /// nearest cache.
    static let codeLimit = 11
    /// Bits that a cut must save beyond the estimate: about what a block's header costs.
    private static let blockBits = 480.0
    private static let lengthStride = 264

    private let segmentCounts: UnsafeMutablePointer<UInt32>
    private let counter: ByteCounter
    private let merged: UnsafeMutablePointer<UInt32>
    private let joint: UnsafeMutablePointer<UInt32>
    /// Code lengths of each block.
    private let blockLengths: UnsafeMutablePointer<UInt8>
    /// Where each block ends, in segments.
    private let blockEnds: UnsafeMutablePointer<Int>
    private let emitter = LiteralEmitter()
    private let code = HuffmanCode()
    private let header = CodeLengthHeader()
    private var segments = 0
    private var blocks = 0

    /// Counts of the whole plane after `measure`.
    let total: UnsafeMutablePointer<UInt32>

    /// Room for planes of at most `maximumLength` bytes.
    package init(maximumLength: Int, counter: ByteCounter) {
        let most = (maximumLength + Self.segment - 1) / Self.segment
        segmentCounts = .allocate(capacity: most * 256)
        self.counter = counter
        merged = .allocate(capacity: 257)
        joint = .allocate(capacity: 257)
        blockLengths = .allocate(capacity: most * Self.lengthStride)
        blockEnds = .allocate(capacity: most)
        total = .allocate(capacity: 256)
    }

    deinit {
        segmentCounts.deallocate()
        merged.deallocate()
        joint.deallocate()
        blockLengths.deallocate()
        blockEnds.deallocate()
        total.deallocate()
    }

    /// Counts the bytes, segment by segment.
    package func measure(_ plane: UnsafePointer<UInt8>, count: Int) {
        segments = (count + Self.segment - 1) / Self.segment
        for index in 0..<segments {
            let start = index * Self.segment
            counter.count(plane + start, min(Self.segment, count - start), into: segmentCounts + index * 256)
        }
        total.update(from: segmentCounts, count: 256)
        for index in stride(from: 1, to: segments, by: 1) { Self.add(segmentCounts + index * 256, to: total) }
    }

    private static func add(_ counts: UnsafePointer<UInt32>, to sum: UnsafeMutablePointer<UInt32>) {
        for value in 0..<256 { sum[value] &+= counts[value] }
    }

    /// Cuts the measured plane into blocks and builds their codes; returns the exact bytes of the stream.
    package func plan() -> Int {
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
    package func write(_ plane: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<UInt8>) -> Int {
        target[0] = 0x78
        target[1] = 0x01
        var output = BitWriter(UnsafeMutableRawPointer(target + 2))
        var start = 0
        for block in 0..<blocks {
            let lengths = blockLengths + block * Self.lengthStride
            _ = header.prepare(lengths, with: code)
            header.write(isLast: block == blocks - 1, to: &output)
            let end = min(blockEnds[block] * Self.segment, count)
            emitter.emit(plane + start, end - start, lengths, to: &output)
            start = end
        }
        let trailer = output.finish()
        let checksum = Adler32.checksum(plane, count: count)
        trailer.storeBytes(of: checksum.bigEndian, as: UInt32.self)
        return trailer + 4 - UnsafeMutableRawPointer(target)
    }
}
