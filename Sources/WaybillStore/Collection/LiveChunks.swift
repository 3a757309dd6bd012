import WaybillFormat

/// The chunks that live revisions name, by the first 64 bits of their digests: 9 bytes a chunk. Two chunks with the same prefix
/// count as one, which can only keep what might go.
package struct LiveChunks: Sendable {
    /// Ascending and distinct up to `sortedCount`; what follows was inserted since.
    private var prefixes: [UInt64] = []
    private var sortedCount = 0
    /// Copies in packs, at most 2: one, or several.
    private var copies: [UInt8] = []

    /// Unsorted prefixes that are tolerated: a revision names most chunks of the one before.
    private static let slack = 1 << 20

    package init() {}

    /// Distinct prefixes; after `seal`.
    package var count: Int { prefixes.count }

    package mutating func insert(_ name: ChunkName) {
        prefixes.append(name.digest.prefix)
        if prefixes.count - sortedCount > max(Self.slack, sortedCount) { compact() }
    }

    /// Ends the insertions.
    package mutating func seal() {
        compact()
        copies = [UInt8](repeating: 0, count: prefixes.count)
    }

    private mutating func compact() {
        prefixes.sort()
        var kept = 0
        for index in prefixes.indices where index == 0 || prefixes[index] != prefixes[kept - 1] {
            prefixes[kept] = prefixes[index]
            kept += 1
        }
        prefixes.removeLast(prefixes.count - kept)
        sortedCount = kept
    }

    private func slot(_ name: ChunkName) -> Int? {
        let wanted = name.digest.prefix
        var low = 0
        var high = prefixes.count
        while low < high {
            let middle = (low + high) / 2
            if prefixes[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low < prefixes.count && prefixes[low] == wanted ? low : nil
    }

    package func contains(_ name: ChunkName) -> Bool { slot(name) != nil }

    /// Notes a copy of a chunk in a pack.
    /// - Returns: whether it is live.
    package mutating func noteCopy(_ name: ChunkName) -> Bool {
        guard let slot = slot(name) else { return false }
        copies[slot] = min(copies[slot] + 1, 2)
        return true
    }

    /// 0 for a chunk that is not live or lies nowhere, 1, or 2 for several.
    package func copies(_ name: ChunkName) -> Int { slot(name).map { Int(copies[$0]) } ?? 0 }

    /// Live chunks that lie in no pack.
    package var missing: Int { copies.count { $0 == 0 } }
}
