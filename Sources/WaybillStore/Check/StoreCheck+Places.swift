import WaybillFormat
import WaybillSystem

/// Why a row of a list leads nowhere.
private enum Blame: Hashable, Sendable {
    /// The locator is missing, damaged, or says that the store does not hold the chunk.
    case locator
    case missingPack(Digest)
    case damagedPack(Digest)
    /// The pack has something else there.
    case otherPlace(Digest)
}

private struct InspectedList: Sendable {
    var places: StoreFindings.ListPlaces
    var blames: [Blame: [UInt16]] = [:]
}

extension StoreCheck {
    /// Chunks looked for in one pass over all footers; about 150 bytes each.
    static let lookup = 131_072

    /// Whether every chunk of every list lies where its locator says, and if not, whether it lies anywhere.
    func checkPlaces(_ findings: inout StoreFindings) async throws(StoreError) {
        let lists = Set(findings.manifests.values.joined()).filter { findings.lists[$0] != nil }.sorted()
        advance {
            $0 = StoreCheckProgress()
            $0.objectsTotal = lists.count
        }
        var wrong: [InspectedList] = []
        let known = findings
        try await work.each(lists) { [self] (list, _) throws(StoreError) in
            let inspected = try inspect(list, known)
            advance { $0.objectsDone += 1 }
            return inspected
        } take: {
            if $0.places.fault != nil || !$0.places.unresolved.isEmpty { wrong.append($0) }
        }
        wrong.sort { $0.places.list < $1.places.list }

        // Where nothing else helps, all footers are searched.
        var lost: [Digest: [UInt16]] = [:]
        try await search(wrong.map(\.places), known) { (list, rows, found) in
            lost[list] = rows.filter { found[$0.name] == nil }.map(\.row)
        }
        for index in wrong.indices { wrong[index].places.lost = lost[wrong[index].places.list] ?? [] }
        findings.places = wrong.map(\.places)
        findings.report.lostChunks = wrong.reduce(0) { $0 + $1.places.lost.count }
        note(wrong, &findings)
        try await checkSpareLocators(Set(lists), &findings)
    }

    private func inspect(_ list: Digest, _ findings: StoreFindings) throws(StoreError) -> InspectedList {
        var inspected = InspectedList(places: .init(list: list))
        guard let rows = try ListRows().rows(list, root) else { return inspected }
        let locator: Locator
        do throws(StoreError) {
            locator = try readLocator(list, rows: rows.count)
        } catch  where error.code == .integrity {
            inspected.places.fault = error.cause
            inspected.places.unresolved = rows.indices.map { UInt16($0) }
            inspected.blames[.locator] = inspected.places.unresolved
            return inspected
        }
        for (row, place) in locator.places.enumerated() {
            guard let blame = try blame(rows[row].name, place, findings) else { continue }
            inspected.places.unresolved.append(UInt16(row))
            inspected.blames[blame, default: []].append(UInt16(row))
        }
        return inspected
    }

    /// - Throws: `.integrity` for a locator that is missing or cannot be used.
    func readLocator(_ list: Digest, rows: Int) throws(StoreError) -> Locator {
        let name = ObjectName.locator(list)
        func damaged(_ cause: String) -> StoreError { StoreError(.integrity, subject: name.path, cause: cause) }
        switch try StoredObject.read(name, root) {
        case .absent: throw damaged("is missing")
        case .unreadable(let cause): throw damaged(cause)
        case .bytes(let bytes):
            return try parsing { () throws(FormatError) in try Locator(decoding: bytes, segment: list, rows: rows, subject: name.path) }
        }
    }

    private func blame(_ name: ChunkName, _ place: ChunkPlace?, _ findings: StoreFindings) throws(StoreError) -> Blame? {
        guard let place else { return .locator }
        switch try footers.confirms(name, at: place) {
        case .yes: return findings.isGood(place.pack, offset: place.offset) ? nil : .damagedPack(place.pack)
        case .noPack: return .missingPack(place.pack)
        case .unreadablePack: return .damagedPack(place.pack)
        case .otherwise: return .otherPlace(place.pack)
        }
    }

    /// Looks for the unresolved rows of lists in the footers of all packs, some lists at a time.
    /// - Parameter body: gets a list, its unresolved rows, and the places of those that a good frame holds.
    func search(
        _ lists: [StoreFindings.ListPlaces], _ findings: StoreFindings,
        _ body: (Digest, [(row: UInt16, name: ChunkName)], [ChunkName: ChunkPlace]) async throws(StoreError) -> Void
    ) async throws(StoreError) {
        var next = 0
        while next < lists.count {
            var group: [(list: Digest, rows: [(row: UInt16, name: ChunkName)])] = []
            var count = 0
            while next < lists.count, group.isEmpty || count + lists[next].unresolved.count <= Self.lookup {
                let wanted = lists[next]
                next += 1
                let rows = try await work.run { [root] _ throws(StoreError) in try ListRows().rows(wanted.list, root) } ?? []
                group.append((wanted.list, wanted.unresolved.filter { $0 < rows.count }.map { ($0, rows[Int($0)].name) }))
                count += wanted.unresolved.count
            }
            let names = Set(group.flatMap { $0.rows.map(\.name) })
            let found = names.isEmpty ? [:] : try await places(of: names, findings)
            for item in group { try await body(item.list, item.rows, found) }
        }
    }

    /// Places of chunks by the footers of good packs.
    func places(of names: Set<ChunkName>, _ findings: StoreFindings) async throws(StoreError) -> [ChunkName: ChunkPlace] {
        var found: [ChunkName: ChunkPlace] = [:]
        let batches = stride(from: 0, to: findings.packs.count, by: 256).map {
            Array(findings.packs[$0..<min($0 + 256, findings.packs.count)])
        }
        try await work.each(batches) { [root, label] (packs, _) throws(StoreError) in
            var found: [(ChunkName, ChunkPlace)] = []
            for pack in packs {
                guard case .rows(let rows) = try FooterCache.read(pack, root, label) else { continue }
                for row in rows where names.contains(row.name) && findings.isGood(pack, offset: row.offset) {
                    found.append((row.name, ChunkPlace(pack: pack, offset: row.offset, stored: row.stored)))
                }
            }
            return found
        } take: { part in
            for (name, place) in part { found[name] = place }
        }
        return found
    }

    private func note(_ wrong: [InspectedList], _ findings: inout StoreFindings) {
        var packs: [Blame: StoreFindings.Damage] = [:]
        for list in wrong {
            let lost = Set(list.places.lost)
            let object = ObjectName.locator(list.places.list).path
            if let fault = list.places.fault {
                findings.damages.append(.init(object: object, cause: fault, rows: [(list.places.list, nil)]))
            }
            for (blame, rows) in list.blames {
                switch blame {
                case .locator:
                    let gone = rows.filter { lost.contains($0) }
                    if list.places.fault == nil {
                        let cause = "does not say where \(rows.count) of its chunks lie"
                        findings.damages.append(.init(object: object, cause: cause, rows: [(list.places.list, rows)]))
                    }
                    if !gone.isEmpty {
                        findings.damages.append(
                            .init(
                                object: ObjectName.list(list.places.list).path, cause: "no pack holds \(gone.count) of its chunks",
                                rows: [(list.places.list, gone)]))
                    }
                case .otherPlace(let pack):
                    let cause = "names places in pack \(pack) where other chunks lie"
                    findings.damages.append(.init(object: object, cause: cause, rows: [(list.places.list, rows)]))
                case .missingPack(let pack), .damagedPack(let pack):
                    packs[blame, default: .init(object: ObjectName.pack(pack).path, cause: "")].rows.append((list.places.list, rows))
                }
            }
        }
        let lost = Dictionary(uniqueKeysWithValues: wrong.map { ($0.places.list, Set($0.places.lost)) })
        for (blame, damage) in packs {
            let wanted = damage.rows.reduce(0) { $0 + ($1.rows?.count ?? 0) }
            let gone = damage.rows.reduce(0) { sum, item in sum + (item.rows ?? []).count { lost[item.list]?.contains($0) == true } }
            var damage = damage
            let tail = "\(wanted) chunks of revisions are looked for there, \(gone) of them are nowhere else"
            if case .damagedPack(let pack) = blame {
                damage.cause = "\(findings.badPacks[pack]?.cause ?? "is damaged"); \(tail)"
            } else {
                damage.cause = "is missing; \(tail)"
            }
            findings.damages.append(damage)
        }
        // Damaged, and no revision needs them.
        for (pack, damage) in findings.badPacks where packs[.damagedPack(pack)] == nil {
            findings.damages.append(.init(object: ObjectName.pack(pack).path, cause: "\(damage.cause); no locator leads there"))
        }
    }

    /// Locators of lists that no revision has: they must parse, and are of no use.
    private func checkSpareLocators(_ needed: Set<Digest>, _ findings: inout StoreFindings) async throws(StoreError) {
        let (present, strangers) = try await work.run { [root] _ throws(StoreError) in try StoreTree.digests("locators", root) }
        findings.report.locators = present.count
        findings.report.notices += strangers.map { "\($0) has no place in a store" }
        var damages: [StoreFindings.Damage] = []
        try await work.each(present.filter { !needed.contains($0) }) { [root] (list, _) throws(StoreError) -> StoreFindings.Damage? in
            let name = ObjectName.locator(list)
            switch try StoredObject.read(name, root) {
            case .absent: return nil
            case .unreadable(let cause): return .init(object: name.path, cause: cause)
            case .bytes(let bytes):
                do throws(FormatError) {
                    guard try Locator(decoding: bytes, subject: name.path).segment == list else {
                        return .init(object: name.path, cause: "is about another list")
                    }
                    return nil
                } catch {
                    return .init(object: name.path, cause: error.cause)
                }
            }
        } take: {
            if let damage = $0 { damages.append(damage) }
        }
        findings.damages += damages
    }
}
