import Testing
import WaybillCodec
import WaybillFormat

@Suite struct SafetensorsLayoutTests {
    private func tensor(_ name: String, _ type: String, _ count: Int) -> SampleFiles.Tensor {
        var random = SeededGenerator(UInt64(count))
        return SampleFiles.Tensor(name: name, type: type, shape: [count], bytes: random.skewed(count))
    }

    private func spans(_ bytes: [UInt8]) -> [LayoutSpan] { CountingFile(bytes).layout.spans }

    private func fixed(_ bytes: [UInt8]) -> [[Int]] {
        spans(bytes).compactMap { span in
            if case .fixed(let element) = span.kind { [span.length, Int(element.rawValue)] } else { nil }
        }
    }

    @Test func largeTensorsAreCutInSteps() {
        let mebi = 1 << 20
        let file = SampleFiles.safetensors([
            tensor("a", "BF16", 2 * mebi + 65_536), tensor("b", "F32", 2 * mebi + 65_535), tensor("c", "F8_E4M3", mebi),
        ])
        #expect(CountingFile(file).layout.format == .safetensors)
        #expect(fixed(file) == [[mebi, 1], [mebi, 1], [65_536, 1], [mebi, 3], [mebi + 65_535, 3], [mebi, 5]])
    }

    @Test func smallTensorsOfATypeShareChunks() {
        let file = SampleFiles.safetensors([
            tensor("a", "F32", 60_000), tensor("b", "F32", 60_000), tensor("c", "F32", 60_000), tensor("d", "F32", 60_000),
            tensor("e", "F32", 60_000), tensor("f", "BF16", 10), tensor("g", "F32", 65_536), tensor("h", "F32", 1), tensor("i", "C64", 8),
        ])
        #expect(fixed(file) == [[240_000, 3], [60_000, 3], [10, 1], [65_536, 3], [1, 3], [8, 3]])
    }

    @Test func runsEndAtTheirLimit() {
        let exact = SampleFiles.safetensors((0..<5).map { tensor("t\($0)", "I8", 52_429 - ($0 == 0 ? 1 : 0)) })
        #expect(fixed(exact) == [[262_144, 5]])
        let over = SampleFiles.safetensors((0..<5).map { tensor("t\($0)", "I8", 52_429) })
        #expect(fixed(over) == [[209_716, 5], [52_429, 5]])
    }

    @Test func smallGapsBelongToTheTensorBefore() {
        func file(gap: Int) -> [UInt8] {
            SampleFiles.safetensors(
                header: #"{"a":{"dtype":"I8","shape":[],"data_offsets":[0,10]},"b":{"dtype":"I8","shape":[9],"data_offsets":["#
                    + "\(10 + gap),\(20 + gap)]}}", data: [UInt8](repeating: 1, count: 20 + 2 * gap))
        }
        #expect(fixed(file(gap: 65_536)) == [[65_546 + 65_546, 5]])
        let wide = spans(file(gap: 65_537))
        #expect(wide.dropFirst().map(\.length) == [10, 65_537, 10, 65_537])
        #expect(wide.map { $0.kind == .contentDefined } == [true, false, true, false, true])
    }

    @Test func emptyTensorsLeaveNoTrace() {
        let with = SampleFiles.safetensors([tensor("a", "F32", 100), tensor("b", "I64", 0), tensor("c", "F32", 100)])
        #expect(fixed(with) == [[200, 3]])
        let none = SampleFiles.safetensors([tensor("a", "F32", 0)])
        #expect(CountingFile(none).layout.format == .safetensors)
        #expect(spans(none) == [LayoutSpan(offset: 0, length: none.count, kind: .contentDefined)])
    }

    static let accepted: [(String, Int)] = [
        ("{}", 0), ("{ } \n\t\r", 0), ("{}", 5), (#"{"__metadata__":{"a":[1.5e3,null,{"b":true}]}}"#, 0),
        (#"{"a":{"dtype":"X9","shape":[0,9007199254740991],"data_offsets":[0,4],"more":[1,-2.5]}}"#, 4),
        (#"{"\u0061":{"dtype":"U8","shape":[],"data_offsets":[4,4]},"é":{"dtype":"U8","shape":[],"data_offsets":[0,4]}}"#, 4),
        (#"{"e\u0301":{"dtype":"U8","shape":[],"data_offsets":[4,4]},"é":{"dtype":"U8","shape":[],"data_offsets":[0,4]}}"#, 4),
        (#"{"a":{"dtype":"U8","shape":[],"data_offsets":[2,4]},"b":{"dtype":"U8","shape":[],"data_offsets":[0,2]}}"#, 9),
        (#"{"__metadata__":{"a":1,"a":2}}"#, 0),
    ]

    @Test(arguments: accepted.indices)
    func isAccepted(index: Int) {
        let (header, data) = Self.accepted[index]
        let file = SampleFiles.safetensors(header: header, data: [UInt8](repeating: 3, count: data))
        #expect(CountingFile(file).layout.format == .safetensors, "\(header)")
    }

    static let refused: [String] = [
        "{", "{]", "[]", "{} x", "{},", #"{"a":1}"#, #"{"__metadata__":[]}"#, #"{"__metadata__":null}"#,
        #"{"a":{"dtype":"U8","shape":[],"data_offsets":[0,5]}}"#, #"{"a":{"dtype":"U8","shape":[],"data_offsets":[3,2]}}"#,
        #"{"a":{"dtype":"U8","shape":[],"data_offsets":[0,-1]}}"#, #"{"a":{"dtype":"U8","shape":[],"data_offsets":[0.0,1]}}"#,
        #"{"a":{"dtype":"U8","shape":[],"data_offsets":[0]}}"#, #"{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1,2]}}"#,
        #"{"a":{"dtype":"U8","shape":[9007199254740992],"data_offsets":[0,1]}}"#,
        #"{"a":{"dtype":"U8","shape":[],"data_offsets":[0,18446744073709551615]}}"#,
        #"{"a":{"dtype":"U8","shape":{},"data_offsets":[0,1]}}"#, #"{"a":{"dtype":8,"shape":[],"data_offsets":[0,1]}}"#,
        #"{"a":{"shape":[],"data_offsets":[0,1]}}"#, #"{"a":{"dtype":"U8","data_offsets":[0,1]}}"#, #"{"a":{"dtype":"U8","shape":[]}}"#,
        #"{"a":{"dtype":"U8","dtype":"U8","shape":[],"data_offsets":[0,1]}}"#,
        #"{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[],"data_offsets":[1,2]}}"#,
        #"{"a":{"dtype":"U8","shape":[],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[],"data_offsets":[1,3]}}"#,
        #"{"\ud800":{"dtype":"U8","shape":[],"data_offsets":[0,1]}}"#,
        #"{"__metadata__":"# + String(repeating: #"{"a":"#, count: 16) + "1" + String(repeating: "}", count: 17),
        #"{"a":{"dtype":"U8","shape":["# + [String](repeating: "1", count: 65).joined(separator: ",") + #"],"data_offsets":[0,1]}}"#,
    ]

    @Test(arguments: refused.indices)
    func isRefused(index: Int) {
        let file = SampleFiles.safetensors(header: Self.refused[index], data: [3, 3, 3, 3])
        let layout = CountingFile(file).layout
        #expect(layout.format == .opaque, "\(Self.refused[index])")
        #expect(layout.spans == [LayoutSpan(offset: 0, length: file.count, kind: .contentDefined)])
    }

    @Test func headersThatLieAboutTheirLengthCostNothing() {
        for length in [UInt64.max, 1 << 63, (32 << 20) + 1, 1, 0] as [UInt64] {
            let file = CountingFile(Samples.littleEndian(length) + Array("{}".utf8), size: 1 << 40)
            #expect(file.layout.format == .opaque)
            #expect(file.total <= 200_000)
        }
        // The file has shrunk since its size was asked for.
        let shrunk = CountingFile(Samples.littleEndian(UInt64(1000)) + Array("{}".utf8), size: 5000)
        #expect(shrunk.layout.format == .opaque)
        #expect(CountingFile([], size: 100).layout.format == .opaque)
        #expect(CountingFile([]).layout.spans.isEmpty)
    }

    @Test func reShardingSharesNearlyAllBytes() {
        let tensors = (0..<12).map { tensor("model.layers.\($0).weight", "BF16", 700_000 + 333_334 * $0) }
        let one = ChunkPlan.chunks(of: SampleFiles.safetensors(tensors)).chunks
        let parts = [tensors[0..<5], tensors[5..<6], tensors[6...]].flatMap {
            ChunkPlan.chunks(of: SampleFiles.safetensors(Array($0), metadata: nil)).chunks
        }
        let known = Set(one)
        let total = parts.reduce(0) { $0 + $1.length }
        let shared = parts.filter { known.contains($0) }.reduce(0) { $0 + $1.length }
        #expect(Double(shared) / Double(total) > 0.99)
    }
}
