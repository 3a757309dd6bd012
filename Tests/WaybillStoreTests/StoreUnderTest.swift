import WaybillFormat
import WaybillStore
import WaybillTestSupport

/// A store of one of the kinds that take revisions, and the directory behind it.
struct StoreUnderTest: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case directory
        /// `waybill serve` over a directory, through `HTTPStore`.
        case served
    }

    let store: any RevisionStore
    let folder: TemporaryFolder
    private let mirror: ServedMirror?

    var path: String { folder.path("store") }

    static func run(_ kind: Kind, _ body: (StoreUnderTest) async throws -> Void) async throws {
        let folder = TemporaryFolder("store")
        switch kind {
        case .directory:
            let store = try await DirectoryStore.create(folder.path("store"), work: Shared.work, proof: .byStore)
            try await body(StoreUnderTest(store: store, folder: folder, mirror: nil))
        case .served:
            try Waybill.makeStore(folder.path("store"))
            let mirror = try ServedMirror(store: folder.path("store"))
            let store = try HTTPStore(try RemoteLocation(parsing: mirror.url), connections: 4)
            do {
                try await body(StoreUnderTest(store: store, folder: folder, mirror: mirror))
            } catch {
                await store.close()
                throw error
            }
            await store.close()
            mirror.stop()
        }
    }

    func path(_ name: ObjectName) -> String { path + "/" + name.path }
}
