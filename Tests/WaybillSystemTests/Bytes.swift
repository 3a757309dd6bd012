import WaybillFormat
import WaybillSystem

// Spans do not pass through the macros of Swift Testing; arrays do.

extension Slab {
    @discardableResult
    func add(_ bytes: [UInt8]) -> Bool { append(bytes.span) }

    @discardableResult
    func add(raw bytes: [UInt8]) -> Bool { append(raw: bytes.span.bytes) }
}

extension OwnedFile {
    func put(_ bytes: [UInt8], at offset: Int) throws(SystemError) { try write(bytes.span, at: offset) }
}

/// The name that `range` of the slab gets, if any.
func chunkName(of slab: Slab, _ range: Range<Int>) -> ChunkName? {
    switch VerifiedChunk.naming(slab, range: range) {
    case .some(let chunk): chunk.name
    case .none: nil
    }
}
