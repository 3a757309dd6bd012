import WaybillFormat

/// Section 3 of Protocol/CHUNKING.md.
enum SafetensorsHeader {
    private static let maximumHeader = 32 << 20
    private static let maximumMembers = 262_144
    private static let maximumDimensions = 64
    private static let maximumDepth = 16

    /// The tensors, sorted, without empty ones; nil if the file is not safetensors.
    static func tensors<E: Error>(
        size: Int, read: (_ offset: Int, _ count: Int) throws(E) -> [UInt8]
    ) throws(E) -> [TensorExtent]? {
        guard size >= 10 else { return nil }
        let start = try read(0, 9)
        guard start.count == 9, start[8] == UInt8(ascii: "{") else { return nil }
        var length: UInt64 = 0
        for index in (0..<8).reversed() { length = length << 8 | UInt64(start[index]) }
        guard length >= 2, length <= UInt64(maximumHeader), Int(length) <= size - 8 else { return nil }
        let header = try read(8, Int(length))
        guard header.count == Int(length) else { return nil }
        guard let tensors = try? parse(header, dataSize: size - 8 - header.count) else { return nil }
        return TensorLayout.sorted(tensors)
    }

    /// Nil or an error for whatever section 3 does not accept.
    private static func parse(_ header: [UInt8], dataSize: Int) throws(FormatError) -> [TensorExtent]? {
        var scanner = JSONScanner(header, subject: "safetensors header", maximumDepth: maximumDepth)
        var names = Set<[UInt8]>()
        var tensors: [TensorExtent] = []
        try scanner.enterObject()
        while let name = try scanner.nextKey() {
            // Bytes, not strings: two spellings of one accented letter are two names.
            guard names.count < maximumMembers, names.insert(Array(name.utf8)).inserted else { return nil }
            if name.utf8.elementsEqual("__metadata__".utf8) {
                guard try scanner.peek() == .object else { return nil }
                try scanner.skipValue()
            } else {
                guard let tensor = try parseTensor(&scanner, dataStart: 8 + header.count, dataSize: dataSize) else { return nil }
                tensors.append(tensor)
            }
        }
        try scanner.finish()
        return tensors
    }

    private static func parseTensor(
        _ scanner: inout JSONScanner, dataStart: Int, dataSize: Int
    ) throws(FormatError) -> TensorExtent? {
        var names = Set<[UInt8]>()
        var type: (element: ElementType, block: Int)?
        var offsets: (begin: Int, end: Int)?
        var hasShape = false
        try scanner.enterObject()
        while let name = try scanner.nextKey() {
            guard names.insert(Array(name.utf8)).inserted else { return nil }
            switch name {
            case "dtype": type = elementType(try scanner.string())
            case "shape":
                guard try integers(&scanner, atMost: maximumDimensions) != nil else { return nil }
                hasShape = true
            case "data_offsets":
                guard let pair = try integers(&scanner, atMost: 2), pair.count == 2 else { return nil }
                offsets = (pair[0], pair[1])
            default: try scanner.skipValue()
            }
        }
        guard let type, hasShape, let (begin, end) = offsets, begin <= end, end <= dataSize else { return nil }
        return TensorExtent(offset: dataStart + begin, length: end - begin, element: type.element, block: type.block)
    }

    private static func integers(_ scanner: inout JSONScanner, atMost limit: Int) throws(FormatError) -> [Int]? {
        var values: [Int] = []
        try scanner.enterArray()
        while try scanner.nextElement() {
            guard values.count < limit else { return nil }
            values.append(try scanner.integer())
        }
        return values
    }

    private static func elementType(_ dtype: String) -> (ElementType, Int) {
        switch dtype {
        case "BF16": (.bfloat16, 2)
        case "F16": (.float16, 2)
        case "F32": (.float32, 4)
        case "F64": (.float64, 8)
        case "C64": (.float32, 8)
        case "I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F4", "F6_E2M3", "F6_E3M2":
            (.byte, 1)
        case "I16", "U16": (.integer16, 2)
        case "I32", "U32": (.integer32, 4)
        case "I64", "U64": (.integer64, 8)
        default: (.opaque, 1)
        }
    }
}
