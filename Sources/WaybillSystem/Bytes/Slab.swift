import Glibc

/// A reused block of memory with a fill mark. The hot paths read, transform, hash and write in slabs, so that no byte is
/// copied into short-lived arrays.
///
/// A slab belongs to one job at a time; handing it on hands on the right to change it. Every access is checked against `count`
/// or `capacity`.
public final class Slab: @unchecked Sendable {
    /// Bytes that fit.
    public let capacity: Int
    /// Bytes that are filled.
    public private(set) var count: Int = 0

    private let base: UnsafeMutableRawPointer
    private let pool: SlabPool?

    /// Memory outside any budget, for fixed scratch space. Sixty-four byte aligned, not zeroed.
    public init(capacity: Int) {
        self.capacity = max(capacity, 1)
        base = UnsafeMutableRawPointer.allocate(byteCount: self.capacity, alignment: 64)
        pool = nil
    }

    /// Memory of `pool`, which gets it back at the end.
    init(memory: UnsafeMutableRawPointer, capacity: Int, pool: SlabPool) {
        self.capacity = capacity
        base = memory
        self.pool = pool
    }

    deinit {
        if let pool { pool.recycle(base, capacity: capacity) } else { base.deallocate() }
    }

    /// Sets the fill mark; new bytes between the old mark and this one hold what was there before.
    /// - Returns: false, and nothing changes, if `newCount` does not fit.
    @discardableResult
    public func resize(_ newCount: Int) -> Bool {
        guard newCount >= 0, newCount <= capacity else { return false }
        count = newCount
        return true
    }

    /// Copies `bytes` behind the fill mark.
    /// - Returns: false, and nothing changes, if they do not fit.
    @discardableResult
    public func append(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count <= capacity - count else { return false }
        bytes.withUnsafeBytes { source in
            if let start = source.baseAddress { (base + count).copyMemory(from: start, byteCount: source.count) }
        }
        count += bytes.count
        return true
    }

    /// Copies `bytes` behind the fill mark; false, and nothing changes, if they do not fit.
    @discardableResult
    public func append(raw bytes: RawSpan) -> Bool {
        guard bytes.byteCount <= capacity - count else { return false }
        bytes.withUnsafeBytes { source in
            if let start = source.baseAddress { (base + count).copyMemory(from: start, byteCount: source.count) }
        }
        count += bytes.byteCount
        return true
    }

    /// Copies `range` of `other` behind the fill mark; false if it does not fit or is not filled there.
    @discardableResult
    public func append(_ other: Slab, range: Range<Int>) -> Bool {
        guard range.lowerBound >= 0, range.upperBound <= other.count, range.count <= capacity - count else { return false }
        (base + count).copyMemory(from: other.base + range.lowerBound, byteCount: range.count)
        count += range.count
        return true
    }

    /// The filled bytes.
    public func withSpan<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        let buffer = UnsafeBufferPointer(start: base.assumingMemoryBound(to: UInt8.self), count: count)
        return try body(buffer.span)
    }

    /// The filled bytes in `range`, cut to what is filled.
    public func withSpan<R, E: Error>(_ range: Range<Int>, _ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        let clamped = range.clamped(to: 0..<count)
        let start = base.assumingMemoryBound(to: UInt8.self) + clamped.lowerBound
        return try body(UnsafeBufferPointer(start: start, count: clamped.count).span)
    }

    /// The filled bytes in `range`, cut to what is filled, for libraries that take raw spans.
    public func withRawSpan<R, E: Error>(_ range: Range<Int>, _ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        let clamped = range.clamped(to: 0..<count)
        let buffer = UnsafeRawBufferPointer(start: base + clamped.lowerBound, count: clamped.count)
        return try body(buffer.bytes)
    }

    /// A copy of the filled bytes in `range`, cut to what is filled.
    public func bytes(_ range: Range<Int>) -> [UInt8] {
        let clamped = range.clamped(to: 0..<count)
        return [UInt8](UnsafeRawBufferPointer(start: base + clamped.lowerBound, count: clamped.count))
    }

    /// The filled bytes in a slab of their own, outside any budget.
    public func copy() -> Slab {
        let copy = Slab(capacity: count)
        copy.append(self, range: 0..<count)
        return copy
    }

    /// Moves the filled bytes from `offset` on to the front.
    public func discard(first offset: Int) {
        let keep = max(0, count - max(0, offset))
        if keep > 0, offset > 0 { memmove(base, base + offset, keep) }
        count = keep
    }

    /// True if every byte of `range` is zero (cut to what is filled).
    public func isZero(_ range: Range<Int>) -> Bool {
        let clamped = range.clamped(to: 0..<count)
        guard !clamped.isEmpty else { return true }
        let start = base + clamped.lowerBound
        let bytes = UnsafeRawBufferPointer(start: start, count: clamped.count)
        guard bytes[0] == 0 else { return false }
        return memcmp(start, start + 1, clamped.count - 1) == 0
    }

    /// The whole capacity, for WaybillSystem and WaybillCodec; set the fill mark with `resize`.
    package func withUnsafeMutableBytes<R, E: Error>(_ body: (UnsafeMutableRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeMutableRawBufferPointer(start: base, count: capacity))
    }

    /// The filled bytes, for WaybillSystem and WaybillCodec.
    package func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }
}
