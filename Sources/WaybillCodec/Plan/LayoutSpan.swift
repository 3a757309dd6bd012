import WaybillFormat

/// A part of a file that the chunk plan treats in one way.
public struct LayoutSpan: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Exactly one chunk, of this element type.
        case fixed(ElementType)
        /// A region for `GearChunker`; its rows have element type 0.
        case contentDefined
    }

    /// Bytes from the beginning of the file.
    public let offset: Int
    /// Bytes; at least 1, for a fixed span at most `Limits.chunk`.
    public let length: Int
    public let kind: Kind

    public init(offset: Int, length: Int, kind: Kind) {
        self.offset = offset
        self.length = length
        self.kind = kind
    }

    public var range: Range<Int> { offset..<offset + length }
}
