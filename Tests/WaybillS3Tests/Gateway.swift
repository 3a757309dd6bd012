import Foundation
import Synchronization
import WaybillFormat
import WaybillStore
import WaybillTestSupport

/// What answers as S3 in a test.
enum Gateway: String, CaseIterable, CustomStringConvertible {
    /// `Fixtures/bucket.py`: in memory, stricter than most.
    case small
    /// A real Ceph (`Scripts/ceph`), or what `WAYBILL_TEST_S3` names: "URL ACCESS-KEY SECRET-KEY BUCKET".
    case ceph

    var description: String { rawValue }

    /// Those that run here.
    static let available: [Gateway] = {
        if CephGateway.shared != nil { return allCases }
        print("skipped: Ceph's gateway (Scripts/ceph install, as root; or set WAYBILL_TEST_S3)")
        return [.small]
    }()

    /// A store that nobody else has, with its gateway.
    func place() throws -> BucketPlace {
        switch self {
        case .small: return BucketPlace(try SmallGateway())
        case .ceph:
            guard let ceph = CephGateway.shared else { throw Waybill.Failure("Ceph does not run") }
            return BucketPlace(endpoint: ceph.endpoint, bucket: ceph.bucket, accessKey: ceph.accessKey, secretKey: ceph.secretKey)
        }
    }
}

/// A prefix of a bucket.
struct BucketPlace: Sendable {
    let endpoint: String
    let bucket: String
    let prefix = "t\(UInt64.random(in: .min ... .max))/store"
    var accessKey = "AK"
    var secretKey = "SK"
    /// Where faults are set.
    let small: SmallGateway?

    init(_ small: SmallGateway) {
        self.small = small
        endpoint = small.endpoint
        bucket = SmallGateway.bucket
    }

    init(endpoint: String, bucket: String, accessKey: String, secretKey: String) {
        small = nil
        self.endpoint = endpoint
        self.bucket = bucket
        self.accessKey = accessKey
        self.secretKey = secretKey
    }

    /// Another process's view of the store.
    /// - Parameter environment: beside, or instead of, endpoint and keys.
    func open(
        patience: Double = 20, environment: [String: String] = [:], settings: S3Settings = S3Settings(),
        notify: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> S3Store {
        let all = ["AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": accessKey, "AWS_SECRET_ACCESS_KEY": secretKey]
            .merging(environment) { $1 }
        let access = try S3Access(
            bucket: bucket, settings: settings, environment: { all[$0].flatMap { $0.isEmpty ? nil : $0 } }, file: { _ in nil })
        return S3Store(access, prefix: prefix, label: "s3://\(bucket)/\(prefix)", retry: RetryPolicy(patience: patience), notify: notify)
    }

    /// Opens an empty store there.
    func create() async throws -> S3Store {
        let store = try open()
        try await store.create()
        return store
    }
}

/// `Fixtures/bucket.py`, ended with the value.
final class SmallGateway: Sendable {
    static let bucket = "test-bucket"

    struct Fault: Encodable, Sendable {
        var fault: String
        var method: String?
        /// A part of the path and query.
        var path: String?
        var first: Int?
    }

    struct State: Encodable, Sendable {
        var keys: [String: String]?
        var token: String?
        var region: String?
        var page: Int?
        var skew: Int?
        var ignoreIfNoneMatch: Bool?
        var noIfNoneMatch: Bool?
        var faults: [Fault]?
    }

    let endpoint: String
    private let folder = TemporaryFolder("bucket")
    private let running: RunningTool

    init(_ state: State = State()) throws {
        let port = FreePort.next()
        try folder.write("state", Array(JSONEncoder().encode(state)))
        let script = Repository.path("Tests/WaybillS3Tests/Fixtures/bucket.py")
        running = try Tool.start("/usr/bin/env", ["python3", script, "\(port)", folder.path("state"), folder.path("log")])
        endpoint = "http://127.0.0.1:\(port)"
        guard FreePort.waitUntilOpen(port) else { throw Waybill.Failure("bucket.py does not listen: \(running.errors)") }
    }

    deinit {
        running.signal(SIGKILL)
        _ = running.wait()
    }

    /// From the next request on.
    func set(_ state: State) throws {
        try folder.write("next", Array(JSONEncoder().encode(state)))
        guard rename(folder.path("next"), folder.path("state")) == 0 else { throw Waybill.Failure("rename") }
    }

    func fail(_ faults: Fault...) throws { try set(State(faults: faults)) }

    /// Lines `METHOD PATH STATUS FAULT` so far that contain `text`.
    func requests(_ text: String = "") -> [String] {
        String(decoding: (try? Files.read(folder.path("log"))) ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { text.isEmpty || $0.contains(text) }
    }
}

/// One Ceph for all tests of the process.
final class CephGateway: Sendable {
    let endpoint: String
    let accessKey: String
    let secretKey: String
    let bucket: String

    static let shared: CephGateway? = try? CephGateway()

    private init() throws {
        if let named = ProcessInfo.processInfo.environment["WAYBILL_TEST_S3"] {
            let parts = named.split(separator: " ").map(String.init)
            guard parts.count == 4 else { throw Waybill.Failure("WAYBILL_TEST_S3 is URL ACCESS-KEY SECRET-KEY BUCKET") }
            (endpoint, accessKey, secretKey, bucket) = (parts[0], parts[1], parts[2], parts[3])
            return
        }
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
