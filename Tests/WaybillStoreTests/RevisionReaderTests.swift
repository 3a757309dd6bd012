import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

@Suite struct RevisionReaderTests {
    /// A log of `count` entries; numbers in `burnt` hold rubbish.
    private func log(_ count: Int, burnt: Set<Int> = [], hint: [UInt8]? = nil) throws -> (source: MemorySource, envelopes: [[UInt8]]) {
        let revision = try StoredRevision.small()
        let source = MemorySource()
        var envelopes: [[UInt8]] = []
        for n in 1...count {
            let envelope = burnt.contains(n) ? Array("burnt \(n)".utf8) : try revision.entry(n, previous: envelopes.last).envelope
            envelopes.append(envelope)
            source[.refEntry(.acme, .main, n)] = envelope
        }
        source[.refHint(.acme, .main)] = hint
        return (source, envelopes)
    }

    @Test(
        "the newest entry is found whatever the hint says",
        arguments: [
            nil, Array("0000000005\n".utf8), Array("0000000002\n".utf8), Array("0000000001\n".utf8), Array("0000000009\n".utf8),
            Array("0000000000\n".utf8), Array("5\n".utf8), Array("0000000005".utf8), Array("rubbish".utf8), [],
            [UInt8](repeating: 48, count: 65), Array("9999999999\n".utf8),
        ] as [[UInt8]?])
    func hints(hint: [UInt8]?) async throws {
        let (source, envelopes) = try log(5, hint: hint)
        let newest = try await RevisionReader(source).newestEntry(.acme, .main)
        #expect(newest.entry.n == 5)
        #expect(newest.digest == SHA256.digest(of: envelopes[4]))
    }

    @Test("a good hint saves the way through the log")
    func hintSaves() async throws {
        let (source, _) = try log(50, hint: RefHint.encode(50))
        _ = try await RevisionReader(source).newestEntry(.acme, .main)
        #expect(source.requests.count == 3)
    }

    @Test("no entry: no ref")
    func absent() async throws {
        let source = MemorySource()
        let reader = RevisionReader(source)
        #expect(await code { _ = try await reader.newestEntry(.acme, .main) } == .notFound)
        #expect(try await reader.newestEntryIfAny(.acme, .main)?.entry == nil)
        source[.refHint(.acme, .main)] = RefHint.encode(3)
        #expect(try await reader.newestEntryBytes(.acme, .main)?.n == nil)
    }

    @Test("a burnt newest entry stops the reader, and an older one does not")
    func burnt() async throws {
        let (source, envelopes) = try log(4, burnt: [4], hint: RefHint.encode(3))
        let reader = RevisionReader(source)
        #expect(await code { _ = try await reader.newestEntry(.acme, .main) } == .integrity)
        #expect(await code { _ = try await reader.newestEntryIfAny(.acme, .main) } == .integrity)
        let bytes = try await reader.newestEntryBytes(.acme, .main)
        #expect(bytes?.n == 4)
        #expect(bytes?.bytes == envelopes[3])
        let (followed, _) = try log(5, burnt: [1, 4])
        #expect(try await RevisionReader(followed).newestEntry(.acme, .main).entry.n == 5)
        #expect(await code { _ = try await RevisionReader(followed).entry(.acme, .main, n: 4) } == .integrity)
    }

    @Test("a source that has whatever it is asked for is left: pages after some, entries after very many", .timeLimit(.minutes(1)))
    func endless() async throws {
        let page = Array("<html>Sign in to the network</html>".utf8)
        let pages = EndlessSource { _ in page }
        #expect(await code { _ = try await RevisionReader(pages).newestEntry(.acme, .main) } == .integrity)
        #expect(pages.count < 40 * RevisionReader.tries)
        let revision = try StoredRevision.small()
        let entries = EndlessSource { n in (try? revision.entry(n, previous: n == 1 ? nil : [1]))?.envelope ?? [] }
        #expect(await code { _ = try await RevisionReader(entries).newestEntry(.acme, .main) } == .integrity)
        #expect(entries.count < 70_000)
    }

    @Test("an error of the source is no end of the log")
    func errors() async throws {
        for failing in [ObjectName.refEntry(.acme, .main, 4), .refHint(.acme, .main), .refEntry(.acme, .main, 2)] {
            for failure in [ErrorCode.unavailable, .authentication] {
                let (source, _) = try log(3)
                source.fail(failing, failure)
                #expect(await code { _ = try await RevisionReader(source).newestEntry(.acme, .main) } == failure)
            }
        }
        // One that is too large to be an entry is burnt, not absent.
        let (source, _) = try log(3)
        source[.refEntry(.acme, .main, 4)] = [UInt8](repeating: 32, count: Limits.refEntry + 1)
        #expect(await code { _ = try await RevisionReader(source).newestEntry(.acme, .main) } == .integrity)
    }

    @Test("an entry that belongs elsewhere is refused")
    func wrongPlace() async throws {
        let revision = try StoredRevision.small()
        let wrong = [
            try revision.entry(model: "acme/other"), try revision.entry(ref: "v2"), try revision.entry(2, previous: [1]),
            try revision.entry(model: "Acme/tiny"),
        ]
        for item in wrong {
            let source = MemorySource()
            source[.refEntry(.acme, .main, 1)] = item.envelope
            #expect(await code { _ = try await RevisionReader(source).newestEntry(.acme, .main) } == .integrity)
        }
    }

    @Test("manifests and lists have the digest that was asked for, or are asked for once more past caches")
    func digests() async throws {
        let revision = try StoredRevision.small()
        let source = MemorySource()
        let reader = RevisionReader(source)
        #expect(await code { _ = try await reader.manifest(revision.digest) } == .integrity)
        #expect(await code { _ = try await reader.segment(revision.list) } == .integrity)
        var damaged = revision.manifestBytes
        damaged[10] ^= 1
        source[.manifest(revision.digest)] = damaged
        #expect(await code { _ = try await reader.manifest(revision.digest) } == .integrity)
        source.setFresh(.manifest(revision.digest), revision.manifestBytes)
        #expect(try await reader.manifest(revision.digest).bytes == revision.manifestBytes)
        source[.list(revision.list)] = revision.segment.encoded() + [0]
        #expect(await code { _ = try await reader.segment(revision.list) } == .integrity)
        source.setFresh(.list(revision.list), revision.segment.encoded())
        #expect(try await reader.segment(revision.list) == revision.segment)
        // Another manifest and another list are well-formed, and are not what was asked for.
        let other = try StoredRevision.small(seed: 2)
        for wrong in [other.manifestBytes, revision.manifestBytes] {
            let swapped = MemorySource()
            swapped[.manifest(other.digest)] = revision.manifestBytes
            swapped[.manifest(revision.digest)] = other.manifestBytes
            swapped[.list(other.list)] = revision.segment.encoded()
            let asked = SHA256.digest(of: wrong)
            #expect(await code { _ = try await RevisionReader(swapped).manifest(asked) } == .integrity)
            #expect(await code { _ = try await RevisionReader(swapped).segment(other.list) } == .integrity)
        }
        // Bytes with the right digest that are no manifest.
        let rubbish = Array("{}".utf8)
        source[.manifest(SHA256.digest(of: rubbish))] = rubbish
        #expect(await code { _ = try await reader.manifest(SHA256.digest(of: rubbish)) } == .integrity)
    }

    @Test("segments must add up to the manifest's files")
    func rows() async throws {
        var generator = SeededGenerator(seed: 31)
        let names = (0..<Limits.segmentRows + 3).compactMap { _ in
            ChunkName(digest: Digest(generator.bytes(32).span, at: 0), length: 10)
        }
        let rows = names.map { ChunkRow(name: $0, element: .opaque) }
        func read(_ segments: [[ChunkRow]], size: Int) async throws -> [ChunkRow] {
            let source = MemorySource()
            let lists = segments.map { ListSegment(rows: $0).encoded() }
            for list in lists { source[.list(SHA256.digest(of: list))] = list }
            let file = ManifestFile(
                path: try ModelPath("f"), size: size, sha256: SHA256.digest(of: []), format: .opaque, firstRow: 0, rows: rows.count)
            let manifest = Manifest(
                contentId: SHA256.digest(of: []), files: [file], lists: lists.map { SHA256.digest(of: $0) })
            return try await RevisionReader(source).rows(of: manifest)
        }
        let (head, tail) = (Array(rows.prefix(Limits.segmentRows)), Array(rows.dropFirst(Limits.segmentRows)))
        #expect(try await read([head, tail], size: rows.count * 10) == rows)
        #expect(await code { _ = try await read([head, tail], size: rows.count * 10 + 1) } == .integrity)
        #expect(await code { _ = try await read([head, tail], size: rows.count * 10 - 1) } == .integrity)
        #expect(await code { _ = try await read([head, Array(tail.dropLast())], size: rows.count * 10) } == .integrity)
        #expect(await code { _ = try await read([tail, head], size: rows.count * 10) } == .integrity)
        #expect(await code { _ = try await read([Array(head.dropLast()), tail + [head[0]]], size: rows.count * 10) } == .integrity)
    }

    @Test("a locator is about its segment, row by row")
    func locators() async throws {
        let revision = try StoredRevision.small()
        let other = try StoredRevision.small(seed: 2)
        let source = MemorySource()
        let reader = RevisionReader(source)
        let count = revision.chunks.count
        func refused(_ rows: Int) async -> ErrorCode? { await code { _ = try await reader.locator(revision.list, rows: rows) } }
        #expect(await refused(count) == .integrity)
        let places = revision.chunks.map { _ in Optional(ChunkPlace(pack: revision.digest, offset: 8, stored: 10)) }
        source[.locator(revision.list)] = Locator(segment: other.list, places: places).encoded()
        #expect(await refused(count) == .integrity)
        let right = Locator(segment: revision.list, places: places).encoded()
        source[.locator(revision.list)] = right
        #expect(try await reader.locator(revision.list, rows: count).places == places)
        #expect(await refused(count + 1) == .integrity)
        #expect(await refused(count - 1) == .integrity)
        for byte in [0, 9, 41, right.count / 2, right.count - 1] {
            var damaged = right
            damaged[byte] ^= 1
            source[.locator(revision.list)] = damaged
            #expect(await refused(count) == .integrity, "byte \(byte)")
        }
    }

    @Test("a store is one that we understand")
    func description() async throws {
        let source = MemorySource()
        let reader = RevisionReader(source)
        #expect(await code { _ = try await reader.description() } == .notFound)
        source[.storeDescription] = Array("{\"layout\":1,\"requiredFeatures\":[]}".utf8)
        #expect(try await reader.description().layout == 1)
        source[.storeDescription] = Array("{\"layout\":2,\"requiredFeatures\":[]}".utf8)
        #expect(await code { _ = try await reader.description() } == .failure)
        source[.storeDescription] = Array("{\"layout\":1,\"requiredFeatures\":[\"delta\"]}".utf8)
        #expect(await code { _ = try await reader.description() } == .failure)
        source[.storeDescription] = Array("<html>".utf8)
        #expect(await code { _ = try await reader.description() } == .integrity)
    }
}
