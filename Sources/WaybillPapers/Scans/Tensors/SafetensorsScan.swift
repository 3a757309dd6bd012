import WaybillFormat

/// The strict rules of safetensors, some of which its own reader does not hold to.
enum SafetensorsScan {
    /// Of the format.
    private static let maximumHeader = 100_000_000
    private static let readHeader = 32 << 20
    private static let maximumTensors = 262_144
    private static let maximumDepth = 16

    private struct Tensor {
        let name: String
        let begin: Int
        let end: Int
    }

    /// - Returns: false if it does not begin like safetensors.
    static func scan(
        _ source: any ByteSource, _ head: [UInt8], isExpected: Bool, _ session: ScanSession
    ) throws(ScanStop) -> Bool {
        guard let size = source.size, head.count > 8 else { return false }
        let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(head[$1]) << UInt64(8 * $1) }
        let text = head[8...].drop { isSpace($0) }
        guard text.first == UInt8(ascii: "{") else { return false }
        guard length >= 2, length <= UInt64(maximumHeader), Int(length) <= size - 8 else {
            guard isExpected else { return false }
            session.looked(at: .safetensors)
            session.report(.safetensorsHeader, at: 0, "the header's length is \(length), in a file of \(size) bytes")
            try EmbeddedPickles.search(source, from: 8, session)
            return true
        }
        session.looked(at: .safetensors)
        if head[8] != UInt8(ascii: "{") { session.report(.safetensorsLeadingSpace, at: 8, "white space stands before the header") }
        let count = Int(length)
        guard count <= readHeader else {
            session.markPartial("a safetensors header of more than 32 MiB")
            return true
        }
        let header = try source.readAll(8, count)
        if let close = header.lastIndex(of: UInt8(ascii: "}")), let wrong = header[(close + 1)...].firstIndex(where: { $0 != 0x20 }) {
            session.report(.safetensorsHeader, at: 8 + wrong, "something else than spaces stands behind the header")
        }
        let tensors: [Tensor]
        do throws(FormatError) {
            var parser = Parser(header, session)
            tensors = try parser.tensors(dataCount: size - 8 - count)
        } catch {
            session.report(.safetensorsHeader, at: 8, "the header is no JSON object that the format allows")
            session.markPartial("a safetensors header that does not parse")
            return true
        }
        for gap in gaps(between: tensors, data: 8 + count, size: size, session) {
            try EmbeddedPickles.search(source, from: gap.lowerBound, to: gap.upperBound, session)
        }
        return true
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// Bytes of no tensor.
    private static func gaps(between tensors: [Tensor], data: Int, size: Int, _ session: ScanSession) -> [Range<Int>] {
        var position = 0
        var gaps: [Range<Int>] = []
        for tensor in tensors.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            if tensor.begin < position {
                session.report(.safetensorsOverlap, at: data + tensor.begin, "the tensor \(quoted(tensor.name)) shares bytes with another")
            } else if tensor.begin > position {
                session.report(.safetensorsHole, at: data + position, "\(tensor.begin - position) bytes belong to no tensor")
                gaps.append(data + position..<data + tensor.begin)
            }
            position = max(position, tensor.end)
        }
        if data + position < size {
            session.report(.safetensorsTrailingBytes, at: data + position, "\(size - data - position) bytes behind the last tensor")
            gaps.append(data + position..<size)
        }
        return gaps
    }

    /// The header as a stream: nothing is kept but where tensors lie.
    private struct Parser {
        private var scanner: JSONScanner
        private let session: ScanSession

        init(_ header: [UInt8], _ session: ScanSession) {
            scanner = JSONScanner(header, subject: "header", maximumDepth: maximumDepth)
            self.session = session
        }

        mutating func tensors(dataCount: Int) throws(FormatError) -> [Tensor] {
            var names: Set<[UInt8]> = []
            var tensors: [Tensor] = []
            try scanner.enterObject()
            while let name = try scanner.nextKey() {
                let offset = 8 + scanner.position
                if !names.insert(Array(name.utf8)).inserted {
                    session.report(.safetensorsDuplicateKey, at: offset, "\(quoted(name)) stands twice")
                }
                guard names.count <= maximumTensors else {
                    session.markPartial("more than 262,144 tensors")
                    throw FormatError(.integrity, subject: "header", cause: "too many tensors", remedy: "")
                }
                if name.utf8.elementsEqual("__metadata__".utf8) {
                    try metadata(at: offset)
                } else if let tensor = try tensor(name, at: offset, dataCount: dataCount) {
                    tensors.append(tensor)
                }
            }
            try scanner.finish()
            return tensors
        }

        private mutating func metadata(at offset: Int) throws(FormatError) {
            guard try scanner.peek() == .object else {
                session.report(.safetensorsMetadata, at: offset, "__metadata__ is no object")
                try scanner.skipValue()
                return
            }
            var names: Set<[UInt8]> = []
            try scanner.enterObject()
            while let name = try scanner.nextKey() {
                if !names.insert(Array(name.utf8)).inserted {
                    session.report(.safetensorsDuplicateKey, at: offset, "__metadata__ has \(quoted(name)) twice")
                }
                if try scanner.peek() != .string {
                    session.report(.safetensorsMetadata, at: offset, "\(quoted(name)) in __metadata__ is no text")
                }
                try scanner.skipValue()
            }
        }

        private mutating func tensor(_ name: String, at offset: Int, dataCount: Int) throws(FormatError) -> Tensor? {
            guard try scanner.peek() == .object else {
                session.report(.safetensorsTensor, at: offset, "\(quoted(name)) is no object")
                try scanner.skipValue()
                return nil
            }
            var (bits, shape, offsets): (Int?, [Int]?, [Int]?) = (nil, nil, nil)
            var names: Set<[UInt8]> = []
            try scanner.enterObject()
            while let key = try scanner.nextKey() {
                if !names.insert(Array(key.utf8)).inserted {
                    session.report(.safetensorsDuplicateKey, at: offset, "\(quoted(name)) has \(quoted(key)) twice")
                }
                switch key {
                case "dtype" where try scanner.peek() == .string: bits = SafetensorsScan.bits[try scanner.string()]
                case "shape": shape = try integers(atMost: 64)
                case "data_offsets": offsets = try integers(atMost: 2)
                default:
                    session.report(.safetensorsTensor, at: offset, "\(quoted(name)) has the unknown member \(quoted(key))")
                    try scanner.skipValue()
                }
            }
            func refused(_ cause: String) -> Tensor? {
                session.report(.safetensorsTensor, at: offset, "the tensor \(quoted(name)) \(cause)")
                return nil
            }
            guard let offsets, offsets.count == 2, offsets[0] <= offsets[1], offsets[1] <= dataCount else {
                return refused("has no offsets within the file")
            }
            let tensor = Tensor(name: name, begin: offsets[0], end: offsets[1])
            guard let bits, let shape else {
                _ = refused("has no type or shape that is known")
                return tensor
            }
            var count = bits
            for dimension in shape {
                let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
                count = overflow ? -1 : product
                if overflow { break }
            }
            if count < 0 || !count.isMultiple(of: 8) || count / 8 != tensor.end - tensor.begin {
                _ = refused("has another size than its type and shape make")
            }
            return tensor
        }

        private mutating func integers(atMost limit: Int) throws(FormatError) -> [Int]? {
            guard try scanner.peek() == .array else {
                try scanner.skipValue()
                return nil
            }
            var values: [Int]? = []
            try scanner.enterArray()
            while try scanner.nextElement() {
                guard try scanner.peek() == .number, values?.count ?? limit < limit else {
                    try scanner.skipValue()
                    values = nil
                    continue
                }
                values?.append(try scanner.integer())
            }
            return values
        }
    }

    private static let bits: [String: Int] = [
        "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "F4": 4, "F6_E2M3": 6,
        "F6_E3M2": 6, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "C64": 64, "I64": 64, "U64": 64,
        "F64": 64,
    ]
}
