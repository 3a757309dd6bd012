/// `waybill.json`: what a reader or writer of the store must know.
public struct StoreDescription: Hashable, Sendable {
    public let layout: Int
    public let requiredFeatures: [String]

    /// The layout that this version writes, and the only one that it reads.
    public static let currentLayout = 1

    public init(layout: Int = currentLayout, requiredFeatures: [String] = []) {
        self.layout = layout
        self.requiredFeatures = requiredFeatures
    }

    /// Members that are unknown are ignored.
    /// - Throws: `.integrity`; `.failure` for a layout or a required feature that this version does not know.
    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        guard bytes.count <= Limits.storeDescription else { throw .rejected(subject, "longer than \(Limits.storeDescription) bytes") }
        // Bytes, not strings: two spellings of one accented letter are two names.
        var seen: Set<[UInt8]> = []
        var layout: Int?
        var featuresAt: JSONScanner?
        var scanner = JSONScanner(bytes, subject: subject)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            guard seen.insert(Array(key.utf8)).inserted else { throw scanner.broken("the member \"\(key)\" stands twice") }
            if key == "layout" {
                layout = try scanner.integer()
                continue
            }
            if key == "requiredFeatures" { featuresAt = scanner }
            try scanner.skipValue()
        }
        try scanner.finish()
        let known = try scanner.required(layout, "layout")
        guard known == Self.currentLayout else { throw .unknown(subject, "the store has layout \(known)") }
        // What a feature looks like is known only within the layout.
        var list = try scanner.required(featuresAt, "requiredFeatures")
        var features: [String] = []
        try list.enterArray()
        while try list.nextElement() { features.append(try list.string()) }
        if let feature = features.first { throw .unknown(subject, "the store requires the feature \"\(feature)\"") }
        self.init(layout: known, requiredFeatures: features)
    }

    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("layout")
        writer.integer(layout)
        writer.key("requiredFeatures")
        writer.beginArray()
        for feature in requiredFeatures { writer.string(feature) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}
