import Testing
import WaybillFormat
import WaybillPlanning
import WaybillStore
import WaybillTestSupport
import WaybillTransfer

/// A single source is asked as it always was: for the ranges of `PullPlan.coalesce`, in their order.
@Suite struct SingleSourceTests {
    @Test("the scheduler asks one source for exactly the ranges that the places coalesce to", arguments: Array(UInt64(1)...30))
    func sameRanges(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var places: [(name: ChunkName, place: ChunkPlace)] = []
        let packs = (0..<5).map { _ in Digest(generator.bytes(32).span, at: 0) }
        for pack in packs {
            var offset = 8
            for _ in 0..<60 {
                let stored = Int.random(in: 1...[40_000, 1 << 20, 4 << 20][Int(seed % 3)], using: &generator)
                let name = try #require(ChunkName(digest: Digest(generator.bytes(32).span, at: 0), length: min(stored, Limits.chunk)))
                places.append((name, ChunkPlace(pack: pack, offset: offset, stored: stored)))
                offset += stored + (Int.random(in: 0..<4, using: &generator) == 0 ? Int.random(in: 0...300_000, using: &generator) : 0)
            }
        }
        places.shuffle(using: &generator)
        let expected = PullPlan.coalesce(places)

        var limits = SchedulerLimits()
        limits.maximumRange = PullPlan.maximumRange
        limits.maximumGap = PullPlan.maximumGap
        limits.hasFixedRanges = true
        var scheduler = SourceScheduler(limits, seed: seed)
        let source = scheduler.addSource(.packed, .far)
        scheduler.addChunks(places.map(\.name.length))
        var numbers: [Digest: Int] = [:]
        for place in places where numbers[place.place.pack] == nil { numbers[place.place.pack] = numbers.count }
        let slots = places.enumerated().map { row, item in
            ChunkLayout.Slot(row: row, object: numbers[item.place.pack] ?? -1, offset: item.place.offset, stored: item.place.stored)
        }
        scheduler.extend(source, ChunkLayout.sorted(slots))
        var ranges: [Range<Int>] = []
        var rows: [[Int]] = []
        var running: [SourceScheduler.Fetch] = []
        var time = 0.0
        while !scheduler.isDone {
            while case .fetch(let fetch)? = scheduler.next(at: time) {
                ranges.append(fetch.range)
                rows.append(fetch.pieces.map(\.row))
                running.append(fetch)
            }
            #expect(running.count <= 8)
            time += 0.01
            let ended = running.remove(at: Int.random(in: running.indices, using: &generator))
            _ = scheduler.finished(ended.id, verified: ended.pieces.map(\.row), at: time)
        }
        #expect(ranges == expected.map(\.range))
        #expect(rows.map { $0.map { places[$0].name } } == expected.map { $0.pieces.map(\.name) })
    }
}
