import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

/// A pull that asks where its chunks lie a few at a time.
@Suite struct LocatingTests {
    private let place = TemporaryFolder("locating")
    private let work = Work(threads: 2)

    private func model() async throws -> DirectoryStore {
        _ = try ModelMaker.write(place, "model", megabytes: 24, seed: 3)
        // The same bytes at two places: one chunk with two destinations.
        try place.write("model/copy.safetensors", Files.read(place.path("model/model.safetensors")))
        let store = try await DirectoryStore.create(place.path("store"), work: work)
        _ = try await Push(
            directory: place.path("model"), store: store, remote: "file:///store", model: try ModelName("acme/tiny"), ref: .main,
            options: PushOptions(), work: work, progress: { _ in }
        ).run()
        return store
    }

    private func pull(_ store: any ChunkSource, _ chunks: Int) async throws -> TransferReport {
        var options = PullOptions()
        options.chunksLocated = chunks
        return try await Pull(
            source: store, remote: "file:///store", model: try ModelName("acme/tiny"), ref: .main, directory: place.path("out\(chunks)"),
            options: options, work: work, progress: { _ in }
        ).run()
    }

    @Test("however few places are known at a time, the pull is whole and moves each chunk once", arguments: [1, 2, 5, 24])
    func portions(chunks: Int) async throws {
        let store = try await model()
        let report = try await pull(store, chunks)
        #expect(try Files.differences(place.path("model"), place.path("out\(chunks)")) == [])
        #expect(report.chunksTransferred < report.chunksTotal)
        #expect(report.bytesTransferred < report.bytesTotal)
    }

    @Test("a damaged locator fails the pull, and the next pull ends it")
    func damaged() async throws {
        let store = try await model()
        let path = try #require(Files.list(place.path("store")).first { $0.hasPrefix("locators/") })
        let bytes = try Files.read(place.path("store/\(path)"))
        try Files.flipBit(place.path("store/\(path)"), byte: bytes.count / 2)
        await #expect(throws: TransferError.self) { try await pull(store, 4) }
        try place.write("store/\(path)", bytes)
        let report = try await pull(store, 4)
        #expect(try Files.differences(place.path("model"), place.path("out4")) == [])
        #expect(report.chunksTransferred > 0)
    }
}
