import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

/// A store as a table: what Protocol/STORE.md says of writers and collectors, without files. Each method is one step that nothing
/// can come between; a test runs steps of several actors in any order.
struct ModelStore {
    struct Pack {
        var chunks: [Int]
        var touchedAt: Int
    }
    struct List {
        var chunks: [Int]
        var touchedAt: Int
    }
    struct Manifest {
        var list: Digest
        var touchedAt: Int
    }
    struct SetFile {
        var set: CondemnedSet
        var writtenAt: Int
        var waits: [PushName]?
    }

    /// Microseconds.
    var now = 1_000_000_000
    var packs: [Digest: Pack] = [:]
    var lists: [Digest: List] = [:]
    /// By list: chunk to pack.
    var locators: [Digest: [Int: Digest]] = [:]
    var manifests: [Digest: Manifest] = [:]
    /// By ref, in order.
    var refs: [String: [Digest]] = [:]
    var intents: [PushName: StandingIntent] = [:]
    var sets: [PushName: SetFile] = [:]
    private var serial = 0

    static func name(_ chunk: Int) -> ChunkName {
        let digest = SHA256.digest(of: Array("chunk \(chunk)".utf8))
        guard let name = ChunkName(digest: digest, length: 100) else { preconditionFailure("a chunk of 100 bytes has a name") }
        return name
    }

    static func list(of chunks: [Int]) -> Digest { SHA256.digest(of: Array("list \(chunks)".utf8)) }
    static func manifest(of chunks: [Int]) -> Digest { SHA256.digest(of: Array("manifest \(chunks)".utf8)) }

    mutating func tick() -> Int {
        now += 1
        return now
    }

    mutating func freshDigest() -> Digest {
        serial += 1
        return SHA256.digest(of: Array("fresh \(serial)".utf8))
    }

    static func footer(_ chunks: [Int]) -> [PackRow] {
        chunks.enumerated().map { PackRow(name: name($0.element), stored: 100, offset: 8 + 100 * $0.offset) }
    }

    // MARK: What writers do

    private var condemnedPacks: Set<Digest> { Set(sets.values.flatMap(\.set.packs)) }
    private var condemnedObjects: Set<Digest> { Set(sets.values.flatMap { $0.set.lists + $0.set.manifests }) }

    /// The pack of a chunk that a writer may rely on.
    func lastingPack(of chunk: Int) -> Digest? {
        let condemned = condemnedPacks
        return packs.filter { $0.value.chunks.contains(chunk) && !condemned.contains($0.key) }.keys.min()
    }

    mutating func put(pack chunks: [Int]) { packs[freshDigest()] = Pack(chunks: chunks, touchedAt: tick()) }

    mutating func put(list chunks: [Int]) {
        let digest = Self.list(of: chunks)
        if lists[digest] == nil || condemnedObjects.contains(digest) { lists[digest] = List(chunks: chunks, touchedAt: tick()) }
    }

    /// - Returns: whether every chunk has a place.
    mutating func makeLocator(_ chunks: [Int]) -> Bool {
        var places: [Int: Digest] = [:]
        for chunk in chunks {
            guard let pack = lastingPack(of: chunk) else { return false }
            places[chunk] = pack
        }
        locators[Self.list(of: chunks)] = places
        return true
    }

    mutating func put(manifest chunks: [Int]) {
        let digest = Self.manifest(of: chunks)
        if manifests[digest] == nil || condemnedObjects.contains(digest) {
            manifests[digest] = Manifest(list: Self.list(of: chunks), touchedAt: tick())
        }
    }

    /// - Returns: false if the revision is not whole.
    mutating func commit(_ chunks: [Int], to ref: String) -> Bool {
        let list = Self.list(of: chunks)
        guard manifests[Self.manifest(of: chunks)] != nil, lists[list] != nil else { return false }
        if !isWhole(list, chunks), !makeLocator(chunks) { return false }
        refs[ref, default: []].append(Self.manifest(of: chunks))
        return true
    }

    private func isWhole(_ list: Digest, _ chunks: [Int]) -> Bool {
        guard let places = locators[list] else { return false }
        return chunks.allSatisfy { chunk in places[chunk].flatMap { packs[$0] }?.chunks.contains(chunk) ?? false }
    }

    // MARK: What must hold

    /// What is wrong with the newest revision of any ref; nil if nothing is.
    func dangling(keepsAll: Bool) -> String? {
        for (ref, log) in refs {
            for manifest in keepsAll ? log[...] : log.suffix(1) {
                guard let found = manifests[manifest] else { return "\(ref): manifest gone" }
                guard let list = lists[found.list] else { return "\(ref): list gone" }
                guard isWhole(found.list, list.chunks) else { return "\(ref): a chunk is not where the locator says" }
            }
        }
        return nil
    }

    // MARK: What a collector does

    func liveIntents(abandonAfter: Int) -> [StandingIntent] {
        intents.values.filter { !$0.isAbandoned(now: now, after: abandonAfter) }
    }

    func pending() -> [PendingSet] {
        sets.map { PendingSet(name: $0.key, set: $0.value.set, writtenAt: $0.value.writtenAt, waits: $0.value.waits) }
    }

    /// The retained manifests now: the first half of a look.
    func kept(_ retention: Retention) -> (manifests: Set<Digest>, newest: [String: Int]) {
        var kept: Set<Digest> = []
        for (ref, log) in refs {
            let entries = log.enumerated().map { Retention.Entry(n: $0.offset + 1, manifest: $0.element, writtenAt: 0) }
            if let model = try? ModelName("acme/\(ref)") { kept.formUnion(retention.kept(entries, of: model, .main, now: now)) }
        }
        return (kept, refs.mapValues(\.count))
    }

    /// The second half of a look.
    func look(_ kept: Set<Digest>, horizon: Int) -> (findings: CollectionFindings, selection: CopySelection, liveLists: [Digest]) {
        var findings = CollectionFindings()
        var live: Set<Digest> = []
        for (digest, manifest) in manifests {
            if kept.contains(digest) { findings.keptManifests.insert(digest) }
            if kept.contains(digest) || manifest.touchedAt >= horizon {
                live.insert(manifest.list)
            } else {
                findings.manifests.insert(digest)
            }
        }
        for (digest, list) in lists where list.touchedAt >= horizon { live.insert(digest) }
        var chunks = LiveChunks()
        for list in live { for chunk in lists[list]?.chunks ?? [] { chunks.insert(Self.name(chunk)) } }
        chunks.seal()
        findings.lists = Set(lists.keys).subtracting(live)
        findings.locators = Set(locators.keys).subtracting(live)
        var selection = CopySelection(chunks)
        let condemned = condemnedPacks
        let order = packs.keys.sorted()
        for pack in order {
            let touchedAt = packs[pack]?.touchedAt ?? 0
            let standing: PackTally.Standing = condemned.contains(pack) ? .condemned : touchedAt >= horizon ? .young : .settled
            let rows = Self.footer(packs[pack]?.chunks ?? [])
            selection.add(PackTally(name: pack, byteCount: 100 * rows.count + 100, standing: standing), rows: rows)
        }
        for (number, pack) in order.enumerated() { selection.look(at: number, rows: Self.footer(packs[pack]?.chunks ?? [])) }
        selection.finish()
        findings.packs = selection.packs
        return (findings, selection, Array(live))
    }

    mutating func redirect(_ live: [Digest], awayFrom packs: Set<Digest>) -> Set<Digest> {
        var unmovable: Set<Digest> = []
        for list in live {
            for chunk in lists[list]?.chunks ?? [] {
                guard let old = locators[list]?[chunk], packs.contains(old) else { continue }
                let condemned = condemnedPacks.union(packs)
                let other = self.packs.filter { $0.value.chunks.contains(chunk) && !condemned.contains($0.key) }.keys.min()
                if let other { locators[list]?[chunk] = other } else { unmovable.insert(old) }
            }
        }
        return unmovable
    }

    mutating func repack(_ names: [Digest], _ selection: CopySelection) {
        var moving: [Int] = []
        for (number, pack) in selection.packs.enumerated() where names.contains(pack.name) {
            guard let chunks = packs[pack.name]?.chunks else { continue }
            for (chunk, row) in zip(chunks, Self.footer(chunks)) where selection.isChosen(row, in: number) { moving.append(chunk) }
        }
        if !moving.isEmpty { put(pack: moving) }
    }

    /// - Returns: how many went.
    mutating func delete(_ batch: CondemnedBatch, madeAt: Int, since newest: [String: Int]) -> Int {
        var (spared, sparedPacks): (Set<Digest>, Set<Digest>) = ([], [])
        for (ref, log) in refs {
            for manifest in log.dropFirst(newest[ref] ?? 0) {
                spared.insert(manifest)
                guard let list = manifests[manifest]?.list else { continue }
                spared.insert(list)
                sparedPacks.formUnion((locators[list] ?? [:]).values)
            }
        }
        var gone = 0
        for name in batch.names where !spared.contains(name) && !sparedPacks.contains(name) {
            switch batch.kind {
            case .manifests:
                if (manifests[name]?.touchedAt ?? 0) >= madeAt { continue }
                manifests[name] = nil
            case .lists:
                if (lists[name]?.touchedAt ?? 0) >= madeAt { continue }
                lists[name] = nil
            case .locators: locators[name] = nil
            case .packs: packs[name] = nil
            }
            gone += 1
        }
        return gone
    }
}
