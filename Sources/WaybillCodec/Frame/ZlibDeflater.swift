import CZlib

/// zlib's own encoder with one reused state, for planes where matches or runs pay.
final class ZlibDeflater {
    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil if zlib has no memory.
    init?(level: Int32, strategy: Int32) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let result = deflateInit2_(
            stream, level, Z_DEFLATED, 15, 9, strategy, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Bytes of the stream, or nil if it would be longer than `capacity`.
    func deflate(
        _ source: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<UInt8>, capacity: Int
    ) -> Int? {
        guard capacity > 0, deflateReset(stream) == Z_OK else { return nil }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: source)
        stream.pointee.avail_in = UInt32(count)
        stream.pointee.next_out = target
        stream.pointee.avail_out = UInt32(capacity)
        guard CZlib.deflate(stream, Z_FINISH) == Z_STREAM_END else { return nil }
        return capacity - Int(stream.pointee.avail_out)
    }
}
