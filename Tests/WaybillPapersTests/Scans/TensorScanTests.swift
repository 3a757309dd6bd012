import Testing
import WaybillFormat
import WaybillPapers

/// The strict rules of safetensors and GGUF.
@Suite struct TensorScanTests {
    private static func safetensors(_ header: String, data: Int, length: Int? = nil) -> [UInt8] {
        ZipBuilder.number(length ?? header.utf8.count, 8) + Array(header.utf8) + [UInt8](repeating: 0, count: data)
    }

    private func rules(_ header: String, data: Int, length: Int? = nil) throws -> Set<ScanRule> {
        try Samples.scan(Self.safetensors(header, data: data, length: length), "model.safetensors").rules
    }

    @Test func rightSafetensors() throws {
        for (header, data) in [
            ("{}", 0), (#"{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#, 24),
            (#"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}   "#, 4),
            (#"{"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#, 8),
            (
                #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F4","shape":[4],"data_offsets":[0,2]},"e":{"dtype":"I64","shape":[0],"data_offsets":[2,2]}}"#,
                2
            ),
        ] {
            let scan = try Samples.scan(Self.safetensors(header, data: data), "model.safetensors")
            #expect(scan.isClean, "\(header): \(scan.findings)")
            #expect(scan.kinds == [.safetensors])
            // Under another name it is the same, and no data is read as something else.
            #expect(try Samples.scan(Self.safetensors(header, data: data), "weights").isClean)
        }
    }

    @Test func everyRuleOfSafetensors() throws {
        let good = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        let cases: [(ScanRule, String, Int, Int?)] = [
            (.safetensorsLeadingSpace, " " + good, 4, nil),
            (
                .safetensorsDuplicateKey,
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, nil
            ),
            (.safetensorsDuplicateKey, #"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4, nil),
            (
                .safetensorsDuplicateKey,
                #"{"\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, nil
            ),
            (
                .safetensorsOverlap,
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#, 6, nil
            ),
            (
                .safetensorsHole,
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#, 12, nil
            ),
            (.safetensorsHole, #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, nil),
            (.safetensorsTrailingBytes, good, 5, nil), (.safetensorsTrailingBytes, "{}", 1, nil),
            (.safetensorsTensor, #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, nil),
            (.safetensorsTensor, #"{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}"#, 4, nil),
            (.safetensorsTensor, #"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}"#, 1, nil),
            (.safetensorsTensor, #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#, 4, nil),
            (.safetensorsHeader, #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, nil),
            (.safetensorsTensor, #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#, 4, nil),
            (.safetensorsTensor, #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, nil),
            (.safetensorsTensor, #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, 4, nil),
            (.safetensorsTensor, #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4, nil),
            (.safetensorsTensor, #"{"a":1}"#, 0, nil), (.safetensorsTensor, #"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, 4, nil),
            (.safetensorsMetadata, #"{"__metadata__":{"a":1}}"#, 0, nil), (.safetensorsMetadata, #"{"__metadata__":[]}"#, 0, nil),
            (.safetensorsHeader, good + "\n", 4, nil), (.safetensorsHeader, good, 4, 1_000_000), (.safetensorsHeader, good, 4, 1),
            (.safetensorsHeader, "{,}", 0, nil), (.safetensorsHeader, "{}x", 0, nil), (.safetensorsHeader, "{", 0, nil),
        ]
        for (rule, header, data, length) in cases {
            let found = try rules(header, data: data, length: length)
            #expect(found.contains(rule), "\(header): \(found)")
        }
        #expect(try rules(good, data: 4) == [])
    }

    @Test func aPickleInAHoleIsFound() throws {
        let header = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        let scan = try Samples.scan(Self.safetensors(header, data: 4) + PickleBuilder.osSystem, "model.safetensors")
        #expect(scan.rules == [.safetensorsTrailingBytes, .pickleEmbedded])
    }

    @Test func tensorsAreNotRead() throws {
        let reads = ReadCounter()
        let size = 8 << 30
        let header = #"{"a":{"dtype":"U8","shape":[\#(size)],"data_offsets":[0,\#(size)]}}"#
        let file = try Samples.sparse(
            "m.safetensors", size: size + 8 + header.utf8.count, [(0, Self.safetensors(header, data: 0))], reads: reads)
        #expect(try ContentScanner.scan(file).isClean)
        #expect(reads.total < 1 << 20)
    }

    // MARK: GGUF

    /// A GGUF file of wrong or right parts.
    private struct Model {
        var version = 3
        var entries: [(key: String, value: [UInt8])] = []
        var tensors: [(name: String, dimensions: [Int], type: Int, offset: Int)] = []
        var data = 0
        var counts: (tensors: Int, entries: Int)?
        var padding = 32

        static func text(_ text: String) -> [UInt8] { ZipBuilder.number(text.utf8.count, 8) + Array(text.utf8) }
        static func text(value text: String) -> [UInt8] { ZipBuilder.number(8, 4) + Self.text(text) }

        var bytes: [UInt8] {
            var bytes = Array("GGUF".utf8) + ZipBuilder.number(version, 4) + ZipBuilder.number(counts?.tensors ?? tensors.count, 8)
            bytes += ZipBuilder.number(counts?.entries ?? entries.count, 8)
            for entry in entries { bytes += Self.text(entry.key) + entry.value }
            for tensor in tensors {
                bytes +=
                    Self.text(tensor.name) + ZipBuilder.number(tensor.dimensions.count, 4)
                    + tensor.dimensions.flatMap { ZipBuilder.number($0, 8) }
                bytes += ZipBuilder.number(tensor.type, 4) + ZipBuilder.number(tensor.offset, 8)
            }
            if !tensors.isEmpty { bytes += [UInt8](repeating: 0, count: (padding - bytes.count % padding) % padding) }
            return bytes + [UInt8](repeating: 0, count: data)
        }
    }

    private func rules(_ change: (inout Model) -> Void) throws -> Set<ScanRule> {
        var model = Model(
            entries: [("general.architecture", Model.text(value: "llama")), ("a", ZipBuilder.number(4, 4) + [1, 0, 0, 0])],
            tensors: [("x", [8], 0, 0), ("y", [32], 2, 32)], data: 64)
        change(&model)
        return try Samples.scan(model.bytes, "model.gguf").rules
    }

    @Test func everyRuleOfGGUF() throws {
        #expect(try rules { _ in } == [])
        #expect(try rules { $0.version = 2 } == [])
        #expect(try rules { $0.version = 4 }.contains(.ggufHeader))
        #expect(try rules { $0.counts = (2, 3) }.contains(.ggufHeader))
        #expect(try rules { $0.counts = (1 << 40, 2) }.contains(.ggufHeader))
        #expect(try rules { $0.entries.append(("b", ZipBuilder.number(13, 4))) }.contains(.ggufHeader))
        #expect(try rules { $0.entries.append(("b", ZipBuilder.number(8, 4) + ZipBuilder.number(1 << 40, 8))) }.contains(.ggufHeader))
        #expect(try rules { $0.entries.append(("", Model.text(value: ""))) }.contains(.ggufHeader))
        #expect(try rules { $0.entries.append(("a", Model.text(value: "twice"))) } == [.ggufDuplicateKey])
        #expect(try rules { $0.tensors[1].name = "x" } == [.ggufDuplicateTensor])
        #expect(
            try rules { $0.entries.append(("b", ZipBuilder.number(9, 4) + ZipBuilder.number(9, 4) + ZipBuilder.number(0, 8))) }.contains(
                .ggufNestedArray))
        #expect(try rules { $0.entries.append(("general.alignment", ZipBuilder.number(4, 4) + [24, 0, 0, 0])) }.contains(.ggufAlignment))
        #expect(
            try rules { $0.entries.append(("general.alignment", ZipBuilder.number(10, 4) + ZipBuilder.number(32, 8))) }.contains(
                .ggufAlignment))
        #expect(try rules { $0.tensors[1].offset = 40 }.contains(.ggufAlignment))
        #expect(try rules { $0.tensors[1].offset = 0 }.contains(.ggufOverlap))
        #expect(
            try rules {
                $0.tensors[1].offset = 64; $0.data = 96
            }.contains(.ggufHole))
        #expect(try rules { $0.data = 97 } == [.ggufTrailingBytes])
        // The last tensor may be padded or not.
        #expect(try rules { $0.data = 50 } == [])
        #expect(try rules { $0.data = 49 } == [.ggufTensor])
        #expect(try rules { $0.tensors[0].name = String(repeating: "n", count: 64) } == [.ggufTensor])
        #expect(try rules { $0.tensors[0].name = String(repeating: "n", count: 63) } == [])
        #expect(try rules { $0.tensors[0].dimensions = [1, 1, 1, 1, 1] }.contains(.ggufTensor))
        #expect(try rules { $0.tensors[0].type = 99 }.contains(.ggufTensor))
        #expect(try rules { $0.tensors[1].dimensions = [31] }.contains(.ggufTensor))
        #expect(try rules { $0.tensors[1].dimensions = [1 << 40, 1 << 40] }.contains(.ggufTensor))
        #expect(
            try rules {
                $0.tensors = []; $0.data = 0
            } == [])
    }

    @Test func aTemplateInGGUFIsScanned() throws {
        for key in ["tokenizer.chat_template", "tokenizer.chat_template.tool_use"] {
            var model = Model(entries: [(key, Model.text(value: "{{ x.__class__ }}"))])
            model.padding = 1
            let scan = try Samples.scan(model.bytes, "model.gguf")
            #expect(scan.rules == [.templateUnderscoreAttribute])
            #expect(scan.templates.map(\.name) == [key.hasSuffix("use") ? "tool_use" : "default"])
            #expect(scan.templates.first?.place == key)
        }
    }
}
