import Glibc
import WaybillCodec
import WaybillFormat
import WaybillSystem

/// A real file in memory, cut as a push would cut it.
public struct WeightFile {
    public let size: Int
    /// The exponents of its first chunks of bf16 or fp32.
    public let exponents: [PlaneStream]
    public let encode: () -> Void
    public let decode: () -> Void

    /// Nil if the file cannot be read.
    public init?(path: String) {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let size = ftell(file)
        rewind(file)
        let raw = Slab(capacity: size)
        guard size > 0, raw.withUnsafeMutableBytes({ fread($0.baseAddress, 1, size, file) }) == size, raw.resize(size) else { return nil }
        let chunks = Self.chunks(of: raw)
        let encoder = FrameEncoder()
        let decoder = FrameDecoder()
        let scratch = FrameEncoder.makeFrameSlab()
        let frames = chunks.map { chunk in
            encoder.encode(raw, range: chunk.range, element: chunk.element, into: scratch)
            let frame = Slab(capacity: scratch.count)
            frame.append(scratch, range: 0..<scratch.count)
            return frame
        }
        self.size = size
        exponents = chunks.lazy.filter { [.bfloat16, .float32].contains($0.element) }.prefix(32).map { chunk in
            let index = chunk.element == .bfloat16 ? 1 : 3
            return PlaneStream("exponents", PlaneStream.plane(index, of: raw.bytes(chunk.range), chunk.element))
        }
        encode = {
            for chunk in chunks { encoder.encode(raw, range: chunk.range, element: chunk.element, into: scratch) }
        }
        decode = {
            for (chunk, frame) in zip(chunks, frames) {
                do {
                    try decoder.decode(frame, range: 0..<frame.count, rawLength: chunk.range.count, into: scratch, subject: path)
                } catch {
                    fatalError("\(error)")
                }
            }
        }
    }

    private static func chunks(of slab: Slab) -> [(range: Range<Int>, element: ElementType)] {
        let layout = FileLayout.detect(size: slab.count) { offset, count in slab.bytes(offset..<offset + count) }
        return layout.spans.flatMap { span -> [(Range<Int>, ElementType)] in
            switch span.kind {
            case .fixed(let element): return [(span.range, element)]
            case .contentDefined:
                var start = span.offset
                var chunks: [(Range<Int>, ElementType)] = []
                while let length = GearChunker.cut(slab, from: start, to: span.range.upperBound, isLast: true) {
                    chunks.append((start..<start + length, .opaque))
                    start += length
                }
                return chunks
            }
        }
    }
}
