/// A store's `catalog.json`: its models. A rebuildable hint.
public struct Catalog: Hashable, Sendable {
    /// In order of their names.
    public let models: [ModelName]

    /// Puts the models in order; the caller gives no two with the same name.
    public init(models: [ModelName]) { self.models = models.sorted() }

    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        guard bytes.count <= Limits.catalog else { throw .rejected(subject, "larger than \(Limits.catalog) bytes") }
        var models: [ModelName]?
        var version: Int?
        var scanner = JSONScanner(bytes, subject: subject)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "models":
                var names: [ModelName] = []
                try scanner.enterArray()
                while try scanner.nextElement() { names.append(try scanner.modelName()) }
                models = names
            case "waybill": version = try scanner.integer()
            default: throw scanner.unknownMember(key)
            }
        }
        try scanner.finish()
        let found = try scanner.required(version, "waybill")
        guard found == 1 else { throw .unknown(subject, "a catalog of version \(found)") }
        self.init(models: try scanner.required(models, "models"))
        guard Set(self.models.map(\.folded)).count == self.models.count else { throw .rejected(subject, "a model stands twice") }
        try scanner.requireCanonical(encoded())
    }

    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("models")
        writer.beginArray()
        for model in models { writer.string(model.path) }
        writer.endArray()
        writer.key("waybill")
        writer.integer(1)
        writer.endObject()
        return writer.bytes
    }
}
