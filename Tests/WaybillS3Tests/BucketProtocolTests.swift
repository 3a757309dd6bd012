import Testing
import WaybillTestSupport

/// Protocol/S3.md, Collection: no order of requests of writers and a collector leaves an entry dangling, and no rule can be left out.
@Suite(.timeLimit(.minutes(3)))
struct BucketProtocolTests {
    private struct Outcome {
        var damage: String?
        var commits = 0
        var deletions = 0
    }

    /// Three writers and a collector for so many requests, killed now and then.
    private func run(seed: UInt64, steps: Int = 700, without rule: BucketModel.Rule? = nil) -> Outcome {
        var random = SeededGenerator(seed: seed)
        var bucket = BucketModel()
        if let rule { bucket.rules.remove(rule) }
        var writers = (0..<3).map { ModelWriter(ref: $0) }
        var collector = ModelCollector()
        // Some actors sleep for long times.
        var weights = [1, 1, 1, 1]
        for _ in 0..<steps {
            if Int.random(in: 0..<25, using: &random) == 0 { weights = weights.map { _ in Int.random(in: 0...4, using: &random) } }
            bucket.steps += 1
            var ticket = Int.random(in: 0..<max(1, weights.reduce(0, +)), using: &random)
            let actor = weights.firstIndex { weight in
                ticket -= weight
                return ticket < 0
            }
            switch actor {
            case .some(let writer) where writer < 3:
                if Int.random(in: 0..<80, using: &random) == 0 {
                    writers[writer].die(&bucket)
                } else {
                    writers[writer].act(&bucket, &random)
                }
            default:
                if Int.random(in: 0..<120, using: &random) == 0 { collector.die() } else { collector.act(&bucket) }
            }
            if let damage = bucket.damage { return Outcome(damage: damage) }
        }
        return Outcome(commits: writers.reduce(0) { $0 + $1.commits }, deletions: collector.deletions)
    }

    @Test("no order of requests leaves an entry dangling")
    func safe() {
        var (commits, deletions) = (0, 0)
        for seed in 0..<3_000 {
            let outcome = run(seed: UInt64(seed))
            #expect(outcome.damage == nil, "seed \(seed)")
            commits += outcome.commits
            deletions += outcome.deletions
        }
        // Both sides were at work.
        #expect(commits > 30_000, "\(commits)")
        #expect(deletions > 5_000, "\(deletions)")
    }

    @Test("without any of the rules some order does", arguments: BucketModel.Rule.allCases)
    func needed(_ rule: BucketModel.Rule) {
        // Not by a lazy collection, which asks twice for what it found.
        let found = (0..<6_000).contains { run(seed: UInt64($0), without: rule).damage != nil }
        #expect(found, "\(rule) is not needed, or the model does not show why")
    }
}
