/// A model's `index.json`: its refs and their newest entries. A rebuildable hint; the entries decide.
public struct RefIndex: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        public let ref: RefName
        /// The number of the newest entry.
        public let n: Int
        /// The SHA-256 of the newest entry's bytes.
        public let entry: Digest

        public init(ref: RefName, n: Int, entry: Digest) {
            self.ref = ref
            self.n = n
            self.entry = entry
        }
    }

    public let model: ModelName
    /// In order of their names.
    public let refs: [Item]

    /// Puts the refs in order; the caller gives no two with the same name.
    public init(model: ModelName, refs: [Item]) {
        self.model = model
        self.refs = refs.sorted { $0.ref < $1.ref }
    }

    /// Checks also that the index is of the model under whose path it was read.
    public init(decoding bytes: [UInt8], model: ModelName, subject: String) throws(FormatError) {
        try self.init(decoding: bytes, subject: subject)
        guard self.model == model else { throw .rejected(subject, "it is the index of \(self.model)") }
    }

    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        guard bytes.count <= Limits.refIndex else { throw .rejected(subject, "larger than \(Limits.refIndex) bytes") }
        var model: ModelName?
        var refs: [Item]?
        var version: Int?
        var scanner = JSONScanner(bytes, subject: subject)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "model": model = try scanner.modelName()
            case "refs":
                var items: [Item] = []
                try scanner.enterArray()
                while try scanner.nextElement() { items.append(try Self.item(&scanner)) }
                refs = items
            case "waybill": version = try scanner.integer()
            default: throw scanner.unknownMember(key)
            }
        }
        try scanner.finish()
        let found = try scanner.required(version, "waybill")
        guard found == 1 else { throw .unknown(subject, "an index of version \(found)") }
        self.init(model: try scanner.required(model, "model"), refs: try scanner.required(refs, "refs"))
        guard Set(self.refs.map(\.ref.folded)).count == self.refs.count else { throw .rejected(subject, "a ref stands twice") }
        try scanner.requireCanonical(encoded())
    }

    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("model")
        writer.string(model.path)
        writer.key("refs")
        writer.beginArray()
        for item in refs {
            writer.beginObject()
            writer.key("entry")
            writer.digest(item.entry)
            writer.key("n")
            writer.integer(item.n)
            writer.key("ref")
            writer.string(item.ref.text)
            writer.endObject()
        }
        writer.endArray()
        writer.key("waybill")
        writer.integer(1)
        writer.endObject()
        return writer.bytes
    }

    private static func item(_ scanner: inout JSONScanner) throws(FormatError) -> Item {
        var ref: RefName?
        var n: Int?
        var entry: Digest?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "ref": ref = try scanner.refName()
            case "n": n = try scanner.integer()
            case "entry": entry = try scanner.digest()
            default: throw scanner.unknownMember(key)
            }
        }
        let number = try scanner.required(n, "n")
        guard (1...ObjectName.maximumEntry).contains(number) else { throw scanner.broken("\(number) is not the number of an entry") }
        return Item(ref: try scanner.required(ref, "ref"), n: number, entry: try scanner.required(entry, "entry"))
    }
}
