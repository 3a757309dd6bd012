import Testing
import WaybillCodec
import WaybillFormat

@Suite struct GGUFLayoutTests {
    private typealias Files = SampleFiles

    private static let alignment16 = Files.entry("general.alignment", type: 4, Samples.littleEndian(UInt32(16)))

    private func layout(_ header: [UInt8], data: Int) -> FileLayout {
        CountingFile(header + [UInt8](repeating: 5, count: data)).layout
    }

    private func tensor(_ type: UInt32, _ dimensions: [UInt64], at offset: UInt64) -> Files.GGUFTensor {
        Files.GGUFTensor(name: "blk.0", dimensions: dimensions, type: type, offset: offset)
    }

    @Test func tensorsAreCutAtWholeBlocks() {
        let header = Files.gguf(
            entries: [Files.entry("general.name", "m")],
            tensors: [tensor(12, [256, 20_000], at: 0), tensor(0, [100], at: 2_880_000), tensor(8, [32], at: 2_880_416)])
        let layout = layout(header, data: 2_880_416 + 34)
        #expect(layout.format == .gguf)
        let step = (1 << 20) / 144 * 144
        #expect(layout.spans.map(\.length) == [header.count, step, step, 2_880_000 - 2 * step, 416, 34])
        #expect(layout.spans.dropFirst().map(\.kind) == [76, 76, 76, 3, 72].map { .fixed(ElementType(rawValue: $0)) })
    }

    @Test func everyKnownTypeHasItsBlocks() {
        for type in GGMLType.all {
            let elements = UInt64(type.blockElements) * 3
            let header = Files.gguf(entries: [], tensors: [tensor(UInt32(type.code), [elements], at: 0)])
            #expect(layout(header, data: 3 * type.blockBytes).spans.last?.kind == .fixed(type.element))
            #expect(layout(header, data: 3 * type.blockBytes - 1).format == .opaque)
            let ragged = Files.gguf(entries: [], tensors: [tensor(UInt32(type.code), [elements + 1], at: 0)])
            #expect((layout(ragged, data: 100_000).format == .opaque) == (type.blockElements > 1))
        }
    }

    @Test func unknownTypesReachToTheNextTensor() {
        let header = Files.gguf(
            entries: [], tensors: [tensor(200, [7], at: 64), tensor(24, [64], at: 0), tensor(200, [1 << 63, 5], at: 96)])
        let layout = layout(header, data: 100)
        #expect(layout.format == .gguf)
        #expect(layout.spans.dropFirst().map(\.length) == [64, 36])
        #expect(layout.spans.dropFirst().map(\.kind) == [.fixed(.byte), .fixed(.opaque)])
    }

    @Test func alignmentIsRead() throws {
        let headers = (0..<32).map { length in
            let name = Files.entry("general.name", String(repeating: "n", count: length))
            return Files.gguf(entries: [Self.alignment16, name], tensors: [tensor(24, [4], at: 0)], alignment: 16)
        }
        let header = try #require(headers.first { $0.count % 32 == 16 })
        #expect(layout(header, data: 4).spans.map(\.length) == [header.count, 4])
        for bad in [0, 3, 131_072] as [UInt32] {
            let entry = Files.entry("general.alignment", type: 4, Samples.littleEndian(bad))
            #expect(layout(Files.gguf(entries: [entry], tensors: []), data: 4).format == .opaque)
        }
        let wrongType = Files.entry("general.alignment", type: 10, Samples.littleEndian(UInt64(16)))
        #expect(layout(Files.gguf(entries: [wrongType], tensors: []), data: 4).format == .opaque)
        // The second one does not count, whatever it is.
        #expect(layout(Files.gguf(entries: [Self.alignment16, wrongType], tensors: []), data: 4).format == .gguf)
    }

    private static func list(_ type: UInt32, _ count: UInt64) -> [UInt8] {
        Files.entry("k", type: 9, Samples.littleEndian(type) + Samples.littleEndian(count))
    }

    private static func plain(_ tensor: Files.GGUFTensor) -> [UInt8] { Files.gguf(entries: [], tensors: [tensor]) }

    private static func counts(_ tensors: UInt64, _ entries: UInt64) -> [UInt8] {
        Array("GGUF".utf8) + Samples.littleEndian(UInt32(3)) + Samples.littleEndian(tensors) + Samples.littleEndian(entries)
    }

    static let refused: [(String, [UInt8])] = [
        ("magic only", Array("GGUF".utf8)),
        ("version 1", Files.gguf(version: 1, entries: [], tensors: [])),
        ("big-endian", Files.gguf(version: 3 << 24, entries: [], tensors: [])),
        ("too many tensors", counts(262_145, 0)), ("all tensors", counts(.max, 0)), ("missing tensors", counts(262_144, 0)),
        ("too many entries", counts(0, 65_537)), ("missing entries", counts(0, 65_536)),
        ("value type", Files.gguf(entries: [Files.entry("k", type: 13, [])], tensors: [])),
        ("list of lists", Files.gguf(entries: [list(9, 0)], tensors: [])),
        ("list of unknown", Files.gguf(entries: [list(13, 0)], tensors: [])),
        ("long list", Files.gguf(entries: [list(0, 16_777_217)], tensors: [])),
        ("endless list", Files.gguf(entries: [list(12, .max)], tensors: [])),
        ("strings that are not there", Files.gguf(entries: [list(8, 16_777_216)], tensors: [])),
        ("endless string", Files.gguf(entries: [Files.entry("k", type: 8, Samples.littleEndian(UInt64.max))], tensors: [])),
        ("long key", Files.gguf(entries: [Files.entry(String(repeating: "k", count: 65_536), type: 0, [1])], tensors: [])),
        ("five dimensions", plain(.init(name: "", dimensions: [1, 1, 1, 1, 1], type: 24, offset: 0))),
        ("overflow", plain(.init(name: "", dimensions: [1 << 62, 2], type: 24, offset: 0))),
        ("overflow in bytes", plain(.init(name: "", dimensions: [1 << 62], type: 28, offset: 0))),
        ("offset", plain(.init(name: "", dimensions: [0], type: 24, offset: 5000))),
        ("endless offset", plain(.init(name: "", dimensions: [1], type: 24, offset: .max))),
        ("length", plain(.init(name: "", dimensions: [1001], type: 24, offset: 0))),
        (
            "overlap",
            Files.gguf(
                entries: [],
                tensors: [
                    .init(name: "a", dimensions: [64], type: 24, offset: 0), .init(name: "b", dimensions: [8], type: 24, offset: 63),
                ])
        ),
    ]

    @Test(arguments: refused.map(\.0))
    func isRefused(name: String) throws {
        let header = try #require(Self.refused.first { $0.0 == name }?.1)
        let file = CountingFile(header + [UInt8](repeating: 0, count: 1000))
        #expect(file.layout.format == .opaque)
        #expect(file.largest <= 1 << 20)
    }

    @Test func headersThatLieCostNothing() {
        // A terabyte, says the file system; the header says that everything up to the limits is still its own.
        let lies = [
            Files.gguf(entries: [Self.list(8, 16_777_216)], tensors: []), Self.counts(262_144, 65_536),
            // Nothing is read behind a list of 128 MiB, and the header still ends too late.
            Files.gguf(entries: [Self.list(10, 16_777_216)], tensors: []),
            Files.gguf(entries: [Files.entry("k", type: 8, Samples.littleEndian(UInt64(16 << 20)))], tensors: []),
        ]
        for lie in lies {
            let file = CountingFile(lie, size: 1 << 40)
            #expect(file.layout.format == .opaque)
            #expect(file.largest <= 1 << 20)
            #expect(file.total <= 4 << 20)
        }
    }

    @Test func emptyTensorsNeedNoPadding() {
        let layout = CountingFile(Self.counts(0, 0)).layout
        #expect(layout.format == .gguf)
        #expect(layout.spans == [LayoutSpan(offset: 0, length: 24, kind: .contentDefined)])
    }

    @Test func headersLongerThanAWindow() {
        let tokens = (0..<200_000).map { "token \($0)" }
        let header = Files.gguf(
            entries: [Files.entry("tokens", tokens), Files.entry("general.license", "apache-2.0")], tensors: [tensor(24, [70_000], at: 0)])
        #expect(header.count > 3 << 20)
        let file = CountingFile(header + [UInt8](repeating: 1, count: 70_000))
        #expect(file.layout.format == .gguf)
        #expect(file.layout.spans.map(\.length) == [header.count, 70_000])
        #expect(file.largest <= 1 << 20)
    }

    @Test func metadataIsHandedOut() throws {
        let big = String(repeating: "x", count: 70_000)
        let header = Files.gguf(
            entries: [
                Files.entry("general.license", "apache-2.0"), Files.entry("general.languages", ["en", "fr"]),
                Files.entry("general.license", "mit"), Files.entry("tokens", (0..<50_000).map(String.init)), Files.entry("big", big),
                Files.entry("u64", type: 10, Samples.littleEndian(UInt64(1) << 40)),
                Files.entry("huge", type: 10, Samples.littleEndian(UInt64.max)),
                Files.entry("i8", type: 1, [0xFE]), Files.entry("f32", type: 6, Samples.littleEndian(Float(0.5).bitPattern)),
                Files.entry("bool", type: 7, [1]), Files.entry("unwanted", "u"),
                Files.entry("numbers", type: 9, Samples.littleEndian(UInt32(4)) + Samples.littleEndian(UInt64(1)) + [1, 0, 0, 0]),
            ], tensors: [])
        let file = CountingFile(header)
        let values = try #require(GGUFHeader.metadata(size: file.size, read: file.read) { $0 != "unwanted" })
        #expect(
            values == [
                "general.license": .string("apache-2.0"), "general.languages": .strings(["en", "fr"]), "u64": .integer(1 << 40),
                "i8": .integer(-2), "f32": .real(0.5), "bool": .boolean(true),
            ])
        let cut = CountingFile(Array(header.prefix(header.count - 60)))
        #expect(GGUFHeader.metadata(size: cut.size, read: cut.read) { _ in true } == nil)
    }

    /// Any header, however mangled: no crash, and the spans cover the file.
    @Test func mangledHeadersStillCoverTheFile() {
        let good = Files.gguf(
            entries: [Self.alignment16, Files.entry("list", ["a", "b"])],
            tensors: [tensor(12, [256, 700], at: 0), tensor(0, [40], at: 100_800), tensor(1, [9], at: 100_960)], alignment: 16)
        let safetensors = SampleFiles.safetensors([
            .init(name: "a", type: "BF16", shape: [100], bytes: [UInt8](repeating: 1, count: 200)),
            .init(name: "b", type: "F32", shape: [50_000], bytes: [UInt8](repeating: 2, count: 200_000)),
        ])
        var random = SeededGenerator(5)
        var formats: Set<FileFormat> = []
        for round in 0..<4000 {
            var file = round % 2 == 0 ? good + [UInt8](repeating: 7, count: 101_000) : safetensors
            for _ in 0..<Int(random.next() % 4) {
                file[Int(random.next() % UInt64(good.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            if round % 5 == 0 { file = Array(file.prefix(Int(random.next() % UInt64(file.count)))) }
            let layout = CountingFile(file).layout
            formats.insert(layout.format)
            var position = 0
            for span in layout.spans {
                #expect(span.offset == position && span.length > 0)
                if case .fixed = span.kind { #expect(span.length <= Limits.chunk) }
                position += span.length
            }
            #expect(position == file.count)
        }
        #expect(formats.count == 3)
    }
}
