import WaybillCodec
import WaybillFormat
import WaybillSystem

/// A chunk as a list would name it.
struct PlannedChunk: Hashable {
    var length: Int
    var element: UInt8
    var digest: Digest
}

/// The whole plan of a file in memory.
enum ChunkPlan {
    static func chunks(of bytes: [UInt8]) -> (format: FileFormat, chunks: [PlannedChunk]) {
        let layout = CountingFile(bytes).layout
        let slab = Samples.slab(bytes)
        var chunks: [PlannedChunk] = []
        func add(_ range: Range<Int>, _ element: ElementType) {
            let digest = slab.withSpan(range) { SHA256.digest($0) }
            chunks.append(PlannedChunk(length: range.count, element: element.rawValue, digest: digest))
        }
        for span in layout.spans {
            switch span.kind {
            case .fixed(let element): add(span.range, element)
            case .contentDefined:
                var start = span.offset
                while start < span.range.upperBound {
                    guard let length = GearChunker.cut(slab, from: start, to: span.range.upperBound, isLast: true) else { break }
                    add(start..<start + length, .opaque)
                    start += length
                }
            }
        }
        return (layout.format, chunks)
    }
}
