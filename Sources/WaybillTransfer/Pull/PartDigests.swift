import WaybillFormat
import WaybillStore

/// The digests of all parts that are being written.
struct PartDigests {
    private var prefix: WrittenPrefix
    private var digests: [Int: PartDigest] = [:]
    /// Of each digest: rows that it was told of, and where they end.
    private var followed: [Int: (rows: Int, end: Int)] = [:]
    private let isVouched: Bool
    private let targets: [PullTarget]
    private let rows: [ChunkRow]
    private let parts: PartFiles
    private let work: Work

    init(_ state: BuildState, resolved: Pull.Resolved, parts: PartFiles, work: Work) {
        isVouched = resolved.standing?.vouchesForChunks ?? false
        targets = state.targets
        rows = resolved.rows
        self.parts = parts
        self.work = work
        prefix = WrittenPrefix(rows: state.targets.map(\.file.rows), open: state.destinations.values.lazy.flatMap { $0 })
    }

    /// Notes what was written, and lets the digests follow.
    mutating func follow(_ written: [Destination]) {
        // Nobody will ask: the manifest's chunks are vouched for.
        guard !isVouched else { return }
        var grown: Set<Int> = []
        for destination in written where prefix.write(destination) { grown.insert(destination.target) }
        for target in grown {
            let file = targets[target].file
            let before = followed[target] ?? (rows: 0, end: 0)
            let count = prefix.count(target)
            let end = rows[file.firstRow + before.rows..<file.firstRow + count].reduce(before.end) { $0 + $1.name.length }
            followed[target] = (count, end)
            digest(target).follow(to: end)
        }
    }

    private mutating func digest(_ target: Int) -> PartDigest {
        if let digest = digests[target] { return digest }
        let digest = PartDigest(targets[target], parts, work: work)
        digests[target] = digest
        return digest
    }

    /// Nothing of a pull happens after it has failed.
    func abandon() async {
        for digest in digests.values { await digest.abandon() }
    }

    /// The digest of a target that is wholly written.
    mutating func take(_ target: Int) -> PartDigest {
        defer {
            digests[target] = nil
            followed[target] = nil
        }
        return digest(target)
    }
}
