import WaybillCodec
import WaybillFormat
import WaybillSystem

/// Raw chunks with the element type that a plan gives them.
public struct SampleChunk {
    public let name: String
    let element: ElementType
    let bytes: [UInt8]
    /// Whether zlib has little part in encoding it.
    let isOurs: Bool

    static func all(bytes: Int) -> [SampleChunk] {
        let weights = SampleWeights(bytes / 2, seed: 1)
        var numbers = SeededNumbers(2)
        return [
            SampleChunk(name: "bf16", element: .bfloat16, bytes: weights.bfloat16, isOurs: true),
            SampleChunk(name: "fp32", element: .float32, bytes: Array(weights.float32.prefix(bytes)), isOurs: true),
            SampleChunk(name: "fp16", element: .float16, bytes: weights.float16, isOurs: true),
            SampleChunk(name: "Q4_K", element: .ggml(12), bytes: weights.q4k, isOurs: true),
            SampleChunk(name: "Q8_0", element: .ggml(8), bytes: weights.q8, isOurs: true),
            SampleChunk(name: "text", element: .opaque, bytes: SampleText.json(bytes), isOurs: false),
            SampleChunk(name: "opaque noise", element: .opaque, bytes: numbers.bytes(bytes), isOurs: false),
            SampleChunk(name: "noise", element: .byte, bytes: numbers.bytes(bytes), isOurs: true),
            SampleChunk(name: "constant", element: .float32, bytes: [UInt8](repeating: 0, count: bytes), isOurs: true),
        ]
    }
}

extension HotLoop {
    /// Whole chunks to frames and back.
    static func frames(bytes: Int) -> [HotLoop] {
        let encoder = FrameEncoder()
        let decoder = FrameDecoder()
        return SampleChunk.all(bytes: bytes).flatMap { chunk in
            let count = chunk.bytes.count
            let raw = Slab(capacity: count)
            raw.append(chunk.bytes.span)
            let frame = FrameEncoder.makeFrameSlab()
            let scratch = FrameEncoder.makeFrameSlab()
            let decoded = Slab(capacity: count)
            encoder.encode(raw, range: 0..<count, element: chunk.element, into: frame)
            return [
                HotLoop("encode \(chunk.name)", bytes: count, isGuarded: chunk.isOurs) {
                    encoder.encode(raw, range: 0..<count, element: chunk.element, into: scratch)
                },
                HotLoop("decode \(chunk.name)", bytes: count, isGuarded: chunk.isOurs) {
                    do {
                        try decoder.decode(frame, range: 0..<frame.count, rawLength: count, into: decoded, subject: chunk.name)
                    } catch {
                        fatalError("\(chunk.name): \(error)")
                    }
                },
            ]
        }
    }
}
