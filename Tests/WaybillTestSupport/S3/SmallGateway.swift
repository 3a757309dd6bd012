import Foundation

/// `Fixtures/bucket.py`, ended with the value.
package final class SmallGateway: Sendable {
    package static let bucket = "test-bucket"

    package struct Fault: Encodable, Sendable {
        package var fault: String
        package var method: String?
        /// A part of the path and query.
        package var path: String?
        package var first: Int?

        package init(fault: String, method: String? = nil, path: String? = nil, first: Int? = nil) {
            self.fault = fault
            self.method = method
            self.path = path
            self.first = first
        }
    }

    package struct State: Encodable, Sendable {
        package var keys: [String: String]?
        package var token: String?
        package var region: String?
        package var page: Int?
        package var skew: Int?
        package var ignoreIfNoneMatch: Bool?
        package var noIfNoneMatch: Bool?
        package var faults: [Fault]?

        package init(
            keys: [String: String]? = nil, token: String? = nil, region: String? = nil, page: Int? = nil, skew: Int? = nil,
            ignoreIfNoneMatch: Bool? = nil, noIfNoneMatch: Bool? = nil, faults: [Fault]? = nil
        ) {
            self.keys = keys
            self.token = token
            self.region = region
            self.page = page
            self.skew = skew
            self.ignoreIfNoneMatch = ignoreIfNoneMatch
            self.noIfNoneMatch = noIfNoneMatch
            self.faults = faults
        }
    }

    package let endpoint: String
    private let folder = TemporaryFolder("bucket")
    private let running: RunningTool

    package init(_ state: State = State()) throws {
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
    package func set(_ state: State) throws {
        try folder.write("next", Array(JSONEncoder().encode(state)))
        guard rename(folder.path("next"), folder.path("state")) == 0 else { throw Waybill.Failure("rename") }
    }

    package func fail(_ faults: Fault...) throws { try set(State(faults: faults)) }

    /// Lines `METHOD PATH STATUS FAULT` so far that contain `text`.
    package func requests(_ text: String = "") -> [String] {
        String(decoding: (try? Files.read(folder.path("log"))) ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { text.isEmpty || $0.contains(text) }
    }
}
