import Foundation
import Testing
import WaybillSystem
import WaybillTestSupport

/// A disk that a power loss left, drawn from a recording: enough to make it again.
struct CrashState: Codable, Hashable, CustomStringConvertible {
    let scenario: String
    /// How far the operation came, in thousandths of its events.
    let progress: Int
    let mode: String
    let seed: UInt64

    var description: String { "\(scenario), \(progress)/1000, \(mode), seed \(seed)" }
}

/// Records each operation once, and opens disks that a failure at any instant could have left.
@Suite("Crash states", .serialized)
struct CrashStateTests {
    /// States of each scenario; `WAYBILL_STATES` for a longer search.
    static let count = ProcessInfo.processInfo.environment["WAYBILL_STATES"].flatMap { Int($0) } ?? 300
    static let firstSeed = ProcessInfo.processInfo.environment["WAYBILL_SEED"].flatMap { UInt64($0) } ?? 1

    static let names = ["store init", "push", "ref set", "store gc", "first pull", "pull over a checkout", "repair", "store repair"]

    static func scenario(_ name: String) throws -> any Scenario {
        switch name {
        case "store init": StoreCreation()
        case "push": PushUpdate()
        case "ref set": Promotion()
        case "store gc": StoreCollection()
        case "first pull": PullUpdate(isFirst: true)
        case "repair": RepairDirectory()
        case "store repair": RepairStore()
        default: PullUpdate(isFirst: false)
        }
    }

    /// A place in memory where the system has one: the states are many, and their syncs mean nothing.
    static func place() -> String {
        let base = Files.exists("/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()
        let path = "\(base)/waybill-crash-\(UInt64.random(in: .min ... .max))"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    @Test("every acknowledged revision is whole, and the operation can be run again", arguments: names)
    func states(_ name: String) async throws {
        let scenario = try Self.scenario(name)
        let place = Self.place()
        defer { try? FileManager.default.removeItem(atPath: place) }
        let recorder = try await Self.record(scenario, at: place + "/recorded")
        let events = recorder.events
        #expect(events.count > 10, "nothing was recorded")
        var states = try Self.fixtures().filter { $0.scenario == name }
        var generator = SeededGenerator(seed: Self.firstSeed)
        states += (0..<Self.count).map { Self.draw(name, $0, &generator) }
        var failed = 0
        for state in states where failed < 5 {
            let problems = await Self.problems(state, scenario, recorder.initial, events[...], at: place + "/state")
            if !problems.isEmpty { failed += 1 }
            #expect(problems == [], "\(state)")
        }
    }

    /// What a killed run left in the page cache, a second run must not take for durable.
    @Test("killed, run again to its end, and then the machine fails", arguments: names)
    func killedBefore(_ name: String) async throws {
        let scenario = try Self.scenario(name)
        let place = Self.place()
        defer { try? FileManager.default.removeItem(atPath: place) }
        let survey = FaultPlan(.dead, number: .max)
        _ = try await Self.record(scenario, at: place + "/survey", faults: survey)
        // Operations of the first of two runs.
        let whole = survey.chances
        #expect(whole > 10)
        var generator = SeededGenerator(seed: Self.firstSeed)
        let kills = min(whole, Self.count / 10)
        for kill in 0..<kills {
            let root = "\(place)/recorded-\(kill)"
            let plan = FaultPlan(.dead, number: whole * kill / kills)
            let recorder = try await Self.record(scenario, at: root, faults: plan)
            for mode in [SimulatedDisk.Mode.nothingPending, .orderedNames, .anything] {
                let state = CrashState(scenario: name, progress: 1_000, mode: "\(mode)", seed: generator.next())
                let problems = await Self.problems(state, scenario, recorder.initial, recorder.events[...], at: place + "/state")
                #expect(problems == [], "killed at operation \(plan.number) of \(whole); \(state)")
            }
            try FileManager.default.removeItem(atPath: root)
        }
    }

    @Test(
        "the states find what a missing sync would do",
        arguments: ["push", "pull over a checkout"], [SimulatedDisk.Ignored.fileSyncs, .folderSyncs])
    func control(_ name: String, _ ignored: SimulatedDisk.Ignored) async throws {
        let scenario = try Self.scenario(name)
        let place = Self.place()
        defer { try? FileManager.default.removeItem(atPath: place) }
        let recorder = try await Self.record(scenario, at: place + "/recorded")
        var generator = SeededGenerator(seed: 7)
        var found = 0
        for number in 0..<60 {
            let state = Self.draw(name, number, &generator)
            let problems = await Self.problems(
                state, scenario, recorder.initial, recorder.events[...], at: place + "/state", ignoring: ignored)
            if !problems.isEmpty { found += 1 }
        }
        #expect(found > 0)
    }

    private static func draw(_ name: String, _ number: Int, _ generator: inout SeededGenerator) -> CrashState {
        let mode = SimulatedDisk.Mode.allCases[number % SimulatedDisk.Mode.allCases.count]
        // The end, where everything is acknowledged, more often than any other place.
        let drawn = number % 12 < 2 ? 1_000 : Int.random(in: 0...1_000, using: &generator)
        return CrashState(scenario: name, progress: drawn, mode: "\(mode)", seed: generator.next())
    }

    /// - Parameter faults: of a first run; a second one follows without.
    private static func record(_ scenario: any Scenario, at root: String, faults: FaultPlan? = nil) async throws -> DiskRecorder {
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try await scenario.prepare(root)
        let recorder = try DiskRecorder(root: root, faults: faults)
        defer { recorder.end() }
        if let faults {
            try? await scenario.run(root) { recorder.acknowledge($0) }
            faults.finish()
        }
        try await scenario.run(root) { recorder.acknowledge($0) }
        return recorder
    }

    static func problems(
        _ state: CrashState, _ scenario: any Scenario, _ initial: DiskContents, _ events: ArraySlice<DiskEvent>, at root: String,
        ignoring ignored: SimulatedDisk.Ignored = .nothing
    ) async -> [String] {
        guard let mode = SimulatedDisk.Mode.allCases.first(where: { "\($0)" == state.mode }) else { return ["no such mode"] }
        defer { try? FileManager.default.removeItem(atPath: root) }
        var generator = SeededGenerator(seed: state.seed)
        let disk = SimulatedDisk(initial, events: events.prefix(events.count * state.progress / 1_000), ignoring: ignored)
        do {
            try disk.materialise(at: root, mode: mode, generator: &generator)
            return try await scenario.check(root, acknowledged: disk.acknowledged, isSameBoot: mode == .killed)
        } catch {
            return ["\(error)"]
        }
    }

    /// States that failed once.
    private static func fixtures() throws -> [CrashState] {
        let bytes = try Files.read(Repository.path("Tests/CrashTests/Fixtures/states.json"))
        return try JSONDecoder().decode([CrashState].self, from: Data(bytes))
    }
}
