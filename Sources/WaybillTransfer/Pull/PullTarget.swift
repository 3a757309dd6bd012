import WaybillFormat
import WaybillSystem

/// A file that a pull has to build.
struct PullTarget: Sendable {
    let file: ManifestFile
    /// Names the file's bytes and chunks: SHA-256 over the file's digest and its rows.
    let key: Digest
    /// Number among targets with the same key, since each needs a part of its own.
    let ordinal: Int

    var part: String { PartFiles.name(key, ordinal) }

    static func key(_ file: ManifestFile, _ rows: ArraySlice<ChunkRow>) -> Digest {
        var hasher = SHA256()
        let sha = file.sha256.bytes
        hasher.update(sha.span)
        for row in rows {
            let digest = row.name.digest.bytes
            hasher.update(digest.span)
        }
        return hasher.finish()
    }
}

/// A place in a target that a chunk fills.
package struct Destination: Hashable, Sendable {
    /// Index of the target.
    package let target: Int
    /// Row within the target's file.
    package let row: Int
    /// Byte offset within the file.
    package let offset: Int

    package init(target: Int, row: Int, offset: Int) {
        self.target = target
        self.row = row
        self.offset = offset
    }
}
