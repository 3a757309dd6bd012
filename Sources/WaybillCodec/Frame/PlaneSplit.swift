/// The loops that take elements apart and put them together.
///
/// They are plain scalar loops with at most two output streams (or one output and eight inputs): that is what LLVM vectorises
/// with a run-time check for overlap. Explicit SIMD types measured a hundred times slower in the portable build.
package enum PlaneSplit {
    /// Writes the planes of `source` one after another to `planes`, the tail last; `count` bytes in all.
    package static func split(_ transform: FrameTransform, _ source: UnsafePointer<UInt8>, count: Int, planes: UnsafeMutablePointer<UInt8>)
    {
        let n = transform.elementCount(count)
        let body = n * transform.elementBytes
        switch transform.code {
        case FrameTransform.flat.code:
            planes.update(from: source, count: count)
            return
        case FrameTransform.bfloat16.code: splitWords(UInt16.self, by: 1, source, n, planes)
        case FrameTransform.split2.code: splitWords(UInt16.self, by: 0, source, n, planes)
        case FrameTransform.float32.code: splitWords(UInt32.self, by: 1, source, n, planes)
        case FrameTransform.split4.code: splitWords(UInt32.self, by: 0, source, n, planes)
        case FrameTransform.float64.code: splitWords(UInt64.self, by: 1, source, n, planes)
        case FrameTransform.split8.code: splitWords(UInt64.self, by: 0, source, n, planes)
        default:
            var offset = 0
            var plane = planes
            for field in transform.fields {
                gather(source + offset, stride: transform.elementBytes, field: field, n, plane)
                offset += field
                plane += n * field
            }
        }
        if body < count { (planes + body).update(from: source + body, count: count - body) }
    }

    @inline(__always)
    private static func rotated<Word: FixedWidthInteger & UnsignedInteger>(_ word: Word, left bits: Word) -> Word {
        bits == 0 ? word : word &<< bits | word &>> (Word(truncatingIfNeeded: Word.bitWidth) &- bits)
    }

    @inline(__always)
    private static func splitWords<Word: FixedWidthInteger & UnsignedInteger>(
        _: Word.Type, by bits: Word, _ source: UnsafePointer<UInt8>, _ n: Int, _ planes: UnsafeMutablePointer<UInt8>
    ) {
        let raw = UnsafeRawPointer(source)
        let width = MemoryLayout<Word>.size
        for pair in stride(from: 0, to: width, by: 2) {
            let low = planes + pair &* n
            let high = low + n
            let shift = Word(truncatingIfNeeded: pair &* 8)
            for i in 0..<n {
                let word = Word(littleEndian: raw.loadUnaligned(fromByteOffset: i &* width, as: Word.self))
                let two = rotated(word, left: bits) &>> shift
                low[i] = UInt8(truncatingIfNeeded: two)
                high[i] = UInt8(truncatingIfNeeded: two &>> 8)
            }
        }
    }

    /// Collects `field` bytes of each of `n` blocks.
    private static func gather(
        _ source: UnsafePointer<UInt8>, stride: Int, field: Int, _ n: Int, _ plane: UnsafeMutablePointer<UInt8>
    ) {
        switch field {
        case 1: for i in 0..<n { plane[i] = source[i &* stride] }
        case 4: move(source, stride, plane, 4, 4, n)
        case 12: move(source, stride, plane, 12, 12, n)
        case 16: move(source, stride, plane, 16, 16, n)
        case 32: move(source, stride, plane, 32, 32, n)
        case 64: move(source, stride, plane, 64, 64, n)
        case 128: move(source, stride, plane, 128, 128, n)
        default: move(source, stride, plane, field, field, n)
        }
    }

    /// Copies `n` pieces of `size` bytes; inlined with a constant size it is a few vector moves a piece.
    @inline(__always)
    private static func move(
        _ source: UnsafePointer<UInt8>, _ sourceStride: Int, _ target: UnsafeMutablePointer<UInt8>, _ targetStride: Int,
        _ size: Int, _ n: Int
    ) {
        for i in 0..<n {
            UnsafeMutableRawPointer(target + i &* targetStride).copyMemory(from: source + i &* sourceStride, byteCount: size)
        }
    }

    /// The inverse of `split` for planes that lie anywhere: `planes[j]` is plane j, the tail last.
    package static func join(
        _ transform: FrameTransform, _ planes: UnsafePointer<UnsafePointer<UInt8>>, count: Int, into target: UnsafeMutablePointer<UInt8>
    ) {
        let n = transform.elementCount(count)
        let body = n * transform.elementBytes
        switch transform.code {
        case FrameTransform.flat.code:
            target.update(from: planes[0], count: count)
            return
        case FrameTransform.bfloat16.code: join2(by: 1, planes, n, target)
        case FrameTransform.split2.code: join2(by: 0, planes, n, target)
        case FrameTransform.float32.code: join4(by: 1, planes, n, target)
        case FrameTransform.split4.code: join4(by: 0, planes, n, target)
        case FrameTransform.float64.code: join8(by: 1, planes, n, target)
        case FrameTransform.split8.code: join8(by: 0, planes, n, target)
        default:
            var offset = 0
            for (index, field) in transform.fields.enumerated() {
                scatter(planes[index], field: field, n, target + offset, stride: transform.elementBytes)
                offset += field
            }
        }
        if body < count { (target + body).update(from: planes[transform.fields.count], count: count - body) }
    }

    @inline(__always)
    private static func join2(
        by bits: UInt16, _ planes: UnsafePointer<UnsafePointer<UInt8>>, _ n: Int, _ target: UnsafeMutablePointer<UInt8>
    ) {
        let (p0, p1) = (planes[0], planes[1])
        let raw = UnsafeMutableRawPointer(target)
        for i in 0..<n {
            let word = UInt16(p0[i]) | UInt16(p1[i]) &<< 8
            let value = bits == 0 ? word : word &>> 1 | word &<< 15
            raw.storeBytes(of: value.littleEndian, toByteOffset: i &* 2, as: UInt16.self)
        }
    }

    @inline(__always)
    private static func join4(
        by bits: UInt32, _ planes: UnsafePointer<UnsafePointer<UInt8>>, _ n: Int, _ target: UnsafeMutablePointer<UInt8>
    ) {
        let (p0, p1, p2, p3) = (planes[0], planes[1], planes[2], planes[3])
        let raw = UnsafeMutableRawPointer(target)
        for i in 0..<n {
            let word = UInt32(p0[i]) | UInt32(p1[i]) &<< 8 | UInt32(p2[i]) &<< 16 | UInt32(p3[i]) &<< 24
            let value = bits == 0 ? word : word &>> 1 | word &<< 31
            raw.storeBytes(of: value.littleEndian, toByteOffset: i &* 4, as: UInt32.self)
        }
    }

    @inline(__always)
    private static func join8(
        by bits: UInt64, _ planes: UnsafePointer<UnsafePointer<UInt8>>, _ n: Int, _ target: UnsafeMutablePointer<UInt8>
    ) {
        let (p0, p1, p2, p3) = (planes[0], planes[1], planes[2], planes[3])
        let (p4, p5, p6, p7) = (planes[4], planes[5], planes[6], planes[7])
        let raw = UnsafeMutableRawPointer(target)
        for i in 0..<n {
            let low = UInt32(p0[i]) | UInt32(p1[i]) &<< 8 | UInt32(p2[i]) &<< 16 | UInt32(p3[i]) &<< 24
            let high = UInt32(p4[i]) | UInt32(p5[i]) &<< 8 | UInt32(p6[i]) &<< 16 | UInt32(p7[i]) &<< 24
            let word = UInt64(low) | UInt64(high) &<< 32
            let value = bits == 0 ? word : word &>> 1 | word &<< 63
            raw.storeBytes(of: value.littleEndian, toByteOffset: i &* 8, as: UInt64.self)
        }
    }

    private static func scatter(
        _ plane: UnsafePointer<UInt8>, field: Int, _ n: Int, _ target: UnsafeMutablePointer<UInt8>, stride: Int
    ) {
        switch field {
        case 1: for i in 0..<n { target[i &* stride] = plane[i] }
        case 4: move(plane, 4, target, stride, 4, n)
        case 12: move(plane, 12, target, stride, 12, n)
        case 16: move(plane, 16, target, stride, 16, n)
        case 32: move(plane, 32, target, stride, 32, n)
        case 64: move(plane, 64, target, stride, 64, n)
        case 128: move(plane, 128, target, stride, 128, n)
        default: move(plane, field, target, stride, field, n)
        }
    }
}
