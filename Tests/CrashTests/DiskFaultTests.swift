import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

/// Disks that fail while a command runs: it ends with an error or does its work, and loses nothing either way.
@Suite("Disk faults", .serialized)
struct DiskFaultTests {
    /// Places of each fault in each scenario; `WAYBILL_STATES` for a longer search.
    private static let count = max(6, CrashStateTests.count / 60)

    @Test("a fault at any operation", arguments: CrashStateTests.names, FaultPlan.Kind.allCases)
    func fault(_ name: String, _ kind: FaultPlan.Kind) async throws {
        let scenario = try CrashStateTests.scenario(name)
        let place = CrashStateTests.place()
        defer { try? FileManager.default.removeItem(atPath: place) }
        // How often such a fault can happen.
        let survey = FaultPlan(kind, number: .max)
        _ = try await run(scenario, survey, at: place + "/survey")
        let chances = survey.chances
        // Commands of this size do not create or sync everything.
        guard chances > 0 else { return }
        var generator = SeededGenerator(seed: CrashStateTests.firstSeed)
        var reached = 0
        for round in 0..<Self.count {
            let number = chances <= Self.count ? round % chances : Int.random(in: 0..<chances, using: &generator)
            let plan = FaultPlan(kind, number: number)
            let root = "\(place)/\(round)"
            let (recorder, error) = try await run(scenario, plan, at: root)
            let label = "\(name), \(kind) at \(number) of \(chances)"
            // In how many pieces a part is read back depends on which thread comes first: a run may have fewer operations than the survey.
            #expect(plan.fired > 0 || plan.chances <= number, "\(label)")
            if plan.fired > 0 { reached += 1 }
            if kind == .shortWrites { #expect(error == nil, "\(label): short writes are no error") }
            if let error { #expect(error.code == .storage, "\(label): \(error)") }
            #expect(plan.touchedAfterFailedSync == 0, "\(label): a file was used after its sync had failed")
            let acknowledged = SimulatedDisk(recorder.initial, events: recorder.events[...]).acknowledged
            #expect(error == nil || acknowledged.isEmpty, "\(label)")
            // What a power loss leaves now, without what the kernel dropped.
            for mode in [SimulatedDisk.Mode.nothingPending, .anything] {
                let state = CrashState(scenario: name, progress: 1_000, mode: "\(mode)", seed: generator.next())
                let problems = await CrashStateTests.problems(
                    state, scenario, recorder.initial, recorder.events[...], at: place + "/state")
                #expect(problems == [], "\(label), then \(state)")
            }
            let problems = try await scenario.check(root, acknowledged: acknowledged, isSameBoot: true)
            #expect(problems == [], "\(label)")
            try FileManager.default.removeItem(atPath: root)
        }
        #expect(reached > Self.count / 2)
    }

    private func run(_ scenario: any Scenario, _ plan: FaultPlan, at root: String) async throws -> (DiskRecorder, TransferError?) {
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        try await scenario.prepare(root)
        let recorder = try DiskRecorder(root: root, faults: plan)
        defer { recorder.end() }
        do {
            try await scenario.run(root) { recorder.acknowledge($0) }
            return (recorder, nil)
        } catch let error as TransferError {
            return (recorder, error)
        } catch let error as any WaybillError {
            return (recorder, TransferError(error.code, subject: error.subject, cause: error.cause))
        }
    }
}
