import CZlib

/// zlib's decoder for streams whose length is not known, piece by piece: what archives inside model files are read through.
package final class StreamInflater {
    /// What stands around the DEFLATE data.
    package enum Wrapping: Sendable {
        case none
        case zlib
        case gzip

        fileprivate var windowBits: Int32 {
            switch self {
            case .none: -15
            case .zlib: 15
            case .gzip: 31
            }
        }
    }

    package enum Status: Sendable {
        /// All input is consumed, or the room is full.
        case more
        /// The stream has ended.
        case ended
        case damaged
    }

    private let stream: UnsafeMutablePointer<z_stream>

    /// Nil if zlib has no memory.
    package init?(_ wrapping: Wrapping) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, wrapping.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Appends at most `room` bytes to `output` of what `input`, from `start` on, inflates to.
    package func inflate(
        _ input: [UInt8], from start: Int, into output: inout [UInt8], room: Int
    ) -> (consumed: Int, status: Status) {
        guard room > 0, start >= 0, start <= input.count else { return (0, .more) }
        var consumed = 0
        var result = Z_OK
        let piece = [UInt8](unsafeUninitializedCapacity: room) { target, count in
            input.withUnsafeBufferPointer { source in
                let available = source.count - start
                stream.pointee.next_in = source.baseAddress.map { UnsafeMutablePointer(mutating: $0 + start) }
                stream.pointee.avail_in = UInt32(available)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(room)
                result = CZlib.inflate(stream, Z_NO_FLUSH)
                consumed = available - Int(stream.pointee.avail_in)
                count = room - Int(stream.pointee.avail_out)
                // The buffers do not outlive this call.
                stream.pointee.next_in = nil
                stream.pointee.next_out = nil
            }
        }
        output += piece
        switch result {
        case Z_STREAM_END: return (consumed, .ended)
        // No progress for want of input or room is no damage.
        case Z_OK, Z_BUF_ERROR: return (consumed, .more)
        default: return (consumed, .damaged)
        }
    }
}
