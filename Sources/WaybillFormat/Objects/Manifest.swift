/// One immutable revision of a model (Protocol/MANIFEST.md), named by the SHA-256 of `encoded()`.
///
/// That the chunks of a file make its SHA-256 is not checked here: whoever relies on a manifest proves it.
public struct Manifest: Hashable, Sendable {
    /// How files were cut into chunks.
    public let plan: String
    /// How claims were derived.
    public let papersPlan: String
    /// The identity of the files' bytes, however they were cut.
    public let contentId: Digest
    /// By path.
    public let files: [ManifestFile]
    /// The segments of the chunk table, in order.
    public let lists: [Digest]
    public let papers: Papers
    public let baseModels: [BaseModel]

    public static let currentPlan = "t1"
    /// What a push writes.
    public static let currentPapersPlan = "p2"
    /// What is read.
    public static let papersPlans = ["p1", "p2"]
    public static let maximumBaseModels = 1_024
    static let version = 1

    /// Not checked; see `validated`.
    public init(
        plan: String = currentPlan, papersPlan: String = currentPapersPlan, contentId: Digest, files: [ManifestFile], lists: [Digest],
        papers: Papers = .none, baseModels: [BaseModel] = []
    ) {
        self.plan = plan
        self.papersPlan = papersPlan
        self.contentId = contentId
        self.files = files
        self.lists = lists
        self.papers = papers
        self.baseModels = baseModels
    }

    /// Rows of the chunk table.
    public var rowCount: Int { files.last.map { $0.firstRow + $0.rows } ?? 0 }

    /// Bytes of all files; at most 2^53 - 1 in a manifest that was decoded or validated.
    public var byteCount: Int { files.reduce(0) { $0 &+ $1.size } }

    /// How many segments a chunk table of this many rows has.
    public static func segmentCount(rows: Int) -> Int { rows / Limits.segmentRows + (rows % Limits.segmentRows == 0 ? 0 : 1) }

    /// The SHA-256 of the canonical list of path, SHA-256 and size: same bytes, same id, whatever the plan.
    public static func contentId(of files: [ManifestFile], sha256: DigestFunction) -> Digest {
        var writer = JSONWriter()
        writer.beginArray()
        for file in files {
            writer.beginArray()
            writer.string(file.path.text)
            writer.digest(file.sha256)
            writer.integer(file.size)
            writer.endArray()
        }
        writer.endArray()
        return sha256(writer.bytes)
    }

    /// The file of that path, or nil. O(log n).
    public func file(_ path: ModelPath) -> ManifestFile? { Self.file(path, in: files) }

    static func file(_ path: ModelPath, in files: [ManifestFile]) -> ManifestFile? {
        var low = 0
        var high = files.count
        while low < high {
            let middle = (low + high) / 2
            if files[middle].path < path { low = middle + 1 } else { high = middle }
        }
        return low < files.count && files[low].path == path ? files[low] : nil
    }

    /// Checks every rule of Protocol/MANIFEST.md, the content id and the size of the object included.
    /// - Throws: `.integrity`; `.failure` for a plan that this version does not know.
    @discardableResult
    public func validated(subject: String = "manifest", sha256: DigestFunction) throws(FormatError) -> Manifest {
        try validate(subject: subject, sha256: sha256)
        guard encoded().count <= Limits.manifest else {
            throw .rejected(subject, "larger than \(Limits.manifest) bytes")
        }
        return self
    }

    func validate(subject: String, sha256: DigestFunction) throws(FormatError) {
        guard plan == Self.currentPlan else { throw .unknown(subject, "the chunk plan \"\(plan)\" is unknown") }
        guard Self.papersPlans.contains(papersPlan) else { throw .unknown(subject, "the papers plan \"\(papersPlan)\" is unknown") }
        guard !files.isEmpty else { throw .rejected(subject, "no files") }
        do { try ModelPath.requireDistinct(files.map(\.path)) } catch { throw error.rejected(in: subject) }
        var rows = 0
        var total = 0
        for file in files {
            guard (0...Limits.number).contains(file.size), (0...Limits.number).contains(file.rows) else {
                throw .rejected(subject, "\(file.path): a size or number of rows above 2^53 - 1")
            }
            guard file.firstRow == rows else { throw .rejected(subject, "\(file.path): its rows do not follow the file before") }
            rows += file.rows
            total += file.size
            // Both terms are at most 2^53 - 1, so that the sum has not overflown; rows are at most as many as bytes (below).
            guard total <= Limits.number else { throw .rejected(subject, "more than 2^53 - 1 bytes") }
            // Rows have 1 byte to Limits.chunk bytes.
            guard file.rows <= file.size, file.rows >= (file.size + Limits.chunk - 1) / Limits.chunk else {
                throw .rejected(subject, "\(file.path): \(file.rows) rows cannot make \(file.size) bytes")
            }
        }
        guard lists.count == Self.segmentCount(rows: rows) else {
            throw .rejected(subject, "\(lists.count) lists for \(rows) rows")
        }
        guard baseModels.count <= Self.maximumBaseModels else {
            throw .rejected(subject, "more than \(Self.maximumBaseModels) base models")
        }
        guard baseModels.allSatisfy({ (1...Papers.maximumValueByteCount).contains($0.name.utf8.count) }) else {
            throw .rejected(subject, "the name of a base model has 1 to \(Papers.maximumValueByteCount) bytes")
        }
        guard papersPlan != "p1" || baseModels.allSatisfy({ $0.relation != .distilled }) else {
            throw .rejected(subject, "the relation \"distilled\" is unknown to the papers plan \"p1\"")
        }
        try papers.validate(files: files, subject: subject)
        guard Self.contentId(of: files, sha256: sha256) == contentId else {
            throw .rejected(subject, "the content id is not that of the files")
        }
    }
}
