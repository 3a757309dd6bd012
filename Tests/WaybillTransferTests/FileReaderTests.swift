import Synchronization
import Testing
import WaybillCodec
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

/// Windows never move a boundary: reading in windows gives the chunks of cutting the whole file at once.
@Suite(.timeLimit(.minutes(2)))
struct FileReaderTests {
    private struct Row: Equatable {
        let name: ChunkName
        let element: ElementType
    }

    private static let work = Work(threads: 2)

    /// The whole file in one slab, span by span.
    private func planned(_ bytes: [UInt8]) throws -> [Row] {
        let slab = Slab(capacity: bytes.count)
        slab.append(bytes.span)
        let layout = FileLayout.detect(size: bytes.count) { (offset: Int, count: Int) in
            Array(bytes[min(offset, bytes.count)..<min(offset + count, bytes.count)])
        }
        func row(_ range: Range<Int>, _ element: ElementType) throws -> Row {
            Row(name: try #require(ChunkName(digest: slab.withSpan(range) { SHA256.digest($0) }, length: range.count)), element: element)
        }
        var rows: [Row] = []
        for span in layout.spans {
            guard case .contentDefined = span.kind else {
                if case .fixed(let element) = span.kind { rows.append(try row(span.range, element)) }
                continue
            }
            var at = span.offset
            let end = span.offset + span.length
            while at < end {
                let length = try #require(GearChunker.cut(slab, from: at, to: end, isLast: true))
                rows.append(try row(at..<at + length, .opaque))
                at += length
            }
        }
        return rows
    }

    private final class Collected: Sendable {
        let state = Mutex((rows: [Row](), bytes: [UInt8](), digest: Digest?.none, format: FileFormat?.none))
    }

    /// Through a file, the windows and the pool.
    private func read(_ bytes: [UInt8]) async throws -> (rows: [Row], bytes: [UInt8], digest: Digest?, format: FileFormat?) {
        let place = TemporaryFolder("reader")
        try place.write("f", bytes)
        let files = try SourceTree.read(place.path).files
        let collected = Collected()
        @Sendable func take(_ batch: ReadBatch) {
            collected.state.withLock { state in
                for piece in batch.pieces {
                    if piece.firstRow != state.rows.count { Issue.record("row \(piece.firstRow) after \(state.rows.count)") }
                    state.rows += piece.chunks.map { Row(name: $0.name, element: $0.element) }
                    state.bytes += piece.chunks.flatMap { batch.slab.bytes($0.range) }
                }
                for file in batch.finished { (state.digest, state.format) = (file.sha256, file.format) }
            }
        }
        let reader = FileReader(work: Self.work)
        if bytes.count > FileReader.shared {
            try await reader.readLarge(0, files[0]) { (batch) async throws(TransferError) in take(batch) }
        } else {
            take(try await reader.readShared([0], of: files))
        }
        return collected.state.withLock { $0 }
    }

    private func expectSame(_ bytes: [UInt8], format: FileFormat, _ location: SourceLocation = #_sourceLocation) async throws {
        let (found, expected) = (try await read(bytes), try planned(bytes))
        #expect(found.rows == expected, "\(bytes.count) bytes", sourceLocation: location)
        #expect(found.bytes == bytes, sourceLocation: location)
        #expect(found.digest == SHA256.digest(of: bytes), sourceLocation: location)
        #expect(found.format == format, sourceLocation: location)
    }

    @Test(
        "opaque files of sizes around every limit",
        arguments: [
            0, 1, (256 << 10) - 1, 256 << 10, (256 << 10) + 1, (4 << 20) - 1, 4 << 20, (4 << 20) + 1, (8 << 20) - 1, 8 << 20, (8 << 20) + 1,
            (12 << 20) + 5, (16 << 20) + 1, (20 << 20) + 12_345,
        ])
    func opaque(size: Int) async throws {
        var generator = SeededGenerator(seed: UInt64(size) + 1)
        try await expectSame(generator.bytes(size), format: .opaque)
    }

    @Test("files whose chunks are as long as they may be: nothing to cut at", arguments: [8 << 20, (13 << 20) + 3])
    func constant(size: Int) async throws { try await expectSame([UInt8](repeating: 0, count: size), format: .opaque) }

    @Test("random and constant stretches by turns")
    func mixed() async throws {
        var generator = SeededGenerator(seed: 81)
        var bytes: [UInt8] = []
        while bytes.count < 18 << 20 {
            let count = Int.random(in: 1...(3 << 20), using: &generator)
            bytes += Bool.random(using: &generator) ? generator.bytes(count) : [UInt8](repeating: 3, count: count)
        }
        try await expectSame(bytes, format: .opaque)
    }

    @Test(
        "safetensors of many tensors, large and small",
        arguments: [
            [100], [4 << 20], [(8 << 20) + 8, 12, 64, (4 << 20) - 4, 2 << 20], [5 << 20, 5 << 20, 5 << 20],
            [Int](repeating: 300_000, count: 40),
        ])
    func safetensors(sizes: [Int]) async throws {
        try await expectSame(SampleFiles.safetensors(sizes, seed: UInt64(sizes.count)), format: .safetensors)
    }

    @Test("GGUF with blocks and floats", arguments: [[32], [1 << 20, 1 << 20, 64, 32_000, 3 << 20], [Int](repeating: 96_000, count: 30)])
    func gguf(elements: [Int]) async throws {
        try await expectSame(SampleFiles.gguf(elements, seed: UInt64(elements.count)), format: .gguf)
    }

    @Test("every window makes progress, fits, and holds one chunk at least", arguments: UInt64(1)...6)
    func windows(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var spans: [LayoutSpan] = []
        var offset = 0
        for _ in 0..<Int.random(in: 1...20, using: &generator) {
            let isFixed = Bool.random(using: &generator)
            let length = Int.random(in: 1...(isFixed ? Limits.chunk : 9 << 20), using: &generator)
            spans.append(LayoutSpan(offset: offset, length: length, kind: isFixed ? .fixed(.float32) : .contentDefined))
            offset += length
        }
        var cursor = WindowCursor(layout: FileLayout(format: .safetensors, spans: spans))
        let slab = Slab(capacity: FileReader.window)
        slab.resize(slab.capacity)
        slab.withUnsafeMutableBytes { bytes in
            var noise = SeededGenerator(seed: seed + 1_000)
            for index in stride(from: 0, to: bytes.count, by: 8) {
                bytes.storeBytes(of: noise.next(), toByteOffset: index, as: UInt64.self)
            }
        }
        var position = 0
        var fixed = 0
        while let window = cursor.next() {
            #expect(window.offset == position)
            #expect((1...FileReader.window).contains(window.length))
            slab.resize(window.length)
            let cuts = window.cut(slab)
            try #require(!cuts.isEmpty)
            var at = 0
            for cut in cuts {
                #expect(cut.range.lowerBound == at)
                #expect((1...Limits.chunk).contains(cut.range.count))
                at = cut.range.upperBound
                if cut.element == .float32 { fixed += 1 }
            }
            if window.endsRegion || !window.fixed.isEmpty { #expect(at == window.length) }
            position += at
            #expect(!cursor.isAtEnd)
            cursor.advance(past: position)
            slab.resize(slab.capacity)
        }
        #expect(position == offset)
        #expect(cursor.isAtEnd)
        #expect(fixed == spans.filter { $0.kind != .contentDefined }.count)
    }

    @Test("small files share batches, a large one has its own, and every file is in one group")
    func groups() throws {
        let place = TemporaryFolder("groups")
        var sizes = [FileReader.shared, FileReader.shared + 1, 0, 1, FileReader.shared, FileReader.shared, 9 << 20, 5]
        sizes += [Int](repeating: 0, count: FileReader.sharedFiles + 20)
        let folder = try Folder.open(place.path)
        for (index, size) in sizes.enumerated() {
            let digits = String(index)
            try folder.file("f" + String(repeating: "0", count: 5 - digits.count) + digits, .createNew).truncate(to: size)
        }
        let files = try SourceTree.read(place.path).files
        #expect(files.map(\.status.size) == sizes)
        let groups = FileReader.groups(files)
        #expect(groups.flatMap { $0 }.sorted() == Array(sizes.indices))
        for group in groups {
            #expect(!group.isEmpty)
            let total = group.reduce(0) { $0 + sizes[$1] }
            #expect(total <= FileReader.window || group.count == 1)
            #expect(group.count <= FileReader.sharedFiles)
            if group.count > 1 { #expect(group.allSatisfy { sizes[$0] <= FileReader.shared }) }
        }
        #expect(groups.contains([1]))
        #expect(groups.contains([6]))
        #expect(FileReader.groups([]) == [])
    }
}
