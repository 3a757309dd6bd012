/// What a chunk is called: the SHA-256 of its raw bytes and their number.
public struct ChunkName: Hashable, Comparable, Sendable, BitwiseCopyable {
    public let digest: Digest
    /// Raw bytes, 1 to `Limits.chunk`.
    public let length: Int

    /// Nil unless `length` is 1 to `Limits.chunk`.
    public init?(digest: Digest, length: Int) {
        guard length >= 1, length <= Limits.chunk else { return nil }
        self.digest = digest
        self.length = length
    }

    public static func < (a: ChunkName, b: ChunkName) -> Bool {
        a.digest == b.digest ? a.length < b.length : a.digest < b.digest
    }
}

/// A row of a revision's chunk table.
public struct ChunkRow: Hashable, Sendable, BitwiseCopyable {
    public let name: ChunkName
    public let element: ElementType

    public init(name: ChunkName, element: ElementType) {
        self.name = name
        self.element = element
    }
}
