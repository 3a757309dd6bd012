import Synchronization
import Testing
import WaybillFormat
import WaybillServer
import WaybillStore
import WaybillSystem

@Suite struct ProofBoardTests {
    private static let digest = SHA256.digest(of: [1])

    /// Ends a proof when the test says so.
    private final class Latch: Sendable {
        private let isOpen = Mutex(false)
        func open() { isOpen.withLock { $0 = true } }
        func wait() async { while !isOpen.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(5)) } }
    }

    @Test func equalRequestsShareAProof() async throws {
        let board = ProofBoard(places: 2, heartbeat: .milliseconds(20))
        let runs = Mutex(0)
        let latch = Latch()
        var streams: [AsyncStream<ProofBoard.Event>] = []
        for _ in 0..<5 {
            let stream = board.join(Self.digest) { progress in
                runs.withLock { $0 += 1 }
                progress(3, 7)
                await latch.wait()
            }
            streams.append(try #require(stream))
        }
        var heartbeats = 0
        for stream in streams {
            var last: ProofBoard.Event?
            for await event in stream {
                if case .progress(3, 7) = event { heartbeats += 1 }
                if heartbeats >= 3 { latch.open() }
                last = event
            }
            guard case .accepted = last else {
                Issue.record("ended with \(String(describing: last))")
                continue
            }
        }
        #expect(heartbeats >= 3)
        #expect(runs.withLock { $0 } == 1)
        // It is over: the next one is new.
        let again = board.join(Self.digest) { _ in runs.withLock { $0 += 1 } }
        for await _ in try #require(again) {}
        #expect(runs.withLock { $0 } == 2)
    }

    @Test func aRefusalReachesEveryone() async throws {
        let board = ProofBoard(places: 1)
        let error = StoreError(.integrity, subject: "a.bin", cause: "differs")
        let latch = Latch()
        let first = try #require(
            board.join(Self.digest) { (_) throws(StoreError) in
                await latch.wait()
                throw error
            })
        let second = try #require(board.join(Self.digest) { _ in })
        latch.open()
        for stream in [first, second] {
            var refused: StoreError?
            for await event in stream { if case .refused(let error) = event { refused = error } }
            #expect(refused == error)
        }
    }

    @Test func aListenerThatGoesEndsNothing() async throws {
        let board = ProofBoard(places: 1, heartbeat: .milliseconds(5))
        let latch = Latch()
        let done = Mutex(false)
        let stream = try #require(
            board.join(Self.digest) { _ in
                await latch.wait()
                done.withLock { $0 = true }
            })
        let listener = Task { for await _ in stream {} }
        listener.cancel()
        await listener.value
        let second = try #require(board.join(Self.digest) { _ in Issue.record("a second proof began") })
        latch.open()
        for await _ in second {}
        #expect(done.withLock { $0 })
    }

    @Test func manyDifferentProofsAreTurnedAway() async throws {
        let board = ProofBoard(places: 1)
        let latch = Latch()
        var streams: [AsyncStream<ProofBoard.Event>] = []
        for number in 0..<UInt8(ProofBoard.maximumJobs) {
            streams.append(try #require(board.join(SHA256.digest(of: [number])) { _ in await latch.wait() }))
        }
        #expect(board.join(SHA256.digest(of: [200])) { _ in } == nil)
        latch.open()
        for stream in streams { for await _ in stream {} }
        #expect(board.join(SHA256.digest(of: [200])) { _ in } != nil)
    }

    @Test func aGateCountsItsPlaces() async throws {
        let gate = Gate(1)
        #expect(await gate.enter(within: .seconds(1)))
        #expect(await !gate.enter(within: .milliseconds(50)))
        let waiting = Task { await gate.enter(within: .seconds(20)) }
        try await Task.sleep(for: .milliseconds(20))
        gate.leave()
        #expect(await waiting.value)
        #expect(await !gate.enter(within: .milliseconds(50)))
        gate.leave()
        #expect(await gate.enter(within: .milliseconds(50)))
    }
}
