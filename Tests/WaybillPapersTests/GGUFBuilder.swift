import WaybillFormat
import WaybillPapers

/// A GGUF file of metadata only.
struct GGUFBuilder {
    private var entries: [UInt8] = []
    private var count: UInt64 = 0

    mutating func add(_ key: String, _ text: String) {
        head(key, type: 8)
        string(Array(text.utf8))
    }

    mutating func add(_ key: String, raw bytes: [UInt8]) {
        head(key, type: 8)
        string(bytes)
    }

    mutating func add(_ key: String, _ list: [String]) {
        head(key, type: 9)
        integer(UInt32(8))
        integer(UInt64(list.count))
        for text in list { string(Array(text.utf8)) }
    }

    mutating func add(_ key: String, _ number: UInt32) {
        head(key, type: 4)
        integer(number)
    }

    var bytes: [UInt8] {
        var builder = GGUFBuilder()
        builder.entries = Array("GGUF".utf8)
        builder.integer(UInt32(3))
        builder.integer(UInt64(0))
        builder.integer(count)
        return builder.entries + entries + [UInt8](repeating: 0, count: 64)
    }

    func file(_ path: String = "model.gguf") throws -> EvidenceFile { try ModelFiles.file(path, bytes, format: .gguf) }

    static func file(_ path: String = "model.gguf", _ fill: (inout GGUFBuilder) -> Void) throws -> EvidenceFile {
        var builder = GGUFBuilder()
        fill(&builder)
        return try builder.file(path)
    }

    private mutating func head(_ key: String, type: UInt32) {
        count += 1
        string(Array(key.utf8))
        integer(type)
    }

    private mutating func string(_ bytes: [UInt8]) {
        integer(UInt64(bytes.count))
        entries += bytes
    }

    private mutating func integer<T: FixedWidthInteger>(_ value: T) {
        for shift in stride(from: 0, to: T.bitWidth, by: 8) { entries.append(UInt8(truncatingIfNeeded: value >> T(shift))) }
    }
}
