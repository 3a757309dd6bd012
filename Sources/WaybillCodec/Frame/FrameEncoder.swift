import CZlib
import WaybillFormat
import WaybillSystem

/// Turns raw chunks into frames. The same bytes, element type and zlib give the same frame.
///
/// Reusable, with about five megabytes of scratch memory; not for two threads at once.
public final class FrameEncoder {
    private let planeEncoder = PlaneEncoder()
    private let scratch = Slab(capacity: Limits.chunk)

    public init() {}

    /// An empty slab that takes any frame.
    public static func makeFrameSlab() -> Slab { Slab(capacity: Limits.chunk + Limits.frameOverhead) }

    /// Replaces what is in `frame` by the frame of the chunk in `range` of `raw`: 1 to `Limits.chunk` filled bytes. `frame` has room
    /// for `Limits.frameOverhead` bytes more. The frame is never longer than the chunk plus 20 bytes.
    public func encode(_ raw: Slab, range: Range<Int>, element: ElementType, into frame: Slab) {
        encode(raw, range: range, into: frame) { source, count in
            if let transform = FrameTransform.suiting(element) {
                let isInteger = element == .integer16 || element == .integer32 || element == .integer64
                return (transform.fits(count) ? transform : .flat, isInteger)
            }
            let transform = self.planeEncoder.transform(forOpaque: source, count: count)
            // Where taking apart wins, matches were tried on the whole and found wanting.
            return (transform, transform.code == FrameTransform.flat.code)
        }
    }

    /// The same with a given transform, which must fit the chunk's length.
    package func encode(_ raw: Slab, range: Range<Int>, transform: FrameTransform, into frame: Slab) {
        encode(raw, range: range, into: frame) { _, _ in (transform, true) }
    }

    private func encode(
        _ raw: Slab, range: Range<Int>, into frame: Slab, choose: (UnsafePointer<UInt8>, Int) -> (FrameTransform, Bool)
    ) {
        let count = range.count
        precondition(range.lowerBound >= 0 && range.upperBound <= raw.count, "the chunk is not filled")
        precondition(count >= 1 && count <= Limits.chunk, "a chunk has 1 to 4 Mi bytes")
        precondition(frame.capacity >= count + Limits.frameOverhead, "the frame's slab is too small")
        let length = raw.withUnsafeBytes { bytes in
            frame.withUnsafeMutableBytes { output -> Int in
                let source = UnsafeRawBufferPointer(rebasing: bytes[range])
                guard let from = source.bindMemory(to: UInt8.self).baseAddress, let to = output.bindMemory(to: UInt8.self).baseAddress
                else { return 0 }
                if PlaneEncoder.isConstant(from, count) { return Self.writeFlat(from, count, .constant, to) }
                let (transform, findsMatches) = choose(from, count)
                let length = write(from, count, transform, findsMatches: findsMatches, to)
                let flat = FrameFields.payloadOffset(planes: 1) + count
                return length < flat ? length : Self.writeFlat(from, count, .raw, to)
            }
        }
        frame.resize(length)
    }

    private func write(
        _ source: UnsafePointer<UInt8>, _ count: Int, _ transform: FrameTransform, findsMatches: Bool,
        _ target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        if transform.code == FrameTransform.flat.code {
            return writePlanes(source, count, transform, findsMatches: findsMatches, target)
        }
        return scratch.withUnsafeMutableBytes { memory -> Int in
            guard let planes = memory.bindMemory(to: UInt8.self).baseAddress else { return Int.max }
            PlaneSplit.split(transform, source, count: count, planes: planes)
            return writePlanes(planes, count, transform, findsMatches: findsMatches, target)
        }
    }

    private func writePlanes(
        _ planes: UnsafePointer<UInt8>, _ count: Int, _ transform: FrameTransform, findsMatches: Bool,
        _ target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let planeCount = transform.planeCount(count)
        Self.writeHeader(target, transform: transform.code, planes: planeCount, rawLength: count)
        var plane = planes
        var offset = FrameFields.payloadOffset(planes: planeCount)
        for index in 0..<planeCount {
            let length = transform.planeLength(index, rawLength: count)
            let (codec, stored) = planeEncoder.encode(plane, count: length, findsMatches: findsMatches, into: target + offset)
            Self.writeRow(target, index, codec, raw: length, stored: stored)
            offset += stored
            plane += length
        }
        return offset
    }

    private static func writeFlat(
        _ source: UnsafePointer<UInt8>, _ count: Int, _ codec: PlaneCodec, _ target: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let stored = codec == .constant ? 1 : count
        writeHeader(target, transform: FrameTransform.flat.code, planes: 1, rawLength: count)
        writeRow(target, 0, codec, raw: count, stored: stored)
        (target + FrameFields.payloadOffset(planes: 1)).update(from: source, count: stored)
        return FrameFields.payloadOffset(planes: 1) + stored
    }

    private static func writeHeader(_ target: UnsafeMutablePointer<UInt8>, transform: UInt8, planes: Int, rawLength: Int) {
        target[0] = FrameFields.version
        target[1] = transform
        target[2] = UInt8(planes)
        target[3] = 0
        writeNumber(target + 4, rawLength)
    }

    private static func writeRow(_ target: UnsafeMutablePointer<UInt8>, _ index: Int, _ codec: PlaneCodec, raw: Int, stored: Int) {
        let row = target + FrameFields.headerBytes + index * FrameFields.planeBytes
        row[0] = codec.rawValue
        for reserved in 1..<4 { row[reserved] = 0 }
        writeNumber(row + 4, raw)
        writeNumber(row + 8, stored)
    }

    private static func writeNumber(_ target: UnsafeMutablePointer<UInt8>, _ value: Int) {
        UnsafeMutableRawPointer(target).storeBytes(of: UInt32(value).littleEndian, as: UInt32.self)
    }
}
