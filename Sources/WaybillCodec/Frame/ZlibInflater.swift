import CZlib

/// zlib's decoder with one reused state. All that a frame needs of an inflater is `inflate`: exactly sized input and output.
package final class ZlibInflater {
    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil if zlib has no memory.
    package init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// True if the whole of `source` is one zlib stream that gives exactly `count` bytes with the right checksum. Nothing is
    /// written beyond them.
    package func inflate(
        _ source: UnsafePointer<UInt8>, stored: Int, into target: UnsafeMutablePointer<UInt8>, count: Int
    ) -> Bool {
        guard inflateReset(stream) == Z_OK else { return false }
        stream.pointee.next_in = UnsafeMutablePointer(mutating: source)
        stream.pointee.avail_in = UInt32(stored)
        stream.pointee.next_out = target
        stream.pointee.avail_out = UInt32(count)
        return CZlib.inflate(stream, Z_FINISH) == Z_STREAM_END && stream.pointee.avail_in == 0 && stream.pointee.avail_out == 0
    }
}
