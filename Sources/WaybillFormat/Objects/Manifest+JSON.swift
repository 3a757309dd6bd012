extension Manifest {
    /// Checks every rule of Protocol/MANIFEST.md; that `bytes` have the digest they were asked for by is the caller's check.
    /// - Throws: `.integrity`; `.failure` for a version or plan that this version does not know.
    public init(decoding bytes: [UInt8], subject: String, sha256: DigestFunction) throws(FormatError) {
        guard bytes.count <= Limits.manifest else { throw .rejected(subject, "larger than \(Limits.manifest) bytes") }
        // A newer plan may have members that this version does not know: it must not look like damage.
        try Self.requireKnownPlan(bytes, subject)
        var contentId: Digest?
        var files: [ManifestFile]?
        var lists: [Digest]?
        var papers: Papers?
        var baseModels: [BaseModel]?
        var plan: String?
        var papersPlan: String?
        var scanner = JSONScanner(bytes, subject: subject)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "waybill": _ = try scanner.integer()
            case "plan": plan = try scanner.string()
            case "papersPlan": papersPlan = try scanner.string()
            case "contentId": contentId = try scanner.digest()
            case "files": files = try Self.files(&scanner)
            case "lists":
                var digests: [Digest] = []
                try scanner.enterArray()
                while try scanner.nextElement() { digests.append(try scanner.digest()) }
                lists = digests
            case "papers": papers = try Papers(&scanner)
            case "baseModels": baseModels = try Self.baseModels(&scanner)
            default: throw scanner.unknownMember(key)
            }
        }
        try scanner.finish()
        self.init(
            plan: try scanner.required(plan, "plan"), papersPlan: try scanner.required(papersPlan, "papersPlan"),
            contentId: try scanner.required(contentId, "contentId"), files: try scanner.required(files, "files"),
            lists: try scanner.required(lists, "lists"), papers: try scanner.required(papers, "papers"),
            baseModels: try scanner.required(baseModels, "baseModels"))
        try validate(subject: subject, sha256: sha256)
        try scanner.requireCanonical(encoded())
    }

    /// Canonical JSON: the bytes whose SHA-256 names the revision.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("baseModels")
        writer.beginArray()
        for model in baseModels {
            writer.beginObject()
            writer.key("name")
            writer.string(model.name)
            writer.key("relation")
            writer.string(model.relation.rawValue)
            writer.endObject()
        }
        writer.endArray()
        writer.key("contentId")
        writer.digest(contentId)
        writer.key("files")
        writer.beginArray()
        for file in files { Self.write(file, to: &writer) }
        writer.endArray()
        writer.key("lists")
        writer.beginArray()
        for list in lists { writer.digest(list) }
        writer.endArray()
        writer.key("papers")
        papers.write(to: &writer)
        writer.key("papersPlan")
        writer.string(papersPlan)
        writer.key("plan")
        writer.string(plan)
        writer.key("waybill")
        writer.integer(Self.version)
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ file: ManifestFile, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("firstRow")
        writer.integer(file.firstRow)
        writer.key("format")
        writer.string(file.format.rawValue)
        writer.key("path")
        writer.string(file.path.text)
        writer.key("rows")
        writer.integer(file.rows)
        writer.key("sha256")
        writer.digest(file.sha256)
        writer.key("size")
        writer.integer(file.size)
        writer.endObject()
    }

    private static func requireKnownPlan(_ bytes: [UInt8], _ subject: String) throws(FormatError) {
        var version: Int?
        var plan: String?
        var papersPlan: String?
        var scanner = JSONScanner(bytes, subject: subject)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "waybill": version = try scanner.integer()
            case "plan": plan = try scanner.string()
            case "papersPlan": papersPlan = try scanner.string()
            default: try scanner.skipValue()
            }
        }
        try scanner.finish()
        let found = try scanner.required(version, "waybill")
        guard found == Self.version else { throw .unknown(subject, "a manifest of version \(found)") }
        let chunks = try scanner.required(plan, "plan")
        guard chunks == currentPlan else { throw .unknown(subject, "the chunk plan \"\(chunks)\" is unknown") }
        let claims = try scanner.required(papersPlan, "papersPlan")
        guard papersPlans.contains(claims) else { throw .unknown(subject, "the papers plan \"\(claims)\" is unknown") }
    }

    private static func files(_ scanner: inout JSONScanner) throws(FormatError) -> [ManifestFile] {
        var files: [ManifestFile] = []
        try scanner.enterArray()
        while try scanner.nextElement() {
            var path: ModelPath?
            var size: Int?
            var sha256: Digest?
            var format: FileFormat?
            var firstRow: Int?
            var rows: Int?
            try scanner.enterObject()
            while let key = try scanner.nextKey() {
                switch key {
                case "path": path = try scanner.modelPath()
                case "size": size = try scanner.integer()
                case "sha256": sha256 = try scanner.digest()
                case "firstRow": firstRow = try scanner.integer()
                case "rows": rows = try scanner.integer()
                case "format":
                    let text = try scanner.string()
                    guard let known = FileFormat(rawValue: text) else { throw scanner.broken("the format \"\(text)\" is unknown") }
                    format = known
                default: throw scanner.unknownMember(key)
                }
            }
            files.append(
                ManifestFile(
                    path: try scanner.required(path, "path"), size: try scanner.required(size, "size"),
                    sha256: try scanner.required(sha256, "sha256"), format: try scanner.required(format, "format"),
                    firstRow: try scanner.required(firstRow, "firstRow"), rows: try scanner.required(rows, "rows")))
        }
        return files
    }

    private static func baseModels(_ scanner: inout JSONScanner) throws(FormatError) -> [BaseModel] {
        var models: [BaseModel] = []
        try scanner.enterArray()
        while try scanner.nextElement() {
            var name: String?
            var relation: BaseModelRelation?
            try scanner.enterObject()
            while let key = try scanner.nextKey() {
                switch key {
                case "name": name = try scanner.string()
                case "relation":
                    let text = try scanner.string()
                    guard let known = BaseModelRelation(rawValue: text) else { throw scanner.broken("the relation \"\(text)\" is unknown") }
                    relation = known
                default: throw scanner.unknownMember(key)
                }
            }
            models.append(
                BaseModel(name: try scanner.required(name, "name"), relation: try scanner.required(relation, "relation")))
        }
        return models
    }
}
