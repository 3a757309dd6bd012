import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem
import WaybillTestSupport

/// Changed bytes of every kind of file: never a crash, always the same, soon, and within what was promised.
@Suite struct ScanMutationTests {
    private static func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...5, using: &generator) {
            guard !bytes.isEmpty else { return bytes }
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes[index] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
            case 3: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 0..<9, using: &generator)))
            case 4:
                bytes.insert(
                    contentsOf: bytes[index..<min(bytes.count, index + 30)], at: Int.random(in: 0...bytes.count, using: &generator))
            default: bytes = Array(bytes.prefix(index + 1))
            }
        }
        return bytes
    }

    private static let template = """
        {% set ns = namespace(found=false) %}{%- for message in messages if message['role'] == 'user' -%}{{ '<|im_start|>' ~ message.role + '\\n' + message.content|trim }}
        {%- elif x is not none and 'a' in y[1:-1] or not z.items() -%}{% endfor %}{# c #}{% raw %}{{{% endraw %}{% macro m(a, b=[1, {'c': d}]) %}{{ caller(*a) }}{% endmacro %}
        """

    private static let seeds: [(name: String, bytes: [UInt8])] = {
        let pickle = PickleBuilder(protocol: 4).raw([0x95, 60, 0, 0, 0, 0, 0, 0, 0]).stackGlobal("collections", "OrderedDict").op(")").op(
            "R"
        ).op(0x94)
            .op("(").text("a").raw([0x4B, 1]).text("b").op("]").op("u").raw([0x71, 3]).raw([0x68, 3]).op(0x85).op("0").op("}").op("b")
            .stopped
        let old = PickleBuilder().op("(").line("d").line("p", "0").line("S", "'a\\x62'").line("p", "1").line("I", "5").op("s").line(
            "V", "\\u0061"
        ).line("L", "7L")
            .line("F", "1.5").op("(").line("l").op("a").stopped
        var zip = ZipBuilder()
        zip.members = [
            .init(name: "m/data.pkl", data: pickle), .init(name: "m/b", data: ZipBuilder.stored(old), method: 8, size: old.count),
            .init(name: "l", data: [0x61], attributes: 0xA1FF_0000),
        ]
        let tar = TarBuilder.archive(
            TarBuilder.member("x", Array("20 path=abc/def/gh\n".utf8), type: "x"), TarBuilder.member("pickle", old),
            TarBuilder.member("l", type: "2", link: "x"))
        let header =
            #"{"__metadata__":{"a":"b"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"I8","shape":[4],"data_offsets":[24,28]}}"#
        let json =
            #"{"auto_map": {"A": ["b.C", null]}, "chat_template": [{"name": "x", "template": "{{ a }}"}], "weight_map": {"a": "b"}, "class_name": "X", "n": [1, -2.5e3]}"#
        var gguf = GGUFBuilder()
        RealModels.smolLM2(&gguf)
        gguf.add("tokenizer.chat_template", "{{ messages[0].content }}")
        let npy = Array("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n".utf8)
        let onnx: [UInt8] =
            [8, 8, 0x3A, 26, 0x2A, 24, 8, 4, 0x6A, 20, 10, 8] + Array("location".utf8) + [18, 8] + Array("a/b/c.de".utf8) + [
                0x42, 2, 16, 17,
            ]
        return [
            ("a.pkl", pickle), ("b.pkl", old), ("a.zip", zip.bytes), ("a.tar", tar), ("a.tar.gz", ZipBuilder.gzip(tar)),
            ("a.safetensors", ZipBuilder.number(header.utf8.count, 8) + Array(header.utf8) + [UInt8](repeating: 0, count: 28)),
            ("a.json", Array(json.utf8)),
            ("a.gguf", gguf.bytes), ("a.npy", [0x93] + Array("NUMPY".utf8) + [1, 0] + ZipBuilder.number(npy.count, 2) + npy + pickle),
            ("a.onnx", onnx),
            ("a.jinja", Array(template.utf8)),
        ]
    }()

    @Test(arguments: seeds.indices) func anythingIsScanned(index: Int) throws {
        let seed = Self.seeds[index]
        var generator = SeededGenerator(seed: UInt64(index) + 100)
        var found: Set<Set<ScanRule>> = []
        let clock = ContinuousClock()
        for _ in 0..<3_000 {
            let bytes = Self.mutated(seed.bytes, &generator)
            let reads = ReadCounter()
            let file = EvidenceFile(
                path: try ModelPath(seed.name), sha256: try #require(Digest([UInt8](repeating: 0, count: 32))), size: bytes.count,
                format: .opaque
            ) {
                (offset: Int, count: Int) throws(SystemError) in
                guard offset >= 0, count > 0, count <= 1 << 20, offset + count <= bytes.count else {
                    throw SystemError(.failure, subject: seed.name, cause: "\(count) bytes at \(offset) of \(bytes.count)")
                }
                reads.count(count)
                return Array(bytes[offset..<offset + count])
            }
            let start = clock.now
            let scan = try ContentScanner.scan(file)
            #expect(clock.now - start < .seconds(5), "\(bytes)")
            #expect(try ContentScanner.scan(file) == scan)
            for finding in scan.findings {
                #expect(finding.offset >= 0)
                #expect(!finding.detail.unicodeScalars.contains { $0.value < 0x20 }, "\(finding)")
                #expect(finding.detail.utf8.count < 4_096)
            }
            found.insert(scan.rules)
        }
        #expect(found.count >= 4, "\(seed.name): \(found)")
    }

    /// A pickle that is unsafe stays so under any change that leaves its import and call alone.
    @Test func whatIsBehindDoesNotHideIt() throws {
        var generator = SeededGenerator(seed: 5)
        let payload = Array(PickleBuilder.osSystem.dropLast())
        for _ in 0..<3_000 {
            let tail = (0..<Int.random(in: 0...40, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let scan = try Samples.scan(payload + tail, "weights.bin")
            #expect(scan.rules.contains(.pickleDangerousGlobal), "\(tail)")
        }
    }
}
