import WaybillFormat
import WaybillSystem

/// A file of a model that claims may be read from.
public struct EvidenceFile: Sendable {
    public let path: ModelPath
    /// Of the whole file. It is recorded, not checked: `read` must give the bytes that it was computed from.
    public let sha256: Digest
    /// In bytes.
    public let size: Int
    public let format: FileFormat
    /// The `count` bytes from `offset` on, fewer only where the file ends. Called with at most 1 MiB at a time.
    public let read: @Sendable (_ offset: Int, _ count: Int) throws(SystemError) -> [UInt8]

    public init(
        path: ModelPath, sha256: Digest, size: Int, format: FileFormat,
        read: @escaping @Sendable (_ offset: Int, _ count: Int) throws(SystemError) -> [UInt8]
    ) {
        self.path = path
        self.sha256 = sha256
        self.size = size
        self.format = format
        self.read = read
    }

    /// Exactly `count` bytes, which the caller knows to be inside `size`.
    func bytes(at offset: Int, count: Int) throws(SystemError) -> [UInt8] {
        guard count > 0 else { return [] }
        let bytes = try read(offset, count)
        guard bytes.count == count else {
            throw SystemError(
                .conflict, subject: path.text, cause: "is shorter than it was when it was hashed",
                remedy: "Let nothing write to the model's files, and run the command again.")
        }
        return bytes
    }
}
