/// What is simulated. Rates are bytes a second, times seconds.
struct FleetOptions {
    var hosts = 2_600
    var bytes = 3_000_000_000
    /// Of every host's link, each way.
    var rate = 300e6
    /// What a peer sends at most, to all together.
    var upload = 300e6
    var mirror = 1.25e9
    /// Ranges that the mirror sends at once; the others wait in line.
    var mirrorSlots = 32
    /// The unit that is moved: stands for the several chunks of a range.
    var unit = 4 << 20
    /// Peers that a ticket names.
    var peers = 40
    /// Seconds between a puller's questions what its peers have.
    var refresh = 0.1
    /// Seconds between tickets.
    var ticket = 1.0
    /// Requests that a peer answers at once; others are told to come again.
    var slots = 4
    /// Requests that wait in line at a peer, beside those; others are told to come again.
    var line = 8
    /// Share of the hosts that leave in a second; each is replaced by one that has nothing.
    var churn = 0.002
    /// Shares of the hosts that send slowly, send wrong bytes, announce what they do not have.
    var slow = 0.02
    var slowUpload = 10e6
    var hostile = 0.01
    var lying = 0.01
    /// Within so long all begin.
    var spread = 0.1
    /// Copies of the model that the mirror hands out unasked.
    var copies = 1.3
    /// Units that a ticket assigns.
    var assigned = 1
    var trace = false
    var step = 0.0025
    var seed: UInt64 = 1
    var longest = 0.0
    /// Who would begin later is not waited for.
    var lastStart: Double { spread + 2 * Double(bytes) / rate }
    var json = false

    var units: Int { (bytes + unit - 1) / unit }

    static let usage = """
        usage: fleet [--hosts N] [--bytes N] [--rate N] [--upload N] [--mirror N] [--mirror-slots N] [--unit N] [--peers N] [--refresh S]
                     [--ticket S] [--slots N] [--line N] [--assigned N] [--churn X] [--slow X] [--hostile X] [--lying X] [--spread S] [--copies X] [--step S]
                     [--seed N] [--json] [--trace]

        Simulates hosts that pull one model from one mirror and from each other. Protocol/FLEET.md has the model of the network.
        """

    /// Nil if an argument is not understood.
    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            if name == "--trace" {
                trace = true
                continue
            }
            if name == "--json" {
                json = true
                continue
            }
            guard let text = rest.popFirst(), let value = Double(text), value >= 0 else { return nil }
            switch name {
            case "--hosts": hosts = Int(value)
            case "--bytes": bytes = Int(value)
            case "--rate": rate = value
            case "--upload": upload = value
            case "--mirror": mirror = value
            case "--mirror-slots": mirrorSlots = Int(value)
            case "--unit": unit = Int(value)
            case "--peers": peers = Int(value)
            case "--refresh": refresh = value
            case "--ticket": ticket = value
            case "--slots": slots = Int(value)
            case "--line": line = Int(value)
            case "--assigned": assigned = Int(value)
            case "--churn": churn = value
            case "--slow": slow = value
            case "--hostile": hostile = value
            case "--lying": lying = value
            case "--spread": spread = value
            case "--copies": copies = value
            case "--step": step = value
            case "--seed": seed = UInt64(value)
            default: return nil
            }
        }
        guard hosts > 0, bytes > 0, unit >= 1 << 16, rate > 0, upload > 0, mirror > 0, step > 0, refresh > 0, ticket > 0, mirrorSlots > 0
        else { return nil }
        longest = 60 * Double(bytes) / rate
    }
}
