import WaybillFormat

/// Objects of a store in canonical JSON: what is accepted is written again as the same bytes.
extension FuzzTarget {
    /// The content id is not checked, or no mutation would be accepted: it is zeros.
    public static let manifest = FuzzTarget("manifest") { (input) throws(BrokenProperty) in
        let manifest = try parsed { () throws(FormatError) in try Manifest(decoding: input, subject: "manifest", sha256: anyDigest) }
        guard let manifest else { return false }
        try requireCanonical(input, manifest.encoded())
        let validated = try parsed { () throws(FormatError) in try manifest.validated(sha256: anyDigest) }
        try require(validated == manifest, "a manifest that was decoded is not valid")
        var rows = 0
        var bytes = 0
        for file in manifest.files {
            try require(file.firstRow == rows, "rows do not follow one another")
            try require(file.rows <= file.size && file.size <= file.rows * Limits.chunk, "rows cannot make the size")
            try require(manifest.file(file.path) == file, "a file is not found by its path")
            rows += file.rows
            bytes += file.size
        }
        try require(rows == manifest.rowCount && bytes == manifest.byteCount && bytes <= Limits.number, "sums")
        try require(manifest.lists.count == (rows + Limits.segmentRows - 1) / Limits.segmentRows, "lists")
        try requirePapers(manifest)
        return true
    }

    static func requirePapers(_ manifest: Manifest) throws(BrokenProperty) {
        for kind in ClaimKind.allCases {
            for value in manifest.papers[kind] {
                try require(value.value.utf8.count <= Papers.maximumValueByteCount, "a long value")
                for index in value.evidence {
                    try require(manifest.papers.evidence.indices.contains(index), "evidence that does not exist")
                    try require(manifest.file(manifest.papers.evidence[index].file) != nil, "evidence of no file")
                }
            }
        }
    }

    /// The payload of a ref entry.
    public static let refEntry = FuzzTarget("ref-entry") { (input) throws(BrokenProperty) in
        let entry = try parsed { () throws(FormatError) in try RefEntry(decodingPayload: input, subject: "entry") }
        guard let entry else { return false }
        try requireCanonical(input, entry.encodedPayload())
        let seconds = Timestamp.secondsSince1970(entry.time)
        try require(seconds.map { Timestamp.text(secondsSince1970: $0) } == entry.time, "the time")
        try require(ObjectName(path: entry.objectName.path) == entry.objectName, "the path")
        try require((entry.n == 1) == (entry.previous == nil), "the previous entry")
        let envelope = entry.encodedEnvelope(sha256: anyDigest)
        guard envelope.count <= Limits.refEntry else { return true }
        let again = try parsed { () throws(FormatError) in
            try RefEntry(decodingEnvelope: envelope, model: entry.model, ref: entry.ref, n: entry.n, sha256: anyDigest)
        }
        try require(again == entry, "not the same in its envelope")
        let elsewhere = try parsed { () throws(FormatError) in
            try RefEntry(decodingEnvelope: envelope, model: entry.model, ref: entry.ref, n: entry.n + 1, sha256: anyDigest)
        }
        try require(elsewhere == nil, "accepted at another path")
        return true
    }

    public static let refEnvelope = FuzzTarget("ref-envelope") { (input) throws(BrokenProperty) in
        try require(Base64.decode(Base64.encode(input)) == input, "base64")
        if let text = text(input), let bytes = Base64.decode(text) { try require(Base64.encode(bytes) == text, "base64 in two forms") }
        let envelope = try parsed { () throws(FormatError) in try RefEnvelope(decoding: input, subject: "entry", sha256: anyDigest) }
        guard let envelope else { return false }
        try requireCanonical(input, envelope.encoded(sha256: anyDigest))
        _ = try parsed { () throws(FormatError) in try RefEntry(decodingPayload: envelope.payload, subject: "entry") }
        return true
    }

    public static let refIndex = FuzzTarget("ref-index") { (input) throws(BrokenProperty) in
        let index = try parsed { () throws(FormatError) in try RefIndex(decoding: input, subject: "index") }
        guard let index else { return false }
        try requireCanonical(input, index.encoded())
        let again = try parsed { () throws(FormatError) in try RefIndex(decoding: input, model: index.model, subject: "index") }
        try require(again == index, "not the index of its own model")
        for (one, next) in zip(index.refs, index.refs.dropFirst()) {
            try require(one.ref < next.ref && one.ref.folded != next.ref.folded, "order of refs")
        }
        return true
    }

    public static let catalog = FuzzTarget("catalog") { (input) throws(BrokenProperty) in
        let catalog = try parsed { () throws(FormatError) in try Catalog(decoding: input, subject: "catalog") }
        guard let catalog else { return false }
        try requireCanonical(input, catalog.encoded())
        for (one, next) in zip(catalog.models, catalog.models.dropFirst()) {
            try require(one < next && one.folded != next.folded, "order of models")
        }
        return true
    }

    /// waybill.json, which need not be canonical: a store that is accepted is one that this version reads.
    public static let store = FuzzTarget("store") { (input) throws(BrokenProperty) in
        let store = try parsed { () throws(FormatError) in try StoreDescription(decoding: input, subject: "waybill.json") }
        guard let store else { return false }
        try require(store == StoreDescription(), "a store of another layout")
        let again = try parsed { () throws(FormatError) in try StoreDescription(decoding: store.encoded(), subject: "waybill.json") }
        try require(again == store, "not read again")
        return true
    }

    /// Any JSON: the tree is written in its one form, and the two readers agree on what JSON is.
    public static let json = FuzzTarget("json") { (input) throws(BrokenProperty) in
        let isSkipped: Void? = try parsed { () throws(FormatError) in
            var scanner = JSONScanner(input)
            try scanner.skipValue()
            try scanner.finish()
        }
        guard let tree = try parsed({ () throws(FormatError) in try JSONValue(parsing: input) }) else { return false }
        try require(isSkipped != nil, "a tree of what is not JSON")
        let canonical = tree.canonical
        let again = try parsed { () throws(FormatError) in try JSONValue(parsing: canonical) }
        try require(again == tree && again?.canonical == canonical, "written and read again it is another tree")
        return true
    }

    static func requireCanonical(_ input: [UInt8], _ encoded: [UInt8]) throws(BrokenProperty) {
        try require(encoded == input, "accepted, but written again it has other bytes")
        let tree = try parsed { () throws(FormatError) in try JSONValue(parsing: input) }
        try require(tree?.canonical == input, "accepted, but not canonical JSON")
    }
}
