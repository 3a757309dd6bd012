import WaybillCodec
import WaybillFormat

/// Headers of model files. The first byte says how many zeros follow the others, so that tensors have room.
extension FuzzTarget {
    public static let safetensors = FuzzTarget("safetensors") { (input) throws(BrokenProperty) in
        let file = SparseFile(input)
        let layout = try layout(of: file)
        guard let tensors = try safetensors(in: file) else { return layout.format == .safetensors }
        let isAccepted = layout.format == .safetensors
        try require(isAccepted == (tensors != []), "safetensors that are \(isAccepted ? "none" : "some") by a second reading")
        let starts = Set(layout.spans.map(\.offset))
        for tensor in tensors where tensor.count >= 64 << 10 { try require(starts.contains(tensor.lowerBound), "a tensor inside a chunk") }
        return isAccepted
    }

    /// Section 3 of Protocol/CHUNKING.md, read as a tree: the places of the header and of all tensors, none if the file is not
    /// safetensors, nil where the tree cannot tell (a number that is no size, names that are alike).
    private static func safetensors(in file: SparseFile) throws(BrokenProperty) -> [Range<Int>]? {
        guard file.size >= 10 else { return [] }
        let length = littleEndian(try file.read(0, 8))
        guard (2...32 << 20).contains(length), Int(length) <= file.size - 8 else { return [] }
        let start = 8 + Int(length)
        let header = try file.read(8, Int(length))
        guard header.first == UInt8(ascii: "{") else { return [] }
        let tree = try parsed { () throws(FormatError) in try JSONValue(parsing: header) }
        guard case .object(let members)? = tree else { return nil }
        var places = [0..<start]
        for (name, tensor) in members {
            if name == "__metadata__" {
                guard case .object = tensor else { return [] }
                continue
            }
            guard tensor["dtype"]?.text != nil, let shape = tensor["shape"]?.elements, shape.count <= 64,
                shape.allSatisfy({ $0.number != nil }), let offsets = tensor["data_offsets"]?.elements, offsets.count == 2,
                let begin = offsets[0].number, let end = offsets[1].number, begin <= end, end <= file.size - start
            else { return [] }
            if begin < end { places.append(start + begin..<start + end) }
        }
        places.sort { $0.lowerBound < $1.lowerBound }
        return zip(places, places.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound } ? places : []
    }

    public static let gguf = FuzzTarget("gguf") { (input) throws(BrokenProperty) in
        let file = SparseFile(input)
        let layout = try layout(of: file)
        let all = try GGUFHeader.metadata(size: file.size, read: file.read) { _ in true }
        let none = try GGUFHeader.metadata(size: file.size, read: file.read) { _ in false }
        try require((all == nil) == (none == nil), "whether it is GGUF depends on what is wanted of it")
        try require(none?.isEmpty ?? true, "a value that was not wanted")
        try require(layout.format != .gguf || all != nil, "tensors behind metadata that cannot be read")
        for value in (all ?? [:]).values {
            switch value {
            case .string(let text): try require(text.utf8.count <= 3 * 64 << 10, "a long value")
            case .strings(let texts): try require(texts.reduce(0) { $0 + $1.utf8.count } <= 3 * 64 << 10, "a long value")
            case .integer, .real, .boolean: break
            }
        }
        return layout.format == .gguf
    }

    /// Spans cover the file exactly, and no chunk is longer than it may be.
    private static func layout(of file: SparseFile) throws(BrokenProperty) -> FileLayout {
        let layout = try FileLayout.detect(size: file.size, read: file.read)
        var end = 0
        for span in layout.spans {
            try require(span.offset == end && span.length >= 1, "a gap, an overlap or an empty span at \(end)")
            if case .fixed = span.kind { try require(span.length <= Limits.chunk, "a chunk of \(span.length) bytes") }
            end += span.length
        }
        try require(end == file.size, "the spans end at \(end) of \(file.size)")
        return layout
    }
}

/// Some bytes and zeros behind them.
struct SparseFile: Sendable {
    let bytes: ArraySlice<UInt8>
    let size: Int

    /// - Parameter input: a byte for the number of zeros, and the bytes.
    init(_ input: [UInt8]) {
        bytes = input.dropFirst()
        let zeros = Int(input.first ?? 0)
        // Mostly few, which is fast; else up to 4 MiB.
        size = bytes.count + (zeros < 192 ? zeros * 8 : (zeros - 191) << 16)
    }

    /// Throws where more is asked for than the file has, or than `FileLayout.detect` says that it will.
    func read(_ offset: Int, _ count: Int) throws(BrokenProperty) -> [UInt8] {
        try require(offset >= 0 && count >= 0 && count <= size - offset, "a read beyond the file: \(count) at \(offset) of \(size)")
        // The header of safetensors is asked for whole.
        try require(count <= 1 << 20 || offset == 8 && count <= 32 << 20, "a read of \(count) bytes")
        var part: [UInt8] = []
        part.reserveCapacity(count)
        part += bytes.dropFirst(offset).prefix(count)
        part += repeatElement(0, count: count - part.count)
        return part
    }
}
