import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

/// Files whose plans have fixed chunks.
enum SampleFiles {
    static func safetensors(_ sizes: [Int], seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return ModelMaker.safetensors(
            sizes.enumerated().map {
                Tensor(
                    "t\($0.offset)", $0.offset % 2 == 0 ? "BF16" : "F32", [$0.element / 4, $0.offset % 2 == 0 ? 2 : 1],
                    generator.bytes($0.element / 4 * 4))
            })
    }

    private static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        (0..<MemoryLayout<T>.size).map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
    }

    private static func string(_ text: String) -> [UInt8] { little(UInt64(text.utf8.count)) + Array(text.utf8) }

    /// - Parameter elements: of each tensor: F32 (type 0), or for every second one Q8_0 (type 8, 34 bytes for 32 elements).
    static func gguf(_ elements: [Int], seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        var header = Array("GGUF".utf8) + little(UInt32(3)) + little(UInt64(elements.count)) + little(UInt64(1))
        header += string("general.name") + little(UInt32(8)) + string("test")
        var data: [UInt8] = []
        for (index, count) in elements.enumerated() {
            let isBlocks = index % 2 == 1
            header += string("t\(index)") + little(UInt32(1)) + little(UInt64(count)) + little(UInt32(isBlocks ? 8 : 0))
            header += little(UInt64(data.count))
            data += generator.bytes(isBlocks ? count / 32 * 34 : count * 4)
            while data.count % 32 != 0 { data.append(0) }
        }
        while header.count % 32 != 0 { header.append(0) }
        return header + data
    }
}
