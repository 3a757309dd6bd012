import WaybillFormat

/// How a chunk is taken apart into planes: the table of Protocol/FRAME.md.
package struct FrameTransform: Sendable {
    package let code: UInt8
    /// Bytes of each field of an element, in order.
    package let fields: [Int]
    /// Bytes of an element, the sum of `fields`.
    package let elementBytes: Int
    /// The element is one little-endian integer, rotated left by one bit before it is split.
    package let isRotated: Bool

    /// Most planes a frame may have.
    package static let maximumPlanes = 16

    private init(_ code: UInt8, _ fields: [Int], isRotated: Bool = false) {
        self.code = code
        self.fields = fields
        self.isRotated = isRotated
        elementBytes = fields.reduce(0, +)
    }

    package static let flat = FrameTransform(0, [1])
    package static let bfloat16 = FrameTransform(1, [1, 1], isRotated: true)
    package static let split2 = FrameTransform(2, [1, 1])
    package static let float32 = FrameTransform(3, [1, 1, 1, 1], isRotated: true)
    package static let float64 = FrameTransform(4, [1, 1, 1, 1, 1, 1, 1, 1], isRotated: true)
    package static let split4 = FrameTransform(5, [1, 1, 1, 1])
    package static let split8 = FrameTransform(6, [1, 1, 1, 1, 1, 1, 1, 1])

    /// Every transform of layout 1.
    package static let all: [FrameTransform] = [
        flat, bfloat16, split2, float32, float64, split4, split8,
        FrameTransform(64 + 2, [1, 1, 16]),
        FrameTransform(64 + 3, [1, 1, 1, 1, 16]),
        FrameTransform(64 + 6, [1, 1, 4, 16]),
        FrameTransform(64 + 7, [1, 1, 1, 1, 4, 16]),
        FrameTransform(64 + 8, [1, 1, 32]),
        FrameTransform(64 + 10, [16, 64, 1, 1, 1, 1]),
        FrameTransform(64 + 11, [32, 64, 12, 1, 1]),
        FrameTransform(64 + 12, [1, 1, 1, 1, 4, 4, 4, 128]),
        FrameTransform(64 + 13, [1, 1, 1, 1, 4, 4, 4, 32, 128]),
        FrameTransform(64 + 14, [128, 64, 16, 1, 1]),
    ]

    private static let table: [FrameTransform?] = {
        var table = [FrameTransform?](repeating: nil, count: 256)
        for transform in all { table[Int(transform.code)] = transform }
        return table
    }()

    /// The transform with `code`, or nil if layout 1 has none.
    package static func known(_ code: UInt8) -> FrameTransform? { table[Int(code)] }

    /// The transform that suits elements of a known type; nil where only the bytes can tell (`.opaque`).
    package static func suiting(_ element: ElementType) -> FrameTransform? {
        switch element {
        case .opaque: nil
        case .bfloat16: bfloat16
        case .float16, .integer16: split2
        case .float32: float32
        case .float64: float64
        case .integer32: split4
        case .integer64: split8
        default: element.ggmlType == nil ? flat : known(element.rawValue) ?? flat
        }
    }

    /// Whether a chunk of `rawLength` bytes can be stored this way.
    package func fits(_ rawLength: Int) -> Bool { rawLength >= elementBytes }

    /// Whole elements of a chunk.
    package func elementCount(_ rawLength: Int) -> Int { rawLength / elementBytes }

    /// Bytes after the last whole element.
    package func tail(_ rawLength: Int) -> Int { rawLength % elementBytes }

    package func planeCount(_ rawLength: Int) -> Int { fields.count + (tail(rawLength) == 0 ? 0 : 1) }

    /// Raw bytes of plane `index`, which is below `planeCount`.
    package func planeLength(_ index: Int, rawLength: Int) -> Int {
        index < fields.count ? elementCount(rawLength) * fields[index] : tail(rawLength)
    }
}
