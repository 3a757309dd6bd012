import Foundation
import Testing
import WaybillTestSupport

/// A safetensors file taken apart, in the order of its data.
struct SafetensorsFile {
    let tensors: [Tensor]

    init(_ file: [UInt8]) throws {
        let length = (0..<8).reduce(0) { $0 | Int(file[$1]) << (8 * $1) }
        let header = try #require(JSONSerialization.jsonObject(with: Data(file[8..<8 + length])) as? [String: Any])
        var found: [(start: Int, tensor: Tensor)] = []
        for (name, value) in header where name != "__metadata__" {
            let entry = try #require(value as? [String: Any])
            let offsets = try #require(entry["data_offsets"] as? [Int])
            let start = 8 + length + offsets[0]
            found.append(
                (
                    start,
                    Tensor(
                        name, try #require(entry["dtype"] as? String), try #require(entry["shape"] as? [Int]),
                        Array(file[start..<8 + length + offsets[1]]))
                ))
        }
        tensors = found.sorted { $0.start < $1.start }.map(\.tensor)
    }
}
