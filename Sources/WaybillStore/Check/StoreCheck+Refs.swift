import WaybillFormat
import WaybillSystem

extension StoreCheck {
    /// Every entry of every ref, the hints beside them, and the listings.
    func checkRefs(_ findings: inout StoreFindings) async throws(StoreError) {
        let (models, strangers) = try await work.run { [root] _ throws(StoreError) in
            (try DirectoryStore.models(root), try Self.strangers(root))
        }
        findings.report.models = models.count
        findings.report.notices += strangers.map { "\($0) has no place in a store" }
        var found: [(logs: [RefLog], faults: [StoreFindings.Damage], notices: [String])] = []
        try await work.each(models) { [root] (model, _) throws(StoreError) in
            try Self.inspect(model, root)
        } take: {
            found.append($0)
        }
        for part in found.sorted(by: { ($0.logs.first?.model.path ?? "") < ($1.logs.first?.model.path ?? "") }) {
            findings.logs += part.logs
            findings.damages += part.faults
            findings.report.notices += part.notices
            if !part.notices.isEmpty || !part.faults.isEmpty { findings.hintsAreStale = true }
        }
        for log in findings.logs {
            findings.report.refs += 1
            findings.report.entries += log.entries.count
            Self.note(log, in: &findings)
        }
        try await checkCatalog(models, &findings)
    }

    private static func inspect(
        _ model: ModelName, _ root: Folder
    ) throws(StoreError) -> (logs: [RefLog], faults: [StoreFindings.Damage], notices: [String]) {
        var faults: [StoreFindings.Damage] = []
        var notices: [String] = []
        let name = ObjectName.refIndex(model)
        var index: RefIndex?
        switch try StoredObject.read(name, root) {
        case .absent: notices.append("\(name.path) is missing; it can be made anew")
        case .unreadable(let cause): faults.append(.init(object: name.path, cause: cause))
        case .bytes(let bytes):
            do throws(FormatError) {
                index = try RefIndex(decoding: bytes, model: model, subject: name.path)
            } catch {
                faults.append(.init(object: name.path, cause: error.cause))
            }
        }
        let refs = try DirectoryStore.refNames(root, model)
        var logs: [RefLog] = []
        for ref in refs { logs.append(try load(model, ref, indexed: index?.refs.first { $0.ref == ref }, root, &notices)) }
        if let index {
            for item in index.refs where !refs.contains(item.ref) {
                logs.append(RefLog(model: model, ref: item.ref, entries: [:], hint: .absent, indexed: item))
            }
            let listed = Set(index.refs.map(\.ref))
            for log in logs where log.newest > 0 && !listed.contains(log.ref) {
                notices.append("\(name.path) does not list \(log.ref.text)")
            }
            for log in logs {
                guard let item = log.indexed, item.n < log.newest else { continue }
                notices.append("\(name.path) is older than entry \(log.newest) of \(log.ref.text)")
            }
        }
        return (logs, faults, notices)
    }

    /// Reads one ref's folder; blocks.
    static func load(
        _ model: ModelName, _ ref: RefName, indexed: RefIndex.Item?, _ root: Folder, _ notices: inout [String]
    ) throws(StoreError) -> RefLog {
        var entries: [Int: RefLog.Entry] = [:]
        var hint = RefLog.Hint.absent
        for name in try StoreTree.names(root, "refs", model.org, model.name, ref.text) {
            if name == "latest" {
                switch try StoredObject.read(.refHint(model, ref), root) {
                case .absent: break
                case .unreadable: hint = .damaged
                case .bytes(let bytes): hint = RefHint.decode(bytes).map { .entry($0) } ?? .damaged
                }
            } else if let n = ObjectName.entryNumber(name) {
                entries[n] = try entry(model, ref, n, root)
            } else {
                notices.append("refs/\(model.path)/\(ref.text)/\(name) has no place in a store")
            }
        }
        return RefLog(model: model, ref: ref, entries: entries, hint: hint, indexed: indexed)
    }

    private static func entry(_ model: ModelName, _ ref: RefName, _ n: Int, _ root: Folder) throws(StoreError) -> RefLog.Entry? {
        switch try StoredObject.read(.refEntry(model, ref, n), root) {
        case .absent: return nil
        case .unreadable(let cause): return .damaged(digest: SHA256.digest(of: []), cause: cause)
        case .bytes(let bytes):
            let digest = SHA256.digest(of: bytes)
            do throws(FormatError) {
                return .good(
                    try RefEntry(decodingEnvelope: bytes, model: model, ref: ref, n: n, sha256: SHA256.digest(of:)), digest: digest)
            } catch {
                return .damaged(digest: digest, cause: error.cause)
            }
        }
    }

    private static func note(_ log: RefLog, in findings: inout StoreFindings) {
        func object(_ n: Int) -> String { ObjectName.refEntry(log.model, log.ref, n).path }
        let hint = ObjectName.refHint(log.model, log.ref).path
        let index = ObjectName.refIndex(log.model).path
        func damage(_ object: String, _ cause: String) { findings.damages.append(.init(object: object, cause: cause)) }
        for fault in log.faults {
            switch fault {
            case .damaged(let n, let cause, let isFollowed):
                if isFollowed {
                    findings.report.notices.append("\(object(n)) is burnt (\(cause)), and the entry after it was made to follow it")
                } else {
                    damage(object(n), cause + (n == log.newest ? "; it is the newest: the ref cannot be pulled" : ""))
                }
            case .missing(let range):
                let more = range.count > 1 ? ", and so are those up to \(range.upperBound)" : ""
                damage(object(range.lowerBound), "is missing, and later entries are there\(more)")
            case .broken(let n): damage(object(n), "does not follow from the bytes of entry \(n - 1)")
            case .lostNewest(let n): damage(object(n), "is missing, and 'latest' and index.json say that it was the newest")
            case .hintAhead(let n):
                let cause = "it or \(index) names entry \(n), and the log ends with \(log.newest)"
                damage(hint, cause + ": one of them is damaged, or an entry was lost")
            case .hintDamaged: damage(hint, "is damaged; it can be made anew")
            case .hintStale:
                findings.hintsAreStale = true
                findings.report.notices.append("\(hint) is older than entry \(log.newest): a push was interrupted")
            case .indexDiffers(let n): damage(index, "has another digest for entry \(n) of \(log.ref.text)")
            }
        }
    }

    private func checkCatalog(_ models: [ModelName], _ findings: inout StoreFindings) async throws(StoreError) {
        let name = ObjectName.catalog
        switch try await work.run({ [root] _ throws(StoreError) in try StoredObject.read(name, root) }) {
        case .absent:
            if models.isEmpty { return }
            findings.report.notices.append("\(name.path) is missing; it can be made anew")
        case .unreadable(let cause): findings.damages.append(.init(object: name.path, cause: cause))
        case .bytes(let bytes):
            do throws(FormatError) {
                let listed = try Catalog(decoding: bytes, subject: name.path).models
                if listed == models { return }
                let there = Set(models)
                if let gone = listed.first(where: { !there.contains($0) }) {
                    findings.damages.append(.init(object: name.path, cause: "lists \(gone.path), which the store does not have"))
                } else {
                    findings.report.notices.append("\(name.path) does not list every model: a push was interrupted")
                }
            } catch {
                findings.damages.append(.init(object: name.path, cause: error.cause))
            }
        }
        findings.hintsAreStale = true
    }

    /// Names at the top and below refs/ that this layout does not have.
    private static func strangers(_ root: Folder) throws(StoreError) -> [String] {
        let known: Set<String> = [
            "waybill.json", "catalog.json", "refs", "manifests", "lists", "locators", "packs", "evidence", "attestations", "trust",
            "intents", "gc", "private",
        ]
        var strangers = try StoreTree.names(root).filter { !known.contains($0) && !$0.hasPrefix("tmp-") }
        for org in try StoreTree.names(root, "refs") {
            for name in try StoreTree.names(root, "refs", org) where (try? ModelName(org: org, name: name)) == nil {
                strangers.append("refs/\(org)/\(name)")
            }
        }
        return strangers.sorted()
    }
}
