/// One file of a revision.
public struct ManifestFile: Hashable, Sendable {
    public let path: ModelPath
    /// Bytes.
    public let size: Int
    public let sha256: Digest
    public let format: FileFormat
    /// The file's first row of the revision's chunk table.
    public let firstRow: Int
    /// How many rows it has; none if it is empty.
    public let rows: Int

    public init(path: ModelPath, size: Int, sha256: Digest, format: FileFormat, firstRow: Int, rows: Int) {
        self.path = path
        self.size = size
        self.sha256 = sha256
        self.format = format
        self.firstRow = firstRow
        self.rows = rows
    }
}
