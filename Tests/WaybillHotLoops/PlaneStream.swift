import WaybillCodec
import WaybillFormat

/// A plane as the encoder writes it, for comparing decoders.
public struct PlaneStream: Sendable {
    public let name: String
    public let raw: [UInt8]
    /// A zlib stream of literals.
    public let stored: [UInt8]

    init(_ name: String, _ raw: [UInt8]) {
        let deflater = LiteralDeflater(maximumLength: raw.count, counter: ByteCounter())
        deflater.measure(raw, count: raw.count)
        var stored = [UInt8](repeating: 0, count: deflater.plan() + 8)
        _ = deflater.write(raw, count: raw.count, into: &stored)
        stored.removeLast(8)
        self.name = name
        self.raw = raw
        self.stored = stored
    }

    /// Planes of weights of each kind.
    public static func samples(bytes: Int) -> [PlaneStream] {
        let weights = SampleWeights(bytes, seed: 5)
        return [
            PlaneStream("bf16 exponents", plane(1, of: weights.bfloat16, .bfloat16)),
            PlaneStream("fp16 high bytes", plane(1, of: weights.float16, .float16)),
            PlaneStream("Q8_0 quants", plane(2, of: weights.q8, .ggml(8))),
        ]
    }

    static func plane(_ index: Int, of bytes: [UInt8], _ element: ElementType) -> [UInt8] {
        guard let transform = FrameTransform.suiting(element) else { fatalError("\(element) has no transform") }
        var planes = [UInt8](repeating: 0, count: bytes.count)
        PlaneSplit.split(transform, bytes, count: bytes.count, planes: &planes)
        let start = (0..<index).reduce(0) { $0 + transform.planeLength($1, rawLength: bytes.count) }
        return Array(planes[start..<start + transform.planeLength(index, rawLength: bytes.count)])
    }
}

/// A decoder of zlib streams: true if it gave exactly as many bytes as the target has.
public struct InflaterUnderTest {
    public typealias Inflate = (UnsafeBufferPointer<UInt8>, UnsafeMutableBufferPointer<UInt8>) -> Bool
    public let name: String
    public let inflate: Inflate

    public init(_ name: String, inflate: @escaping Inflate) {
        self.name = name
        self.inflate = inflate
    }

    /// What `FrameDecoder` tries first, and what it falls back to.
    public static func ours() -> [InflaterUnderTest] {
        let literals = LiteralInflater()
        guard let zlib = ZlibInflater() else { fatalError("no memory for zlib") }
        return [
            InflaterUnderTest("ours") { source, target in
                guard let from = source.baseAddress, let to = target.baseAddress else { return false }
                return literals.inflate(from, stored: source.count, into: to, count: target.count)
            },
            InflaterUnderTest("zlib") { source, target in
                guard let from = source.baseAddress, let to = target.baseAddress else { return false }
                return zlib.inflate(from, stored: source.count, into: to, count: target.count)
            },
        ]
    }
}
