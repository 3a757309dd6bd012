import Logging
import WaybillSystem

/// What the log says of one request. Never a token, only its id.
struct AccessRecord: Sendable {
    let id: String
    let method: String
    let target: String
    let route: String
    let remote: String
    var token: String?
    var status = 0
    var bytesIn = 0
    /// Why it was refused, or broke off.
    var cause: String?
    private let started = Host.monotonicNanoseconds()

    init(id: String, method: String, target: String, route: String, remote: String) {
        self.id = id
        self.method = method
        self.target = target
        self.route = route
        self.remote = remote
    }

    /// Server faults are errors; `healthz` and `metrics`, which machines ask all day, are only for debugging.
    func log(to logger: Logger, bytesOut: Int) {
        let level: Logger.Level = status >= 500 ? .error : route == "healthz" || route == "metrics" ? .debug : .info
        var metadata: Logger.Metadata = [
            "request": .string(id), "method": .string(method), "path": .string(String(target.prefix(1_024))), "route": .string(route),
            "remote": .string(remote), "status": .stringConvertible(status), "bytesIn": .stringConvertible(bytesIn),
            "bytesOut": .stringConvertible(bytesOut),
            "milliseconds": .stringConvertible(Int((Host.monotonicNanoseconds() - started) / 1_000_000)),
        ]
        if let token { metadata["token"] = .string(token) }
        if let cause { metadata["cause"] = .string(cause) }
        logger.log(level: level, "request", metadata: metadata)
    }
}
