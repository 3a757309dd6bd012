import WaybillFormat
import WaybillSystem

extension DirectoryStore {
    /// Every model of the store, by looking.
    public func catalog() async throws(StoreError) -> Catalog {
        let root = root
        return try await work.run { _ throws(StoreError) in Catalog(models: try Self.models(root)) }
    }

    /// The refs of a model, by looking; nil if there is no such model.
    public func refIndex(_ model: ModelName) async throws(StoreError) -> RefIndex? {
        try await work.run { [root] _ throws(StoreError) in try Self.refIndex(root, model) }
    }

    static func refIndex(_ root: Folder, _ model: ModelName) throws(StoreError) -> RefIndex? {
        var items: [RefIndex.Item] = []
        for ref in try refNames(root, model) {
            let names = try storing { () throws(SystemError) in try root.folder(["refs", model.org, model.name, ref.text]).names() }
            guard let n = names.compactMap({ $0.utf8.count == 10 ? Int($0) : nil }).max(), n >= 1,
                let bytes = try read(root, .refEntry(model, ref, n))
            else { continue }
            items.append(RefIndex.Item(ref: ref, n: n, entry: SHA256.digest(of: bytes)))
        }
        return items.isEmpty ? nil : RefIndex(model: model, refs: items)
    }

    static func models(_ root: Folder) throws(StoreError) -> [ModelName] {
        try storing { () throws(SystemError) in
            guard try root.status("refs") != nil else { return [] }
            let refs = try root.folder("refs")
            var models: [ModelName] = []
            for org in try refs.names() {
                guard try refs.status(org)?.kind == .folder else { continue }
                for name in try refs.folder(org).names() {
                    if let model = try? ModelName(org: org, name: name) { models.append(model) }
                }
            }
            return models.sorted()
        }
    }

    static func refNames(_ root: Folder, _ model: ModelName) throws(StoreError) -> [RefName] {
        try storing { () throws(SystemError) in
            guard let folder = try? root.folder(["refs", model.org, model.name]) else { return [] }
            var refs: [RefName] = []
            for name in try folder.names() where try folder.status(name)?.kind == .folder {
                if let ref = try? RefName(name) { refs.append(ref) }
            }
            return refs.sorted()
        }
    }

    /// Refuses a model or ref that differs from one of the store only by case.
    static func requireDistinct(_ root: Folder, _ model: ModelName, _ ref: RefName) throws(StoreError) {
        for other in try models(root) where other.folded == model.folded && other != model {
            throw StoreError(
                .conflict, subject: model.path, cause: "the store has '\(other.path)', which differs only by case",
                remedy: "Use '\(other.path)', or another name")
        }
        for other in try refNames(root, model) where other.folded == ref.folded && other != ref {
            throw StoreError(
                .conflict, subject: "\(model.path):\(ref.text)", cause: "the model has the ref '\(other.text)', which differs only by case",
                remedy: "Use '\(other.text)', or another name")
        }
    }

    /// Writes index.json and catalog.json for readers without a server. Call with the refs lock held.
    static func writeListings(_ root: Folder, model: ModelName, index: RefIndex?, catalog: Catalog) throws(StoreError) {
        try storing { () throws(SystemError) in
            if let index {
                try root.folder(["refs", model.org, model.name]).replace("index.json", with: index.encoded())
            }
            try root.replace("catalog.json", with: catalog.encoded())
        }
    }
}
