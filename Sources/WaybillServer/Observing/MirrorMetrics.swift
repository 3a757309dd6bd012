import Synchronization
import WaybillFormat

/// Counters of a running mirror, and their Prometheus text. Labels are routes, statuses and codes: never names or digests.
final class MirrorMetrics: Sendable {
    private struct Key: Hashable {
        let route: String
        let status: Int
    }

    private struct State {
        var requests: [Key: Int] = [:]
        var refused: [String: Int] = [:]
        var bytesIn = 0
        var bytesOut = 0
        var packsAdmitted = 0
        var chunksVerified = 0
        var revisionsProved = 0
        var entriesAppended = 0
        var inFlight = 0
    }

    private let state = Mutex(State())

    func began() { state.withLock { $0.inFlight += 1 } }

    func ended(route: String, status: Int, bytesIn: Int, bytesOut: Int) {
        state.withLock { state in
            state.inFlight -= 1
            state.requests[Key(route: route, status: status), default: 0] += 1
            state.bytesIn &+= bytesIn
            state.bytesOut &+= bytesOut
        }
    }

    func refused(_ code: ErrorCode) { state.withLock { $0.refused[code.rawValue, default: 0] += 1 } }

    func admittedPack(chunks: Int) {
        state.withLock { state in
            state.packsAdmitted += 1
            state.chunksVerified += chunks
        }
    }

    func provedRevision() { state.withLock { $0.revisionsProved += 1 } }
    func appendedEntry() { state.withLock { $0.entriesAppended += 1 } }

    /// The exposition format of Prometheus, version 0.0.4.
    var text: String {
        let now = state.withLock { $0 }
        var text = ""
        func family(_ name: String, _ type: String, _ meaning: String, _ rows: [(labels: String, value: Int)]) {
            text += "# HELP \(name) \(meaning)\n# TYPE \(name) \(type)\n"
            for row in rows { text += "\(name)\(row.labels) \(row.value)\n" }
        }
        let requests = now.requests.sorted { ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status) }
        family(
            "waybill_requests_total", "counter", "Requests answered.",
            requests.map { ("{route=\"\($0.key.route)\",status=\"\($0.key.status)\"}", $0.value) })
        family(
            "waybill_refused_total", "counter", "Requests refused, by code.",
            now.refused.sorted { $0.key < $1.key }.map { ("{code=\"\($0.key)\"}", $0.value) })
        family("waybill_requests_in_flight", "gauge", "Requests that are running.", [("", now.inFlight)])
        family("waybill_received_bytes_total", "counter", "Bytes of request bodies.", [("", now.bytesIn)])
        family("waybill_sent_bytes_total", "counter", "Bytes of answers' bodies.", [("", now.bytesOut)])
        family("waybill_packs_admitted_total", "counter", "Packs verified and stored.", [("", now.packsAdmitted)])
        family("waybill_chunks_verified_total", "counter", "Chunks of admitted packs, decoded and hashed.", [("", now.chunksVerified)])
        family("waybill_revisions_proved_total", "counter", "Manifests proved against their chunks.", [("", now.revisionsProved)])
        family("waybill_entries_appended_total", "counter", "Ref entries created.", [("", now.entriesAppended)])
        return text
    }
}
