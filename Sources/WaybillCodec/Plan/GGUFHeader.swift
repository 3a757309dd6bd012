import WaybillFormat

/// Section 4 of Protocol/CHUNKING.md.
public enum GGUFHeader {
    private static let maximumTensors = 262_144
    private static let maximumEntries = 65_536
    private static let maximumName = 65_535
    private static let maximumString = 16 << 20
    private static let maximumArray: UInt64 = 16_777_216
    /// Longest value that is handed out.
    private static let maximumKept = 64 << 10
    /// Bytes of a value of types 0 to 12; 0 for strings and arrays.
    private static let widths = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]
    private static let stringType = 8
    private static let arrayType = 9

    /// The metadata whose keys are `wanted`, as far as values are strings, lists of strings, numbers or booleans and have at most
    /// 64 KiB; of keys that stand twice the first. Nil if the file does not begin with valid GGUF metadata.
    ///
    /// `read` as for `FileLayout.detect`.
    public static func metadata<E: Error>(
        size: Int, read: (_ offset: Int, _ count: Int) throws(E) -> [UInt8], wanted: (String) -> Bool
    ) throws(E) -> [String: GGUFValue]? {
        var cursor = GGUFCursor(size: size)
        var values: [String: GGUFValue] = [:]
        guard let counts = try start(&cursor, read) else { return nil }
        for _ in 0..<counts.entries {
            guard let key = try key(&cursor, read), let type = try cursor.integer(UInt32.self, read) else { return nil }
            if values[key] == nil, wanted(key) {
                guard let value = try value(&cursor, type: type, read) else { return nil }
                if let kept = value.kept { values[key] = kept }
            } else {
                guard try skip(&cursor, type: type, read) != nil else { return nil }
            }
        }
        return values
    }

    /// The tensors, sorted, without empty ones; nil if the file is not GGUF.
    static func tensors<E: Error>(
        size: Int, read: (_ offset: Int, _ count: Int) throws(E) -> [UInt8]
    ) throws(E) -> [TensorExtent]? {
        var cursor = GGUFCursor(size: size)
        guard let counts = try start(&cursor, read) else { return nil }
        var alignment: Int?
        for _ in 0..<counts.entries {
            guard let length = try cursor.length(atMost: maximumName, read), let key = try cursor.bytes(length, read) else { return nil }
            let isAlignment = alignment == nil && key.elementsEqual("general.alignment".utf8)
            guard let type = try cursor.integer(UInt32.self, read) else { return nil }
            if isAlignment {
                guard type == 4, let value = try cursor.integer(UInt32.self, read), value <= 65_536, value.nonzeroBitCount == 1 else {
                    return nil
                }
                alignment = Int(value)
            } else {
                guard try skip(&cursor, type: type, read) != nil else { return nil }
            }
        }
        var infos: [TensorInfo] = []
        for _ in 0..<counts.tensors {
            guard let info = try tensorInfo(&cursor, read) else { return nil }
            infos.append(info)
        }
        let mask = (alignment ?? 32) - 1
        return place(infos, data: (cursor.position + mask) & ~mask, size: size)
    }

    private static func start<E: Error>(
        _ cursor: inout GGUFCursor, _ read: (Int, Int) throws(E) -> [UInt8]
    ) throws(E) -> (tensors: Int, entries: Int)? {
        guard let magic = try cursor.bytes(4, read), magic.elementsEqual("GGUF".utf8),
            let version = try cursor.integer(UInt32.self, read), version == 2 || version == 3,
            let tensors = try cursor.integer(UInt64.self, read), tensors <= UInt64(maximumTensors),
            let entries = try cursor.integer(UInt64.self, read), entries <= UInt64(maximumEntries)
        else { return nil }
        return (Int(tensors), Int(entries))
    }

    private static func key<E: Error>(
        _ cursor: inout GGUFCursor, _ read: (Int, Int) throws(E) -> [UInt8]
    ) throws(E) -> String? {
        guard let length = try cursor.length(atMost: maximumName, read), let bytes = try cursor.bytes(length, read) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Values

    private static func skip<E: Error>(
        _ cursor: inout GGUFCursor, type: UInt32, _ read: (Int, Int) throws(E) -> [UInt8]
    ) throws(E) -> Void? {
        guard type < UInt32(widths.count) else { return nil }
        switch Int(type) {
        case stringType:
            guard let length = try cursor.length(atMost: maximumString, read) else { return nil }
            return cursor.skip(length)
        case arrayType:
            guard let (type, count) = try arrayHead(&cursor, read) else { return nil }
            guard type == stringType else { return cursor.skip(widths[type] * count) }
            for _ in 0..<count {
                guard let length = try cursor.length(atMost: maximumString, read), cursor.skip(length) != nil else { return nil }
            }
            return ()
        default:
            return cursor.skip(widths[Int(type)])
        }
    }

    private static func arrayHead<E: Error>(
        _ cursor: inout GGUFCursor, _ read: (Int, Int) throws(E) -> [UInt8]
    ) throws(E) -> (type: Int, count: Int)? {
        guard let type = try cursor.integer(UInt32.self, read), type < UInt32(widths.count), Int(type) != arrayType,
            let count = try cursor.integer(UInt64.self, read), count <= maximumArray
        else { return nil }
        return (Int(type), Int(count))
    }

    /// A value read or, if it is of no use or too long, passed over.
    private struct Scanned {
        var kept: GGUFValue?
    }

    private static func value<E: Error>(
        _ cursor: inout GGUFCursor, type: UInt32, _ read: (Int, Int) throws(E) -> [UInt8]
    ) throws(E) -> Scanned? {
        guard type < UInt32(widths.count) else { return nil }
        switch Int(type) {
        case stringType:
            guard let length = try cursor.length(atMost: maximumString, read) else { return nil }
            guard length <= maximumKept else { return cursor.skip(length).map { Scanned() } }
            guard let bytes = try cursor.bytes(length, read) else { return nil }
            return Scanned(kept: .string(String(decoding: bytes, as: UTF8.self)))
        case arrayType:
            guard let (type, count) = try arrayHead(&cursor, read) else { return nil }
            guard type == stringType else { return cursor.skip(widths[type] * count).map { Scanned() } }
            return try strings(&cursor, count, read)
        default:
            let width = widths[Int(type)]
            guard let bytes = try cursor.bytes(width, read) else { return nil }
            var bits: UInt64 = 0
            for byte in bytes.reversed() { bits = bits << 8 | UInt64(byte) }
            return Scanned(kept: number(bits, type: Int(type)))
        }
    }

    private static func strings<E: Error>(
        _ cursor: inout GGUFCursor, _ count: Int, _ read: (Int, Int) throws(E) -> [UInt8]
    ) throws(E) -> Scanned? {
        var strings: [String]? = []
        var kept = 0
        for _ in 0..<count {
            guard let length = try cursor.length(atMost: maximumString, read) else { return nil }
            // Eight bytes of length each: a million empty strings are no small value either.
            kept += 8 + length
            if kept <= maximumKept {
                guard let bytes = try cursor.bytes(length, read) else { return nil }
                strings?.append(String(decoding: bytes, as: UTF8.self))
            } else {
                strings = nil
                guard cursor.skip(length) != nil else { return nil }
            }
        }
        return Scanned(kept: strings.map { .strings($0) })
    }

    private static func number(_ bits: UInt64, type: Int) -> GGUFValue? {
        switch type {
        case 0, 2, 4, 10: Int(exactly: bits).map { .integer($0) }
        case 1: .integer(Int(Int8(truncatingIfNeeded: bits)))
        case 3: .integer(Int(Int16(truncatingIfNeeded: bits)))
        case 5: .integer(Int(Int32(truncatingIfNeeded: bits)))
        case 11: .integer(Int(Int64(truncatingIfNeeded: bits)))
        case 6: .real(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
        case 12: .real(Double(bitPattern: bits))
        default: .boolean(bits != 0)
        }
    }

    // MARK: Tensors

    private struct TensorInfo {
        /// Weights; nil if 2^63 or more.
        var elements: Int?
        var type: UInt32
        var offset: UInt64
    }

    private static func tensorInfo<E: Error>(
        _ cursor: inout GGUFCursor, _ read: (Int, Int) throws(E) -> [UInt8]
    ) throws(E) -> TensorInfo? {
        guard let length = try cursor.length(atMost: maximumName, read), cursor.skip(length) != nil,
            let dimensions = try cursor.integer(UInt32.self, read), dimensions <= 4
        else { return nil }
        var elements: Int? = 1
        var isEmpty = false
        for _ in 0..<dimensions {
            guard let dimension = try cursor.integer(UInt64.self, read) else { return nil }
            if dimension == 0 { isEmpty = true }
            if let sofar = elements, let factor = Int(exactly: dimension) {
                let (product, overflow) = sofar.multipliedReportingOverflow(by: factor)
                elements = overflow ? nil : product
            } else {
                elements = nil
            }
        }
        guard let type = try cursor.integer(UInt32.self, read), let offset = try cursor.integer(UInt64.self, read) else { return nil }
        return TensorInfo(elements: isEmpty ? 0 : elements, type: type, offset: offset)
    }

    /// Gives the tensors their places behind `data`, where the data begins.
    private static func place(_ infos: [TensorInfo], data: Int, size: Int) -> [TensorExtent]? {
        var begins: [Int] = []
        for info in infos {
            guard data <= size, info.offset <= UInt64(size - data) else { return nil }
            begins.append(data + Int(info.offset))
        }
        let ordered = begins.sorted()
        var tensors: [TensorExtent] = []
        for (index, info) in infos.enumerated() {
            let begin = begins[index]
            guard let type = GGMLType.known(info.type) else {
                let end = next(after: begin, in: ordered) ?? size
                tensors.append(TensorExtent(offset: begin, length: end - begin, element: .opaque, block: 1))
                continue
            }
            guard let elements = info.elements, elements.isMultiple(of: type.blockElements) else { return nil }
            let (length, overflow) = (elements / type.blockElements).multipliedReportingOverflow(by: type.blockBytes)
            guard !overflow, length <= size - begin else { return nil }
            tensors.append(TensorExtent(offset: begin, length: length, element: type.element, block: type.blockBytes))
        }
        return TensorLayout.sorted(tensors)
    }

    /// The first of the ascending numbers above `value`.
    private static func next(after value: Int, in ordered: [Int]) -> Int? {
        var (low, high) = (0, ordered.count)
        while low < high {
            let middle = (low + high) / 2
            if ordered[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low < ordered.count ? ordered[low] : nil
    }
}
