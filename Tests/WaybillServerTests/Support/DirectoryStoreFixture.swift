import Logging
import WaybillServer
import WaybillStore
import WaybillTestSupport

/// A store without a mirror.
enum DirectoryStoreFixture {
    static let silent = Logger(label: "silent") { _ in JSONLogHandler { _ in } }

    static func run(_ body: (DirectoryStore) async throws -> Void) async throws {
        let folder = TemporaryFolder("waybill-server-tests")
        try await body(DirectoryStore.create(folder.path("store"), work: MirrorFixture.work, proof: .byStore))
        withExtendedLifetime(folder) {}
    }
}
