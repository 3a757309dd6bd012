/// What the bytes of a chunk are, as far as the chunk plan knows (Protocol/STORE.md). A hint for encoders: any code is valid.
public struct ElementType: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let opaque = ElementType(rawValue: 0)
    public static let bfloat16 = ElementType(rawValue: 1)
    public static let float16 = ElementType(rawValue: 2)
    public static let float32 = ElementType(rawValue: 3)
    public static let float64 = ElementType(rawValue: 4)
    /// fp8, int8, bool: any 8-bit type.
    public static let byte = ElementType(rawValue: 5)
    public static let integer16 = ElementType(rawValue: 6)
    public static let integer32 = ElementType(rawValue: 7)
    public static let integer64 = ElementType(rawValue: 8)

    /// Blocks of ggml type `type` (0 to 191).
    public static func ggml(_ type: UInt8) -> ElementType { ElementType(rawValue: 64 &+ type) }

    /// The ggml type of a block code, or nil.
    public var ggmlType: UInt8? { rawValue >= 64 ? rawValue - 64 : nil }
}
