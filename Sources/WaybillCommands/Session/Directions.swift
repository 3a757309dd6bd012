import WaybillFormat
import WaybillStore

/// Where a model or ref that was not found might have been meant: reads the store's lists.
struct Directions: Sendable {
    let source: any ChunkSource

    /// The same error with what is there instead, as far as the store tells.
    func explain(_ error: CommandError, _ address: ResolvedAddress) async -> CommandError {
        guard error.subject.contains(address.model.path) else { return error }
        if let index = await index(address.model) {
            let names = index.refs.map(\.ref.text)
            guard let ref = address.lookedUpRef, !names.contains(ref.text) else { return error }
            let nearest = Nearest.to(ref.text, in: names).map { "Did you mean \(address.model.path):\($0)? " } ?? ""
            return CommandError(
                .notFound, subject: address.text, cause: "the model has no ref '\(ref.text)'",
                remedy: "\(nearest)It has: \(Self.some(names))")
        }
        guard let models = await models() else { return error }
        guard !models.isEmpty else {
            return CommandError(
                .notFound, subject: address.text, cause: "the store is empty", remedy: "'waybill push DIR \(address.text)' sends a model")
        }
        let remedy = Nearest.to(address.model.path, in: models).map { "Did you mean \($0)?" } ?? "It holds: \(Self.some(models))"
        return CommandError(.notFound, subject: address.text, cause: "the store has no such model", remedy: remedy)
    }

    /// Refs of a model as its index says; nil where there is none.
    func index(_ model: ModelName) async -> RefIndex? {
        let name = ObjectName.refIndex(model)
        guard let bytes = try? await source.object(name, fresh: true) else { return nil }
        return try? RefIndex(decoding: bytes, subject: name.path)
    }

    private func models() async -> [String]? {
        guard let bytes = try? await source.object(.catalog, fresh: true) else { return nil }
        return (try? Catalog(decoding: bytes, subject: ObjectName.catalog.path))?.models.map(\.path)
    }

    /// The first few of a list.
    static func some(_ names: [String]) -> String {
        let shown = names.prefix(8).joined(separator: ", ")
        return names.count > 8 ? "\(shown) and \(names.count - 8) more ('waybill list' shows all)" : shown
    }
}
