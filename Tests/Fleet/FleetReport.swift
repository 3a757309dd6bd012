import Foundation

/// What a simulation came to.
struct FleetReport {
    let options: FleetOptions
    let times: [Double]
    let unfinished: Int
    let mirror: Double
    let peers: Double
    let wasted: Double
    let requests: Int
    let wall: Double
    let hosts: Int

    init(_ simulation: Simulation, wall: Double) {
        options = simulation.options
        times = simulation.times.compactMap(\.self).sorted()
        unfinished = simulation.times.count - times.count
        mirror = simulation.mirrorBytes
        peers = simulation.peerBytes
        wasted = simulation.wastedBytes
        requests = simulation.requests
        hosts = simulation.hosts.count
        self.wall = wall
    }

    /// The smallest time that at least `part` of the hosts kept to.
    func percentile(_ part: Double) -> Double {
        guard !times.isEmpty else { return .infinity }
        return times[max(0, min(times.count - 1, Int((Double(times.count) * part).rounded(.up)) - 1))]
    }

    private func two(_ value: Double) -> String { String(format: "%.2f", value) }
    private func percent(_ value: Double) -> String { String(format: "%.1f %%", value * 100) }
    private func megabytes(_ value: Double) -> String { String(format: "%.0f MB/s", value / 1e6) }

    var text: String {
        """
        SIMULATED, not measured: \(options.hosts) hosts pull \(two(Double(options.bytes) / 1e9)) GB, seed \(options.seed)
          network   max-min fair shares, no losses, no distances; a host \(megabytes(options.rate)) each way (peers send \
        \(megabytes(options.upload))), the mirror \(megabytes(options.mirror))
          work      \(options.units) units of \(options.unit >> 10) KiB, steps of \(two(options.step * 1000)) ms; a request takes a step
          peers     \(options.peers) a ticket, heard of every \(two(options.refresh)) s; \(options.slots) uploads each; \
        slow \(percent(options.slow)), hostile \(percent(options.hostile)), lying \(percent(options.lying)), leaving \(percent(options.churn)) a second
          p50 \(two(percentile(0.5))) s   p99 \(two(percentile(0.99))) s   p99.9 \(two(percentile(0.999))) s   longest \(two(times.last ?? .infinity)) s
          finished  \(times.count) of \(times.count + unfinished) honest hosts that stayed
          mirror    \(two(mirror / 1e9)) GB, \(two(mirror / Double(options.bytes))) x the model
          peers     \(two(peers / 1e9)) GB; \(percent(wasted / max(1, peers + mirror))) of all bytes in vain; \(requests) requests
        """
    }

    var json: String {
        """
        {"bytes":\(options.bytes),"finished":\(times.count),"hosts":\(options.hosts),"mirrorBytes":\(Int(mirror)),"p50":\(two(percentile(0.5))),\
        "p99":\(two(percentile(0.99))),"p999":\(two(percentile(0.999))),"seed":\(options.seed),"simulated":true,"unfinished":\(unfinished)}
        """
    }
}
