import WaybillFormat

/// Everything that a check found, in the form in which a repair can act on it.
package struct StoreFindings: Sendable {
    /// What is wrong, before anyone looked up whom it hurts.
    struct Damage: Sendable {
        let object: String
        var cause: String
        var manifests: [Digest] = []
        /// Rows of list segments; nil for all of them.
        var rows: [(list: Digest, rows: [UInt16]?)] = []
    }

    /// A pack that is there and not whole.
    struct PackDamage: Sendable {
        let cause: String
        /// Offsets of frames that cannot be used; nil if the footer is not readable.
        let badFrames: Set<Int>?
    }

    /// A list segment whose locator does not lead to all of its chunks. Two bytes a row: there may be millions.
    struct ListPlaces: Sendable {
        let list: Digest
        /// What is wrong with the locator itself.
        var fault: String?
        /// Rows that it does not lead to.
        var unresolved: [UInt16] = []
        /// Of those, rows that no readable pack holds.
        var lost: [UInt16] = []
    }

    var description: StoreError?
    var logs: [RefLog] = []
    /// Model indexes and the catalog: whether they say what is there.
    var hintsAreStale = false
    /// Good manifests and the lists that they name.
    var manifests: [Digest: [Digest]] = [:]
    var badManifests: [Digest: String] = [:]
    /// Good lists and their numbers of rows.
    var lists: [Digest: Int] = [:]
    var badLists: [Digest: String] = [:]
    var packs: [Digest] = []
    var badPacks: [Digest: PackDamage] = [:]
    var places: [ListPlaces] = []
    /// Evidence that is there and not what it is called.
    var badEvidence: [Digest] = []
    /// Evidence that a revision should have and that is missing or damaged.
    var lackingEvidence: [ChunkName] = []
    var indexIsWrong = false
    /// Files whose chunks do not make the SHA-256 that their manifest says.
    var falseFiles: [(manifest: Digest, path: ModelPath)] = []
    var damages: [Damage] = []
    var report = StoreCheckReport()

    package init() {}

    /// Entries by the manifest that they name.
    var entriesByManifest: [Digest: [StoreProblem.EntryName]] {
        var names: [Digest: [StoreProblem.EntryName]] = [:]
        for log in logs {
            for n in log.entries.keys.sorted() {
                guard case .good(let entry, _)? = log.entries[n], let manifest = entry.manifest else { continue }
                names[manifest, default: []].append(StoreProblem.EntryName(model: log.model, ref: log.ref, n: n))
            }
        }
        return names
    }

    /// As if nothing in a damaged pack could be read.
    var distrustingDamagedPacks: StoreFindings {
        var findings = self
        findings.badPacks = badPacks.mapValues { PackDamage(cause: $0.cause, badFrames: nil) }
        return findings
    }

    func isGood(_ pack: Digest, offset: Int) -> Bool {
        guard let damage = badPacks[pack] else { return true }
        guard let frames = damage.badFrames else { return false }
        return !frames.contains(offset)
    }
}
