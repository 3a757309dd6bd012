import CZlib
import Glibc
import WaybillFormat

/// Decides how a plane is stored, by exact histogram where that can matter, and writes it.
final class PlaneEncoder {
    /// Shorter planes are stored raw: a DEFLATE header alone takes 30 to 60 bytes.
    private static let smallestCoded = 64
    /// A coded plane must save one part in this many, or reading it would not be worth an inflater's time.
    private static let savedFraction = 50
    /// Planes from this length on are looked at in samples before every byte is counted.
    private static let sampledFrom = 64 << 10
    private static let samplePieces = 32
    private static let samplePiece = 512
    /// Bits a byte above which a sampled plane is called incompressible: half of what coding must save is still open.
    private static let incompressible = 7.92
    /// Bits a byte above which opaque data is not taken apart. A sample of noise shows 8.000 give or take 0.001.
    private static let noise = 7.99

    private let counter = ByteCounter()
    private let literals: LiteralDeflater
    private lazy var runs = ZlibDeflater(level: 1, strategy: Z_RLE)
    private lazy var matches = ZlibDeflater(level: 6, strategy: Z_DEFAULT_STRATEGY)
    private let repetitions = RepetitionProbe()
    private let counts: UnsafeMutablePointer<UInt32>
    private let sample: UnsafeMutablePointer<UInt8>
    private let sampleSplit: UnsafeMutablePointer<UInt8>

    /// Bytes looked at to choose a transform for opaque data.
    private static let opaqueSample = 32 << 10
    private static let opaquePieces = 16
    /// Bytes of each of the pieces on which matches are tried, and their number.
    private static let matchPiece = 8 << 10
    private static let matchPieces = 3

    init() {
        literals = LiteralDeflater(maximumLength: Limits.chunk, counter: counter)
        counts = .allocate(capacity: 256)
        sample = .allocate(capacity: Self.opaqueSample)
        sampleSplit = .allocate(capacity: Self.opaqueSample)
    }

    deinit {
        counts.deallocate()
        sample.deallocate()
        sampleSplit.deallocate()
    }

    /// True if all `count` bytes (at least one) are equal.
    static func isConstant(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        bytes[0] == bytes[count - 1] && memcmp(bytes, bytes + 1, count - 1) == 0
    }

    /// Writes the plane in the smallest worthwhile form. `target` has room for `count` bytes and eight more.
    func encode(
        _ plane: UnsafePointer<UInt8>, count: Int, findsMatches: Bool, into target: UnsafeMutablePointer<UInt8>
    ) -> (PlaneCodec, stored: Int) {
        if Self.isConstant(plane, count) {
            target[0] = plane[0]
            return (.constant, 1)
        }
        if count >= Self.smallestCoded {
            let most = count - count / Self.savedFraction - 1
            if let stored = encodeCoded(plane, count, most: most, findsMatches: findsMatches, target) { return (.zlib, stored) }
        }
        target.update(from: plane, count: count)
        return (.raw, count)
    }

    private func encodeCoded(
        _ plane: UnsafePointer<UInt8>, _ count: Int, most: Int, findsMatches: Bool, _ target: UnsafeMutablePointer<UInt8>
    ) -> Int? {
        let maySaveByLiterals = count < Self.sampledFrom || !looksIncompressible(plane, count)
        if !maySaveByLiterals && !findsMatches { return nil }
        var best = most
        var literalBytes = Int.max
        var topCount = 0
        if maySaveByLiterals {
            literals.measure(plane, count: count)
            for value in 0..<256 { topCount = max(topCount, Int(literals.total[value])) }
            literalBytes = literals.plan()
            best = min(best, literalBytes - 1)
        }
        if topCount > count / 2, let stored = runs?.deflate(plane, count: count, into: target, capacity: best) {
            guard findsMatches, let better = matches?.deflate(plane, count: count, into: target, capacity: stored - 1) else {
                // A failed second try has overwritten the first.
                return findsMatches ? runs?.deflate(plane, count: count, into: target, capacity: best) : stored
            }
            return better
        }
        if findsMatches, matchesPay(plane, count, against: min(best, count)) {
            if let stored = matches?.deflate(plane, count: count, into: target, capacity: best) { return stored }
        }
        return literalBytes <= most ? literals.write(plane, count: count, into: target) : nil
    }

    /// Evenly spaced short pieces; misses a compressible part only if it is a small part.
    private func looksIncompressible(_ plane: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let step = count / Self.samplePieces
        for index in 0..<Self.samplePieces {
            (sample + index * Self.samplePiece).update(from: plane + index * step, count: Self.samplePiece)
        }
        let length = Self.samplePieces * Self.samplePiece
        counter.count(sample, length, into: counts)
        return ByteStatistics.correctedEntropy(counts) / Double(length) > Self.incompressible
    }

    /// Whether level 6 does better than `bytes` for the plane by a margin that pays for its slowness, judged by a few short pieces.
    private func matchesPay(_ plane: UnsafePointer<UInt8>, _ count: Int, against bytes: Int) -> Bool {
        if count <= Self.matchPiece * Self.matchPieces { return true }
        let pieces = (0..<Self.matchPieces).lazy.map { (count - Self.matchPiece) * $0 / (Self.matchPieces - 1) }
        let isNoise = bytes >= count - count / Self.savedFraction - 1
        if isNoise, !pieces.contains(where: { repetitions.findsRepetitions(plane + $0, count: Self.matchPiece) }) { return false }
        var stored = 0
        for start in pieces {
            stored +=
                matches?.deflate(plane + start, count: Self.matchPiece, into: sample, capacity: Self.opaqueSample)
                ?? Self.matchPiece
        }
        let predicted = Double(stored) / Double(Self.matchPiece * Self.matchPieces)
        return predicted < Double(bytes) / Double(count) - 0.02
    }

    /// The transform under which opaque bytes look smallest, flat unless another wins clearly.
    func transform(forOpaque bytes: UnsafePointer<UInt8>, count: Int) -> FrameTransform {
        let length = min(count, Self.opaqueSample) & ~7
        guard length >= 4096 else { return .flat }
        let piece = length == Self.opaqueSample ? Self.opaqueSample / Self.opaquePieces : length
        var filled = 0
        while filled < length {
            // A multiple of eight bytes from the start, so that elements keep their place.
            let start = length == count & ~7 ? filled : (count - piece) / (Self.opaquePieces - 1) * (filled / piece) & ~7
            (sample + filled).update(from: bytes + start, count: piece)
            filled += piece
        }
        counter.count(sample, length, into: counts)
        let flat = ByteStatistics.correctedEntropy(counts)
        // An element with a byte worth coding would show in the mixture.
        if flat > Self.noise * Double(length) { return .flat }
        var best = flat * 0.985
        var choice = FrameTransform.flat
        for candidate in [FrameTransform.split2, .bfloat16, .split4, .float32, .split8, .float64] {
            PlaneSplit.split(candidate, sample, count: length, planes: sampleSplit)
            let n = length / candidate.elementBytes
            var bits = 0.0
            for lane in 0..<candidate.elementBytes {
                counter.count(sampleSplit + lane * n, n, into: counts)
                bits += min(ByteStatistics.correctedEntropy(counts), Double(8 * n))
            }
            // Half a point, so that more planes or a rotation are taken only for a reason.
            if bits < best - 0.005 * Double(8 * length) {
                best = bits
                choice = candidate
            }
        }
        if choice.code != FrameTransform.flat.code, matchesPay(bytes, count, against: Int(best / Double(8 * length) * Double(count))) {
            return .flat
        }
        return choice
    }
}
