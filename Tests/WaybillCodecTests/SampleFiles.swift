import WaybillCodec

/// Files of the plan tests, built byte by byte.
enum SampleFiles {
    struct Tensor {
        var name: String
        var type: String
        var shape: [Int]
        var bytes: [UInt8]
    }

    /// A well-formed safetensors file; the tensors lie in the given order.
    static func safetensors(_ tensors: [Tensor], metadata: String? = "{\"format\":\"pt\"}") -> [UInt8] {
        var offset = 0
        var members = metadata.map { ["\"__metadata__\":\($0)"] } ?? []
        for tensor in tensors {
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            members.append(
                "\"\(tensor.name)\":{\"dtype\":\"\(tensor.type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(offset + tensor.bytes.count)]}"
            )
            offset += tensor.bytes.count
        }
        return safetensors(header: "{" + members.joined(separator: ",") + "}", data: tensors.flatMap(\.bytes))
    }

    static func safetensors(header: String, data: [UInt8]) -> [UInt8] {
        let bytes = Array(header.utf8)
        return Samples.littleEndian(UInt64(bytes.count)) + bytes + data
    }

    static func string(_ text: String) -> [UInt8] { Samples.littleEndian(UInt64(text.utf8.count)) + Array(text.utf8) }

    struct GGUFTensor {
        var name: String
        var dimensions: [UInt64]
        var type: UInt32
        var offset: UInt64
    }

    /// The header of a GGUF file, up to the padding in front of the data.
    static func gguf(version: UInt32 = 3, entries: [[UInt8]], tensors: [GGUFTensor], alignment: Int = 32) -> [UInt8] {
        var bytes = Array("GGUF".utf8) + Samples.littleEndian(version)
        bytes += Samples.littleEndian(UInt64(tensors.count)) + Samples.littleEndian(UInt64(entries.count)) + entries.flatMap { $0 }
        for tensor in tensors {
            bytes += string(tensor.name) + Samples.littleEndian(UInt32(tensor.dimensions.count))
            bytes += tensor.dimensions.flatMap { Samples.littleEndian($0) }
            bytes += Samples.littleEndian(tensor.type) + Samples.littleEndian(tensor.offset)
        }
        return bytes + [UInt8](repeating: 0, count: (alignment - bytes.count % alignment) % alignment)
    }

    static func entry(_ key: String, type: UInt32, _ value: [UInt8]) -> [UInt8] {
        string(key) + Samples.littleEndian(type) + value
    }

    static func entry(_ key: String, _ text: String) -> [UInt8] { entry(key, type: 8, string(text)) }

    static func entry(_ key: String, _ list: [String]) -> [UInt8] {
        entry(key, type: 9, Samples.littleEndian(UInt32(8)) + Samples.littleEndian(UInt64(list.count)) + list.flatMap { string($0) })
    }
}

/// A file in memory that counts what is asked of it.
final class CountingFile {
    let bytes: [UInt8]
    /// What the file system says, which may be more than there is.
    let size: Int
    private(set) var largest = 0
    private(set) var total = 0

    init(_ bytes: [UInt8], size: Int? = nil) {
        self.bytes = bytes
        self.size = size ?? bytes.count
    }

    func read(_ offset: Int, _ count: Int) -> [UInt8] {
        largest = max(largest, count)
        total += count
        guard offset < bytes.count else { return [] }
        return Array(bytes[offset..<min(bytes.count, offset + count)])
    }

    var layout: FileLayout { FileLayout.detect(size: size, read: read) }
}
