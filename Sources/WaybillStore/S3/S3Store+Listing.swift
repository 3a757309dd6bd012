import WaybillFormat
import WaybillSystem

extension S3Store {
    /// The newest entry of a ref, as a listing tells.
    struct NewestEntry: Sendable {
        let ref: RefName
        let n: Int
        let modifiedAt: Int
    }

    /// Every model of the store, by looking.
    public func catalog() async throws(StoreError) -> Catalog { Catalog(models: try await models()) }

    func models() async throws(StoreError) -> [ModelName] {
        var models: [ModelName] = []
        for org in try await client.folders("refs/") {
            for name in try await client.folders("refs/\(org)/") {
                if let model = try? ModelName(org: org, name: name) { models.append(model) }
            }
        }
        return models.sorted()
    }

    /// The newest entries of a model's refs, in order of the refs.
    func newestEntries(_ model: ModelName) async throws(StoreError) -> [NewestEntry] {
        var newest: [RefName: NewestEntry] = [:]
        try await client.list("refs/\(model.path)/") { (objects, _) throws(StoreError) in
            for object in objects {
                guard case .refEntry(model, let ref, let n)? = ObjectName(path: object.key), n > newest[ref]?.n ?? 0 else { continue }
                newest[ref] = NewestEntry(ref: ref, n: n, modifiedAt: object.modifiedAt)
            }
            return true
        }
        return newest.values.sorted { $0.ref < $1.ref }
    }

    /// The refs of a model, by looking; nil if there is no such model.
    public func refIndex(_ model: ModelName) async throws(StoreError) -> RefIndex? {
        let newest = try await newestEntries(model)
        guard !newest.isEmpty else { return nil }
        let items = try await concurrently(newest) { [client] (entry) throws(StoreError) -> RefIndex.Item? in
            let name = ObjectName.refEntry(model, entry.ref, entry.n)
            let bytes = try await client.objectIfAny(name.path, maximum: name.maximumBytes)
            return bytes.map { RefIndex.Item(ref: entry.ref, n: entry.n, entry: SHA256.digest(of: $0)) }
        }
        return RefIndex(model: model, refs: items.compactMap { $0 })
    }

    /// Refuses a model or ref that differs from one of the store only by case.
    func requireDistinct(_ model: ModelName, _ ref: RefName) async throws(StoreError) {
        for other in try await models() where other.folded == model.folded && other != model {
            throw StoreError(
                .conflict, subject: model.path, cause: "the store has '\(other.path)', which differs only by case",
                remedy: "Use '\(other.path)', or another name")
        }
        for other in try await newestEntries(model).map(\.ref) where other.folded == ref.folded && other != ref {
            throw StoreError(
                .conflict, subject: "\(model.path):\(ref.text)", cause: "the model has the ref '\(other.text)', which differs only by case",
                remedy: "Use '\(other.text)', or another name")
        }
    }

    /// Writes the hints for readers of the bare bucket.
    func writeHints(_ model: ModelName, _ ref: RefName, _ n: Int) async throws(StoreError) {
        let hint = ObjectName.refHint(model, ref)
        let known = try await client.objectIfAny(hint.path, maximum: hint.maximumBytes).flatMap { RefHint.decode($0) }
        if known ?? 0 < n { try await putObject(hint.path, RefHint.encode(n)) }
        if let index = try await refIndex(model) { try await putObject(ObjectName.refIndex(model).path, index.encoded()) }
        let catalog = ObjectName.catalog.path
        let isListed = n > 1 ? try await client.status(catalog) != nil : false
        if !isListed { try await putObject(catalog, try await self.catalog().encoded()) }
    }

    /// Runs `body` for each item, a few at a time; results in the order of the items.
    func concurrently<Item: Sendable, T: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) async throws(StoreError) -> T
    ) async throws(StoreError) -> [T] {
        let results = await withTaskGroup(of: (Int, Result<T, StoreError>).self) { group in
            var results: [Int: Result<T, StoreError>] = [:]
            var next = 0
            func begin() {
                guard next < items.count else { return }
                let (index, item) = (next, items[next])
                next += 1
                group.addTask {
                    do throws(StoreError) { return (index, .success(try await body(item))) } catch { return (index, .failure(error)) }
                }
            }
            for _ in 0..<8 { begin() }
            for await (index, result) in group {
                results[index] = result
                // After a failure what is under way ends, and nothing more begins.
                if case .success = result { begin() } else { next = items.count }
            }
            return results
        }
        if let failed = results.values.first(where: { if case .failure = $0 { true } else { false } }) { _ = try failed.get() }
        var all: [T] = []
        for index in items.indices {
            if let result = results[index] { all.append(try result.get()) }
        }
        return all
    }
}
