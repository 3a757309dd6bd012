import Foundation
import Testing
import WaybillFormat

/// One case of a vector file; failures print its name, not its bytes.
struct Vector: Sendable, CustomTestStringConvertible {
    let value: JSONValue

    var testDescription: String { value["name"]?.text ?? "a vector without a name" }

    subscript(name: String) -> JSONValue? { value[name] }
}

/// The vectors of Protocol/vectors/v1, which an independent implementation wrote.
enum Vectors {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Protocol/vectors/v1")

    /// All cases of a folder, by file name; a file holds one case or a list.
    static func cases(_ name: String) -> [Vector] {
        let url = folder.appendingPathComponent(name)
        let files = ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).filter { $0.hasSuffix(".json") }.sorted()
        return files.flatMap { file -> [Vector] in
            guard let data = try? Data(contentsOf: url.appendingPathComponent(file)), let value = try? JSONValue(parsing: Array(data))
            else {
                return [Vector(value: .object(["name": .string("unreadable file \(file)")]))]
            }
            return (value.elements ?? [value]).map { Vector(value: $0) }
        }
    }

    static func hex(_ text: String) -> [UInt8]? {
        guard text.utf8.count.isMultiple(of: 2) else { return nil }
        let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.allSatisfy({ $0 != nil }) else { return nil }
        let values = digits.compactMap { $0 }
        return stride(from: 0, to: values.count, by: 2).map { UInt8(values[$0] << 4 | values[$0 + 1]) }
    }

    /// The bytes of a recipe, or nil if it has a part that is not known here.
    static func make(_ recipe: JSONValue?) -> [UInt8]? {
        guard let parts = recipe?.elements else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            if let text = part["hex"]?.text {
                guard let more = hex(text) else { return nil }
                bytes += more
            } else if let text = part["text"]?.text {
                bytes += Array(text.utf8)
            } else if let count = part["zeros"]?.number {
                bytes += [UInt8](repeating: 0, count: count)
            } else if let seed = part["prng"]?.number, let count = part["bytes"]?.number {
                var random = SeededGenerator(UInt64(seed))
                var noise: [UInt8] = []
                noise.reserveCapacity(count + 8)
                while noise.count < count { noise += Samples.littleEndian(random.next()) }
                bytes += noise.prefix(count)
            } else if let inner = make(part["repeat"]), let times = part["times"]?.number {
                for _ in 0..<times { bytes += inner }
            } else {
                return nil
            }
        }
        return bytes
    }
}
