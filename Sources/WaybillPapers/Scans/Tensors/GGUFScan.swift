import WaybillCodec
import WaybillFormat

/// The strict rules of GGUF, and the chat templates in its metadata.
struct GGUFScan {
    private static let maximumHeader = 64 << 20
    private static let maximumEntries: UInt64 = 65_536
    private static let maximumTensors: UInt64 = 262_144
    private static let maximumName = 65_535
    private static let maximumText = 16 << 20
    private static let maximumArray: UInt64 = 16_777_216
    /// Bytes of a value of types 0 to 12; 0 for texts and arrays.
    private static let widths = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]
    private static let (textType, arrayType) = (8, 9)

    private struct Tensor {
        let name: String
        let offset: Int
        let count: Int
        let place: Int
    }

    /// Ends the reading of a header.
    private enum Refusal: Error {
        case malformed(String)
        case stop(ScanStop)
    }

    private var window: ByteWindow
    private let session: ScanSession
    private let size: Int
    private var alignment = 32

    static func scan(_ source: any ByteSource, _ session: ScanSession) throws(ScanStop) {
        session.looked(at: .gguf)
        guard let size = source.size else {
            session.markPartial("compressed GGUF")
            return
        }
        var scan = GGUFScan(window: ByteWindow(source, at: 4), session: session, size: size)
        do throws(Refusal) {
            try scan.run()
        } catch {
            switch error {
            case .stop(let stop): throw stop
            case .malformed(let cause):
                session.report(.ggufHeader, at: scan.window.position, "the header \(cause)")
                session.markPartial("a GGUF header that does not parse")
                try EmbeddedPickles.search(source, from: scan.window.position, session)
            }
        }
    }

    private mutating func run() throws(Refusal) {
        let version = try integer(4)
        guard version == 2 || version == 3 else { throw .malformed("has version \(version)") }
        let tensorCount = try integer(8)
        let entryCount = try integer(8)
        guard tensorCount <= Self.maximumTensors, entryCount <= Self.maximumEntries else {
            throw .malformed("counts \(tensorCount) tensors and \(entryCount) keys")
        }
        var keys: Set<[UInt8]> = []
        for _ in 0..<entryCount {
            let place = window.position
            let key = try text(atMost: Self.maximumName)
            if !keys.insert(key).inserted {
                session.report(.ggufDuplicateKey, at: place, "the key \(quoted(String(decoding: key, as: UTF8.self))) stands twice")
            }
            guard let name = String(validating: key, as: UTF8.self), !name.isEmpty else { throw .malformed("has a key that is no text") }
            try value(of: name, at: place)
        }
        var tensors: [Tensor] = []
        var names: Set<[UInt8]> = []
        for _ in 0..<tensorCount {
            if let tensor = try tensor(&names) { tensors.append(tensor) }
        }
        let data = (window.position + alignment - 1) / alignment * alignment
        try place(tensors, data: data, isWhole: tensors.count == Int(tensorCount))
    }

    // MARK: Metadata

    private mutating func value(of key: String, at place: Int) throws(Refusal) {
        let type = try integer(4)
        if key == "general.alignment" {
            guard type == 4 else {
                session.report(.ggufAlignment, at: place, "general.alignment is no 32-bit number")
                return try skip(type)
            }
            let value = try integer(4)
            guard value > 0, value <= 65_536, value.nonzeroBitCount == 1 else {
                session.report(.ggufAlignment, at: place, "general.alignment is \(value), no power of two up to 65,536")
                return
            }
            alignment = Int(value)
        } else if type == UInt64(Self.textType), key == "tokenizer.chat_template" || key.hasPrefix("tokenizer.chat_template.") {
            let at = window.position + 8
            let bytes = try text(atMost: Self.maximumText)
            let name = key == "tokenizer.chat_template" ? "default" : String(key.dropFirst("tokenizer.chat_template.".count))
            do { try TemplateFileScan.scan(bytes, name: name, place: key, at: at, session) } catch { throw .stop(error) }
        } else {
            try skip(type)
        }
    }

    private mutating func skip(_ type: UInt64) throws(Refusal) {
        guard type < UInt64(Self.widths.count) else { throw .malformed("has a value of type \(type)") }
        switch Int(type) {
        case Self.textType: try skip(bytes: try length(atMost: Self.maximumText))
        case Self.arrayType:
            let element = try integer(4)
            let count = try integer(8)
            guard element != UInt64(Self.arrayType) else {
                session.report(.ggufNestedArray, at: window.position, "an array of arrays")
                throw .malformed("has an array of arrays")
            }
            guard element < UInt64(Self.widths.count), count <= Self.maximumArray else {
                throw .malformed("has an array of \(count) values of type \(element)")
            }
            if Int(element) == Self.textType {
                for _ in 0..<count { try skip(bytes: try length(atMost: Self.maximumText)) }
            } else {
                try skip(bytes: Self.widths[Int(element)] * Int(count))
            }
        default: try skip(bytes: Self.widths[Int(type)])
        }
    }

    // MARK: Tensors

    private mutating func tensor(_ names: inout Set<[UInt8]>) throws(Refusal) -> Tensor? {
        let place = window.position
        let bytes = try text(atMost: Self.maximumName)
        let name = String(decoding: bytes, as: UTF8.self)
        if !names.insert(bytes).inserted { session.report(.ggufDuplicateTensor, at: place, "the tensor \(quoted(name)) stands twice") }
        if bytes.count >= 64 { session.report(.ggufTensor, at: place, "the tensor \(quoted(name)) has a name of \(bytes.count) bytes") }
        let dimensions = try integer(4)
        guard dimensions <= 4 else {
            session.report(.ggufTensor, at: place, "the tensor \(quoted(name)) has \(dimensions) dimensions")
            throw .malformed("has a tensor of \(dimensions) dimensions")
        }
        var elements: Int? = 1
        for _ in 0..<dimensions {
            let dimension = Int(exactly: try integer(8))
            guard let sofar = elements, let dimension else {
                elements = nil
                continue
            }
            let (product, overflow) = sofar.multipliedReportingOverflow(by: dimension)
            elements = overflow ? nil : product
        }
        let code = try integer(4)
        let offset = try integer(8)
        guard let type = GGMLType.known(UInt32(truncatingIfNeeded: code)), let elements, elements.isMultiple(of: type.blockElements) else {
            session.report(.ggufTensor, at: place, "the tensor \(quoted(name)) has a type that is not known, or no whole blocks")
            return nil
        }
        let (count, overflow) = (elements / type.blockElements).multipliedReportingOverflow(by: type.blockBytes)
        guard !overflow, let begin = Int(exactly: offset) else {
            session.report(.ggufTensor, at: place, "the tensor \(quoted(name)) does not fit any file")
            return nil
        }
        if !begin.isMultiple(of: alignment) { session.report(.ggufAlignment, at: place, "the tensor \(quoted(name)) is not aligned") }
        return Tensor(name: name, offset: begin, count: count, place: place)
    }

    private func place(_ tensors: [Tensor], data: Int, isWhole: Bool) throws(Refusal) {
        var isWhole = isWhole
        var position = 0
        var gaps: [Range<Int>] = []
        for tensor in tensors.sorted(by: { ($0.offset, $0.count) < ($1.offset, $1.count) }) {
            guard tensor.count <= size, tensor.offset <= size - tensor.count, data <= size - tensor.count - tensor.offset else {
                session.report(.ggufTensor, at: tensor.place, "the tensor \(quoted(tensor.name)) ends beyond the file")
                isWhole = false
                continue
            }
            if tensor.offset < position {
                session.report(.ggufOverlap, at: tensor.place, "the tensor \(quoted(tensor.name)) shares bytes with another")
            } else if tensor.offset > padded(position), isWhole {
                session.report(.ggufHole, at: data + position, "\(tensor.offset - position) bytes belong to no tensor")
                gaps.append(data + position..<data + tensor.offset)
            }
            position = max(position, tensor.offset + tensor.count)
        }
        // The last tensor may be padded, too. A file of metadata only ends anywhere.
        let end = data + padded(position)
        if isWhole, size > end {
            session.report(.ggufTrailingBytes, at: end, "\(size - end) bytes behind the last tensor")
            gaps.append(end..<size)
        }
        do {
            for gap in gaps { try EmbeddedPickles.search(window.source, from: gap.lowerBound, to: gap.upperBound, session) }
        } catch { throw .stop(error) }
    }

    private func padded(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }

    // MARK: Reading

    private mutating func integer(_ width: Int) throws(Refusal) -> UInt64 {
        let value: UInt64?
        do { value = try window.integer(width: width) } catch { throw .stop(error) }
        guard let value, window.position <= Self.maximumHeader else { throw .malformed("is cut short, or longer than 64 MiB") }
        return value
    }

    private mutating func length(atMost limit: Int) throws(Refusal) -> Int {
        let length = try integer(8)
        guard length <= UInt64(limit) else { throw .malformed("has a text of \(length) bytes") }
        return Int(length)
    }

    private mutating func text(atMost limit: Int) throws(Refusal) -> [UInt8] {
        let count = try length(atMost: limit)
        let bytes: [UInt8]?
        do { bytes = try window.take(count) } catch { throw .stop(error) }
        guard let bytes else { throw .malformed("is cut short") }
        return bytes
    }

    private mutating func skip(bytes count: Int) throws(Refusal) {
        let isThere: Bool
        do { isThere = try window.skip(count) } catch { throw .stop(error) }
        guard isThere, window.position <= Self.maximumHeader else { throw .malformed("is cut short, or longer than 64 MiB") }
    }
}
