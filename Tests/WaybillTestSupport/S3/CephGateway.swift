import Foundation
import Synchronization

/// One Ceph for all tests of the process.
package final class CephGateway: Sendable {
    package let endpoint: String
    package let accessKey: String
    package let secretKey: String
    package let bucket: String

    package static let shared: CephGateway? = try? CephGateway()

    private init() throws {
        if let named = ProcessInfo.processInfo.environment["WAYBILL_TEST_S3"] {
            let parts = named.split(separator: " ").map(String.init)
            guard parts.count == 4 else { throw Waybill.Failure("WAYBILL_TEST_S3 is URL ACCESS-KEY SECRET-KEY BUCKET") }
            (endpoint, accessKey, secretKey, bucket) = (parts[0], parts[1], parts[2], parts[3])
            return
        }
        // It takes half a minute and a gigabyte: asked for, not done because its packages happen to be there.
        guard ProcessInfo.processInfo.environment["WAYBILL_TEST_CEPH"] == "1" else { throw Waybill.Failure("Ceph was not asked for") }
        let port = FreePort.next()
        let folder = NSTemporaryDirectory() + "waybill-ceph-\(port)"
        let script = Repository.path("Scripts/ceph")
        let started = try Tool.run(script, ["start", folder], environment: ["WAYBILL_CEPH_PORT": "\(port)"])
        let parts = started.output.split(separator: "\n").last?.split(separator: " ").map(String.init) ?? []
        guard started.status == 0, parts.count == 4 else { throw Waybill.Failure(started.errors) }
        (endpoint, accessKey, secretKey, bucket) = (parts[0], parts[1], parts[2], parts[3])
        Self.running.withLock { $0 = folder }
        atexit {
            guard let folder = CephGateway.running.withLock({ $0 }) else { return }
            _ = try? Tool.run(Repository.path("Scripts/ceph"), ["stop", folder])
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    private static let running = Mutex<String?>(nil)
}
