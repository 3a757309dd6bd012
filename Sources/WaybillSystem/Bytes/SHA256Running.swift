import COpenSSL
import WaybillFormat

/// A SHA-256 over a long file whose state can be kept and taken up again by another process.
public struct SHA256Running: Sendable {
    /// The hash of a file's first `byteCount` bytes, short of its end.
    public struct State: Hashable, Sendable {
        /// Bytes hashed so far.
        public let byteCount: Int
        /// The eight chaining words.
        let words: [UInt32]
        /// The bytes of the block that is not full yet: `byteCount` modulo 64.
        let rest: [UInt8]

        /// Bytes of an encoded state.
        public static let encodedByteCount = 8 + 32 + blockBytes
        fileprivate static let blockBytes = 64

        fileprivate init(byteCount: Int, words: [UInt32], rest: [UInt8]) {
            self.byteCount = byteCount
            self.words = words
            self.rest = rest
        }

        /// Nil if `bytes` is not what `encoded` gives.
        public init?(decoding bytes: [UInt8]) {
            guard bytes.count == Self.encodedByteCount else { return nil }
            var reader = LittleEndianReader(bytes)
            guard let count = Int(exactly: reader.u64()) else { return nil }
            byteCount = count
            words = (0..<8).map { _ in UInt32(truncatingIfNeeded: reader.u32()) }
            rest = reader.take(count % Self.blockBytes)
            guard reader.zeros(Self.blockBytes - rest.count) else { return nil }
        }

        public var encoded: [UInt8] {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(Self.encodedByteCount)
            bytes.append64(byteCount)
            for word in words { bytes.append32(Int(word)) }
            bytes += rest
            bytes.appendZeros(Self.blockBytes - rest.count)
            return bytes
        }
    }

    private var context = SHA256_CTX()

    public init() { _ = SHA256_Init(&context) }

    /// Goes on where `state` was taken.
    public init(_ state: State) {
        _ = SHA256_Init(&context)
        let bits = UInt64(truncatingIfNeeded: state.byteCount) << 3
        context.Nl = UInt32(truncatingIfNeeded: bits)
        context.Nh = UInt32(truncatingIfNeeded: bits >> 32)
        context.num = UInt32(state.rest.count)
        withUnsafeMutableBytes(of: &context.h) { $0.copyBytes(from: state.words.withUnsafeBytes { Array($0) }) }
        withUnsafeMutableBytes(of: &context.data) { $0.copyBytes(from: state.rest) }
    }

    /// Hashes `range` of the slab's filled bytes.
    public mutating func update(_ slab: Slab, range: Range<Int>) {
        slab.withSpan(range) { span in update(span) }
    }

    public mutating func update(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBytes { buffer in _ = SHA256_Update(&context, buffer.baseAddress, buffer.count) }
    }

    public var state: State {
        let bits = UInt64(context.Nh) << 32 | UInt64(context.Nl)
        let words = withUnsafeBytes(of: context.h) { Array($0.bindMemory(to: UInt32.self)) }
        let rest = withUnsafeBytes(of: context.data) { Array($0.prefix(Int(context.num))) }
        return State(byteCount: Int(bits >> 3), words: words, rest: rest)
    }

    /// The digest of everything so far; this value can still go on.
    public func digest() -> Digest {
        var last = context
        return withUnsafeTemporaryAllocation(byteCount: Digest.byteCount, alignment: 8) { output in
            let bytes = output.bindMemory(to: UInt8.self)
            _ = SHA256_Final(bytes.baseAddress, &last)
            return Digest(UnsafeBufferPointer(bytes).span, at: 0)
        }
    }
}
