import WaybillFormat
import WaybillSystem

/// Turns frames into raw chunks. It checks form, not truth: hash what comes out (`VerifiedChunk`).
///
/// Reusable, with one inflate state and at most one chunk of scratch memory; not for two threads at once.
public final class FrameDecoder {
    private struct Plane {
        var codec: PlaneCodec
        var offset: Int
        var stored: Int
        var length: Int
    }

    private let literals = LiteralInflater()
    private let inflater: ZlibInflater?
    private let scratch: Slab
    private var planes: [Plane] = []
    private let pointers: UnsafeMutablePointer<UnsafePointer<UInt8>>

    public init() {
        inflater = ZlibInflater()
        scratch = Slab(capacity: Limits.chunk)
        planes.reserveCapacity(FrameTransform.maximumPlanes)
        pointers = .allocate(capacity: FrameTransform.maximumPlanes)
    }

    deinit { pointers.deallocate() }

    /// Decodes the frame in `range` of `source`, which must hold a chunk of `rawLength` bytes, into `output` (emptied first).
    /// - Throws: `.integrity` for whatever Protocol/FRAME.md rejects; `output` is empty then.
    public func decode(
        _ source: Slab, range: Range<Int>, rawLength: Int, into output: Slab, subject: @autoclosure () -> String
    ) throws(CodecError) {
        output.resize(0)
        let fault: Fault?
        if range.lowerBound < 0 || range.upperBound > source.count || rawLength < 1 || rawLength > Limits.chunk {
            fault = Fault("the frame or its length lies outside the bounds of layout 1")
        } else if output.capacity < rawLength {
            fault = Fault("the chunk needs \(rawLength) bytes, the buffer has \(output.capacity)", code: .failure)
        } else {
            fault = source.withUnsafeBytes { bytes in
                output.withUnsafeMutableBytes { target in
                    decode(UnsafeRawBufferPointer(rebasing: bytes[range]), rawLength: rawLength, into: target)
                }
            }
        }
        if let fault {
            throw CodecError(fault.code, subject: subject(), cause: fault.text, remedy: fault.remedy)
        }
        output.resize(rawLength)
    }

    private struct Fault {
        let text: String
        var code: ErrorCode = .integrity
        var remedy = "The frame is damaged or false; use another mirror, or mend this one with 'waybill store repair'"

        init(_ text: String, code: ErrorCode = .integrity) {
            self.text = text
            self.code = code
        }
    }

    private func decode(
        _ frame: UnsafeRawBufferPointer, rawLength: Int, into output: UnsafeMutableRawBufferPointer
    ) -> Fault? {
        let transform: FrameTransform
        switch parse(frame, rawLength: rawLength) {
        case .failure(let error): return error.fault
        case .success(let parsed): transform = parsed
        }
        guard let base = frame.bindMemory(to: UInt8.self).baseAddress, let target = output.bindMemory(to: UInt8.self).baseAddress
        else { return Fault("the frame is empty") }
        if transform.code == FrameTransform.flat.code {
            return open(planes[0], 0, of: base, into: target)
        }
        return scratch.withUnsafeMutableBytes { memory -> Fault? in
            guard var free = memory.bindMemory(to: UInt8.self).baseAddress else { return Fault("no scratch memory") }
            for index in planes.indices {
                let plane = planes[index]
                if plane.codec == .raw {
                    pointers[index] = base + plane.offset
                } else {
                    if let fault = open(plane, index, of: base, into: free) { return fault }
                    pointers[index] = UnsafePointer(free)
                    free += plane.length
                }
            }
            PlaneSplit.join(transform, pointers, count: rawLength, into: target)
            return nil
        }
    }

    private struct Rejected: Error {
        let fault: Fault
    }

    /// Reads header and table; afterwards the planes have the lengths that transform and raw length demand, and their stored bytes
    /// lie in the frame.
    private func parse(_ frame: UnsafeRawBufferPointer, rawLength: Int) -> Result<FrameTransform, Rejected> {
        func reject(_ text: String, code: ErrorCode = .integrity) -> Result<FrameTransform, Rejected> {
            .failure(Rejected(fault: Fault(text, code: code)))
        }
        func number(_ offset: Int) -> Int {
            Int(UInt32(littleEndian: frame.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
        guard frame.count >= FrameFields.headerBytes else { return reject("the frame ends in its header") }
        guard frame[0] == FrameFields.version else { return reject("unknown frame version \(frame[0])") }
        guard frame[3] & FrameFields.baseFlag == 0 else { return reject("the frame needs a base chunk, which layout 1 does not have") }
        guard frame[3] == 0 else { return reject("unknown frame flags \(frame[3])") }
        guard let transform = FrameTransform.known(frame[1]) else {
            return reject("unknown transform \(frame[1]); a newer Waybill may know it")
        }
        guard number(4) == rawLength else { return reject("the frame holds \(number(4)) bytes, the chunk has \(rawLength)") }
        guard transform.fits(rawLength) else { return reject("transform \(frame[1]) needs at least one whole element") }
        let count = transform.planeCount(rawLength)
        guard Int(frame[2]) == count else { return reject("the frame has \(frame[2]) planes, the transform demands \(count)") }
        var offset = FrameFields.payloadOffset(planes: count)
        guard frame.count >= offset else { return reject("the frame ends in its table of planes") }

        planes.removeAll(keepingCapacity: true)
        for index in 0..<count {
            let row = FrameFields.headerBytes + index * FrameFields.planeBytes
            guard let codec = PlaneCodec(rawValue: frame[row]) else { return reject("plane \(index) has unknown codec \(frame[row])") }
            guard frame[row + 1] | frame[row + 2] | frame[row + 3] == 0 else {
                return reject("reserved bytes of plane \(index) are not zero")
            }
            let length = number(row + 4)
            let stored = number(row + 8)
            guard length == transform.planeLength(index, rawLength: rawLength) else {
                return reject("plane \(index) says \(length) bytes, the transform demands other")
            }
            switch codec {
            case .raw: guard stored == length else { return reject("plane \(index) is raw but stored in \(stored) bytes") }
            case .constant: guard stored == 1 else { return reject("plane \(index) is constant but stored in \(stored) bytes") }
            case .zlib: break
            }
            guard stored <= frame.count - offset else { return reject("plane \(index) ends beyond the frame") }
            planes.append(Plane(codec: codec, offset: offset, stored: stored, length: length))
            offset += stored
        }
        guard offset == frame.count else { return reject("the frame has \(frame.count - offset) bytes after its last plane") }
        return .success(transform)
    }

    private func open(
        _ plane: Plane, _ index: Int, of frame: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<UInt8>
    ) -> Fault? {
        switch plane.codec {
        case .raw: target.update(from: frame + plane.offset, count: plane.length)
        case .constant: target.update(repeating: frame[plane.offset], count: plane.length)
        case .zlib:
            if literals.inflate(frame + plane.offset, stored: plane.stored, into: target, count: plane.length) { return nil }
            guard let inflater else { return Fault("zlib could not allocate its state: out of memory", code: .failure) }
            guard inflater.inflate(frame + plane.offset, stored: plane.stored, into: target, count: plane.length) else {
                return Fault("plane \(index) is not a zlib stream of exactly \(plane.length) bytes")
            }
        }
        return nil
    }
}
