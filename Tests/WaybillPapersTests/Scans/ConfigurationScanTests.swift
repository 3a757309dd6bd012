import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

/// Code that configurations lead to, graphs, programs, and names that promise something else.
@Suite struct ConfigurationScanTests {
    private func rules(_ text: String, _ name: String = "config.json") throws -> Set<ScanRule> { try Samples.scan(text, name).rules }

    @Test func codeOfConfigurations() throws {
        #expect(try rules(#"{"auto_map": {"AutoModel": "modeling_x.XModel"}}"#) == [.codeAutoMap])
        #expect(try rules(#"{"auto_map": {"AutoTokenizer": ["tokenization_x.X", null]}}"#) == [.codeAutoMap])
        #expect(try rules(#"{"auto_map": {"AutoModel": "org/name--modeling_x.XModel"}}"#) == [.codeAutoMapRemote])
        #expect(try rules(#"{"auto_map": {"AutoTokenizer": [null, "org/name--t.X"]}}"#) == [.codeAutoMapRemote])
        #expect(try rules(#"{"text_config": {"auto_map": {"AutoConfig": "a.B"}}}"#) == [.codeAutoMap])
        #expect(try rules(#"{"auto_map": "a.B"}"#) == [.codeAutoMap])
        #expect(try rules(#"{"custom_pipelines": {"x": {"impl": "pipe.Pipe", "pt": ["AutoModel"]}}}"#) == [.codeAutoMap])
        #expect(try rules(#"{"auto_map": {"AutoModel": "m.M"}}"#, "renamed") == [.codeAutoMap])
        #expect(try rules(#"{"model_type": "llama", "rope": {"a": -1.5e3}, "big": 1000000000000000019884624838656}"#) == [])
        #expect(try rules("import os\n", "modeling_x.py") == [.codePython])
        #expect(try rules(#"{"trust_remote_code": true}"#) == [.codeTrustRemoteCode])
        #expect(try rules(#"{"model_args": {"trust_remote_code": "True"}}"#, "tokenizer_config.json") == [.codeTrustRemoteCode])
        #expect(try rules(#"{"trust_remote_code": false, "other": true, "text": "trust_remote_code"}"#) == [])
        #expect(
            try rules(#"[{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]"#, "modules.json") == [])
        #expect(
            try rules(#"[{"idx": 0, "name": "0", "path": "", "type": "custom_st.Transformer"}]"#, "modules.json") == [.codeCustomModule])
    }

    @Test func codeThatLiesBesideTheModel() throws {
        // Magic number and marshal's mark of a code object, where each Python puts it.
        let recent: [UInt8] = [0xCB, 0x0D, 0x0D, 0x0A] + [UInt8](repeating: 0, count: 12) + [0xE3, 0, 0, 0, 0]
        let old: [UInt8] = [0x03, 0xF3, 0x0D, 0x0A, 1, 2, 3, 4, 0x63, 0, 0, 0]
        for bytes in [recent, old] {
            for name in ["__pycache__/x.cpython-312.pyc", "renamed", "notes.data"] {
                let scan = try Samples.scan(bytes, name)
                #expect(scan.rules == [.codeBytecode] && scan.kinds.contains(.bytecode), "\(name)")
            }
        }
        #expect(try Samples.scan(recent, "model.safetensors").rules.contains(.contentCodeInstead))
        // A line that ends in the same bytes is no code.
        #expect(try rules("a,b\r\r\nc,d,e,f,g,h,i,j,k\n", "table.csv") == [])
        #expect(try Samples.scan(Array("ab\r\n".utf8) + [UInt8](repeating: 0xE3, count: 3), "x").rules == [])
        for name in ["setup.sh", "run.BAT", "install.ps1", "index.js", "x.rb"] {
            #expect(try rules("echo harmless\n", name) == [.executableScript], "\(name)")
        }
        #expect(try rules("#!/bin/sh\necho\n", "setup.sh") == [.executableScript])
    }

    @Test func torchScript() throws {
        let pickle: [UInt8] = [0x80, 0x02, 0x4E, 0x2E]
        let code = Array("def forward(self):\n  return 1\n".utf8)
        let script = ZipBuilder.archive(("m/data.pkl", pickle), ("m/code/__torch__.py", code), ("m/constants.pkl", pickle))
        let scan = try Samples.scan(script, "model.pt")
        #expect(scan.rules == [.codeTorchScript, .codePython], "\(scan.findings)")
        // Once, whatever the number of members.
        #expect(scan.findings.count { $0.rule == .codeTorchScript } == 1)
        let state = ZipBuilder.archive(("m/data.pkl", pickle), ("m/data/0", [0, 0]), ("m/version", [0x33]))
        #expect(try Samples.scan(state, "model.pt").rules == [])
        // A folder of that name in an archive without pickles is none of torch's.
        #expect(try Samples.scan(ZipBuilder.archive(("src/code/a.txt", code)), "src.zip").rules == [])
    }

    @Test func jsonThatIsNotStrict() throws {
        for text in [
            #"{"a": NaN}"#, #"{"a": 1"#, #"{"a": 1} x"#, #"{'a': 1}"#,
            String(repeating: "[", count: 65) + String(repeating: "]", count: 65),
        ] {
            let scan = try Samples.scan(text, "config.json")
            #expect(scan.rules == [.jsonMalformed], "\(text)")
            #expect(scan.completeness != .complete)
        }
        #expect(try rules(#"{"a": 1, "a": 2}"#) == [.jsonDuplicateKey])
        #expect(
            try rules(#"{"chat_template": "{{ x.__class__ }}", "chat_template": "ok"}"#) == [
                .jsonDuplicateKey, .templateUnderscoreAttribute,
            ])
        #expect(try rules(String(repeating: "[", count: 64) + String(repeating: "]", count: 64)) == [])
        // What breaks behind a template does not hide it.
        #expect(try rules(#"{"chat_template": "{{ x.__class__ }}", "a": NaN}"#) == [.jsonMalformed, .templateUnderscoreAttribute])
        #expect(try rules(#"{"auto_map": {"AutoModel": "m.M"}, "a": NaN}"#) == [.jsonMalformed, .codeAutoMap])
    }

    @Test func indexesOfShards() throws {
        #expect(try rules(#"{"weight_map": {"a": "model-00001.safetensors", "b": "sub/x.bin"}}"#, "model.safetensors.index.json") == [])
        for path in ["../x.bin", "/etc/x", "a/../../b", "C:x"] {
            #expect(try rules(#"{"metadata": {}, "weight_map": {"a": "\#(path)"}}"#, "model.safetensors.index.json") == [.indexPath])
        }
    }

    @Test func keras() throws {
        let lambda =
            #"{"module": "keras", "class_name": "Functional", "config": {"layers": [{"module": "keras.layers", "class_name": "Lambda", "config": {}}]}}"#
        let dense = lambda.replacing("Lambda", with: "Dense")
        #expect(try rules(lambda) == [.kerasLambda])
        #expect(try rules(dense) == [])
        let zip = try Samples.scan(
            ZipBuilder.archive(("config.json", Array(lambda.utf8)), ("metadata.json", Array("{}".utf8))), "model.keras")
        #expect(zip.rules == [.kerasLambda])
        #expect(zip.findings.first?.member == ["config.json"])
        #expect(try rules(dense.replacing("keras.layers", with: "evil.layers")) == [.kerasCustomObject])
        #expect(
            try rules(
                dense.replacing(#""config": {}"#, with: #""registered_name": "evil>Layer""#).replacing(
                    #""module": "keras.layers", "#, with: "")) == [.kerasCustomObject])
        #expect(try rules(lambda.replacing("Lambda", with: "TFSMLayer")) == [.kerasLambda])
        // Another configuration that says Lambda is none of Keras.
        #expect(try rules(#"{"optimizer": {"class_name": "Lambda"}}"#) == [])
    }

    @Test func hdf5() throws {
        let magic: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
        let zeros = [UInt8](repeating: 0, count: 600)
        let clean = try Samples.scan(magic + zeros, "model.h5")
        #expect(clean.kinds == [.hdf5] && clean.findings.isEmpty && clean.completeness != .complete)
        for text in [#"{"class_name": "Lambda", "#, #"{"class_name":"Lambda","#] {
            #expect(try Samples.scan(magic + zeros + Array(text.utf8), "model.h5").rules == [.kerasLambda])
            #expect(try Samples.scan([UInt8](repeating: 0, count: 512) + magic + Array(text.utf8), "model.h5").rules == [.kerasLambda])
        }
        for shift in [-30, -12, 0] {
            let far = magic + [UInt8](repeating: 0, count: (1 << 20) + shift) + Array(#""class_name": "Lambda""#.utf8) + zeros
            #expect(try Samples.scan(far, "a.h5").rules == [.kerasLambda])
        }
    }

    // MARK: Graphs

    private static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] { varint(number << 3 | 2) + varint(bytes.count) + bytes }
    private static func field(_ number: Int, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }
    private static func field(_ number: Int, number value: Int) -> [UInt8] { varint(number << 3) + varint(value) }
    private static func varint(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
    }

    private static func onnx(location: String, inside: ([UInt8]) -> [UInt8] = { field(5, $0) }, domain: String = "") -> [UInt8] {
        let entry = field(13, field(1, "location") + field(2, location))
        let tensor = field(1, number: 4) + field(8, "w") + entry + field(13, field(1, "offset") + field(2, "0")) + field(14, number: 1)
        return field(1, number: 8) + field(2, "test") + field(7, inside(tensor) + field(2, "graph"))
            + field(8, field(1, domain) + field(2, number: 17))
    }

    @Test func onnxPaths() throws {
        #expect(try Samples.scan(Self.onnx(location: "weights.bin"), "model.onnx").isClean)
        for location in ["../weights.bin", "/etc/passwd", "a/../../b", "C:\\x"] {
            let scan = try Samples.scan(Self.onnx(location: location), "model.onnx")
            #expect(scan.rules == [.onnxExternalPath], "\(location): \(scan.findings)")
            #expect(scan.kinds == [.onnx])
            #expect(try Samples.scan(Self.onnx(location: location), "renamed.bin").rules == [.onnxExternalPath])
        }
        // In a constant of a node, in a graph inside a node, in sparse data.
        let ways: [([UInt8]) -> [UInt8]] = [
            { Self.field(1, Self.field(5, Self.field(5, $0))) }, { Self.field(1, Self.field(5, Self.field(10, $0))) },
            { Self.field(1, Self.field(5, Self.field(6, Self.field(5, $0)))) }, { Self.field(15, Self.field(1, $0)) },
        ]
        for way in ways { #expect(try Samples.scan(Self.onnx(location: "/x", inside: way), "model.onnx").rules == [.onnxExternalPath]) }
        #expect(try Samples.scan(Self.onnx(location: "w", domain: "evil.ops"), "model.onnx").rules == [.onnxCustomDomain])
        #expect(try Samples.scan([0x08, 0x08, 0x3A, 0xFF], "model.onnx").rules.contains(.protobufMalformed))
    }

    @Test func tensorflowOperations() throws {
        func node(_ operation: String) -> [UInt8] { Self.field(1, "name") + Self.field(2, operation) }
        func saved(_ graph: [UInt8]) -> [UInt8] { Self.field(1, number: 1) + Self.field(2, Self.field(1, [8, 1]) + Self.field(2, graph)) }
        for operation in ["ReadFile", "WriteFile", "PyFunc", "EagerPyFunc"] {
            #expect(try Samples.scan(saved(Self.field(1, node(operation))), "saved_model.pb").rules == [.tensorflowOperation])
            // In a function, where tf.function puts it, and in a frozen graph.
            #expect(
                try Samples.scan(saved(Self.field(2, Self.field(1, Self.field(3, node(operation))))), "saved_model.pb").rules == [
                    .tensorflowOperation
                ])
            #expect(
                try Samples.scan(Self.field(1, node("Const")) + Self.field(1, node(operation)), "frozen.pb").rules == [.tensorflowOperation]
            )
        }
        let clean = try Samples.scan(saved(Self.field(1, node("MatMul"))), "saved_model.pb")
        #expect(clean.isClean && clean.kinds == [.tensorflow], "\(clean)")
    }

    @Test func graphsThatNestTooDeeply() throws {
        var graph: [UInt8] = []
        for _ in 0..<40 { graph = Self.field(1, Self.field(5, Self.field(6, graph))) }
        let bytes = Self.field(1, number: 8) + Self.field(7, graph) + Self.field(8, [])
        #expect(try Samples.scan(bytes, "model.onnx").rules.contains(.protobufMalformed))
    }

    // MARK: Programs and promises

    @Test func programs() throws {
        let zeros = [UInt8](repeating: 0, count: 100)
        var pe = Array("MZ".utf8) + [UInt8](repeating: 0, count: 62) + Array("PE\u{0}\u{0}".utf8)
        pe[60] = 64
        for bytes in [
            [0x7F, 0x45, 0x4C, 0x46] + zeros, pe, [0xCF, 0xFA, 0xED, 0xFE] + zeros, [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 2] + zeros,
            [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0],
        ] as [[UInt8]] {
            let scan = try Samples.scan(bytes, "weights.bin")
            #expect(scan.rules == [.executableBinary], "\(bytes.prefix(4))")
            #expect(try Samples.scan(bytes, "model.safetensors").rules == [.executableBinary, .contentCodeInstead])
        }
        #expect(try Samples.scan("#!/bin/sh\nid\n", "run").rules == [.executableScript])
        #expect(try Samples.scan("MZ is no program", "notes.txt").isClean)
    }

    @Test func promisesThatAreNotKept() throws {
        #expect(try Samples.scan("hello", "model.safetensors").rules == [.contentMismatch])
        #expect(try Samples.scan("hello", "model.gguf").rules == [.contentMismatch])
        #expect(try Samples.scan("hello", "model.h5").rules == [.contentMismatch])
        #expect(try Samples.scan(#"{"a": 1}"#, "a.npy").rules == [.contentMismatch])
        #expect(try Samples.scan(ZipBuilder.archive(("a.txt", [0x61])), "model.safetensors").rules == [.contentCodeInstead])
        #expect(try Samples.scan("hello", "noname").isClean)
        #expect(try Samples.scan([], "model.safetensors").isClean)
    }

    @Test func unknownDataIsSearchedWithinBounds() throws {
        let reads = ReadCounter()
        let file = try Samples.sparse("data.bin", size: 1 << 30, [], reads: reads)
        let scan = try ContentScanner.scan(file)
        #expect(scan.completeness == .partial(["only 64 MiB of unknown data were searched for pickles"]))
        #expect(reads.total < 80 << 20)
        #expect(reads.largest <= 1 << 20)
    }

    @Test func aReportHasEveryFileInOrder() throws {
        let report = try ContentScanner.scan([
            ModelFiles.file("b.pkl", PickleBuilder.osSystem), ModelFiles.file("a.py", Array("x = 1\n".utf8)),
            ModelFiles.file("c.json", Array("{}".utf8)),
        ])
        #expect(report.files.map(\.path.text) == ["a.py", "b.pkl", "c.json"])
        #expect(report.worst == .unsafe)
        #expect(report.isComplete)
        #expect(report.scanner == "s2")
        #expect(report.findings.map(\.rule) == [.codePython, .pickleDangerousGlobal])
    }

    @Test func aFileThatCannotBeReadIsAnError() throws {
        let file = EvidenceFile(
            path: try ModelPath("a.pkl"), sha256: try #require(Digest([UInt8](repeating: 0, count: 32))), size: 9, format: .opaque
        ) {
            (_, _) throws(SystemError) in throw SystemError(.storage, subject: "a.pkl", cause: "gone", remedy: "")
        }
        #expect(throws: SystemError.self) { try ContentScanner.scan([file]) }
    }
}
