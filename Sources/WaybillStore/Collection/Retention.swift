import WaybillFormat

/// Which entries of a ref's log keep their revisions. Without rules all of them do.
public struct Retention: Sendable {
    /// The newest entries of each ref.
    public var last: Int?
    /// Entries younger than so many seconds, by the store's clock.
    public var within: Int?
    /// Refs whose whole history is kept, whatever the other rules say.
    public var refs: [RefPattern] = []

    public init() {}

    /// An entry as a collector sees it.
    package struct Entry: Hashable, Sendable {
        package let n: Int
        package let manifest: Digest?
        /// It cannot be read; nobody knows what it named.
        package let isBurnt: Bool
        /// Microseconds, by the store's clock.
        package let writtenAt: Int

        package init(n: Int, manifest: Digest?, isBurnt: Bool = false, writtenAt: Int) {
            self.n = n
            self.manifest = manifest
            self.isBurnt = isBurnt
            self.writtenAt = writtenAt
        }
    }

    /// The manifests that a ref keeps. The newest entry's is always among them, withdrawn or not; if the newest is burnt, also that
    /// of the newest that can be read.
    /// - Parameter entries: in order of their numbers.
    package func kept(_ entries: [Entry], of model: ModelName, _ ref: RefName, now: Int) -> Set<Digest> {
        let keepsAll = last == nil && within == nil || refs.contains { $0.matches(model, ref) }
        var kept: Set<Digest> = []
        var newestReadable = true
        for (age, entry) in entries.reversed().enumerated() {
            let isNewest = newestReadable && !entry.isBurnt
            if isNewest { newestReadable = false }
            guard let manifest = entry.manifest else { continue }
            let isAmongLast = last.map { age < $0 } ?? false
            let isYoung = within.map { now - entry.writtenAt < $0 * 1_000_000 } ?? false
            if keepsAll || isNewest || isAmongLast || isYoung { kept.insert(manifest) }
        }
        return kept
    }
}
