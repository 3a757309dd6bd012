import WaybillFormat

/// Bytes that were hashed here and have the name they carry. Nothing else can be written to a checkout or a store.
///
/// It borrows the slab: do not change the slab while the chunk is in use.
public struct VerifiedChunk: ~Copyable {
    public let name: ChunkName
    let slab: Slab
    let range: Range<Int>

    private init(name: ChunkName, slab: Slab, range: Range<Int>) {
        self.name = name
        self.slab = slab
        self.range = range
    }

    /// Hashes `range` of `slab` and names it. Nil if the range is empty, longer than a chunk may be, or not filled.
    public static func naming(_ slab: Slab, range: Range<Int>) -> VerifiedChunk? {
        guard range.lowerBound >= 0, range.upperBound <= slab.count else { return nil }
        let digest = slab.withSpan(range) { SHA256.digest($0) }
        guard let name = ChunkName(digest: digest, length: range.count) else { return nil }
        return VerifiedChunk(name: name, slab: slab, range: range)
    }

    /// Hashes `range` of `slab`, which must be the chunk `expected`.
    /// - Throws: `.integrity`, with `subject` and both digests.
    public static func verifying(
        _ slab: Slab, range: Range<Int>, as expected: ChunkName, subject: @autoclosure () -> String
    ) throws(SystemError) -> VerifiedChunk {
        guard let chunk = naming(slab, range: range), chunk.name == expected else {
            let actual = slab.withSpan(range) { SHA256.digest($0) }
            throw SystemError(
                .integrity, subject: subject(),
                cause: "chunk \(expected.digest) has other bytes (SHA-256 \(actual), \(range.count) bytes)",
                remedy: "The copy is damaged or false; use another mirror, or mend this one with 'waybill store repair'")
        }
        return chunk
    }

    /// The bytes.
    public func withSpan<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        try slab.withSpan(range, body)
    }
}
