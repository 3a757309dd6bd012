import WaybillCodec
import WaybillFormat
import WaybillSystem

/// A pack that arrives from outside: written to a temporary file, then decoded and hashed chunk by chunk before it gets a name.
public final class IncomingPack: Sendable {
    private let store: DirectoryStore
    private let name: Digest
    private let file: OwnedFile
    private let temporaryName: String

    /// - Throws: `.storage` if the disk does not let us.
    public static func begin(_ name: Digest, in store: DirectoryStore) async throws(StoreError) -> IncomingPack {
        try await store.work.run { _ throws(StoreError) in
            try storing { () throws(SystemError) in
                let temporaryName = Folder.temporaryName()
                let file = try store.temporary.file(temporaryName, .createNew)
                return IncomingPack(store: store, name: name, file: file, temporaryName: temporaryName)
            }
        }
    }

    private init(store: DirectoryStore, name: Digest, file: OwnedFile, temporaryName: String) {
        self.store = store
        self.name = name
        self.file = file
        self.temporaryName = temporaryName
    }

    deinit { try? store.temporary.remove(temporaryName) }

    /// True if the store holds a pack of this name already.
    public static func isPresent(_ name: Digest, in store: DirectoryStore) async throws(StoreError) -> Bool {
        try await store.work.run { _ throws(StoreError) in try store.openFile(.pack(name)) != nil }
    }

    /// Writes the filled bytes of `slab` at `offset`.
    public func write(_ slab: Slab, at offset: Int) async throws(StoreError) {
        try await store.work.run { [file] _ throws(StoreError) in
            try storing { () throws(SystemError) in try file.write(slab, range: 0..<slab.count, at: offset) }
            file.beginWriting(offset..<offset + slab.count)
        }
    }

    /// Verifies the pack of `byteCount` bytes and makes it part of the store, durably.
    /// - Returns: the number of its chunks.
    /// - Throws: `.integrity` naming the chunk or rule that fails; the store is then as before.
    @discardableResult
    public func admit(byteCount: Int) async throws(StoreError) -> Int {
        let footer = try await store.work.run { [file, name, store] _ throws(StoreError) in
            try PackFile.footer(of: file, size: byteCount, name: name, label: store.label)
        }
        let batch = 16
        var next = 0
        while next < footer.rows.count {
            let rows = Array(footer.rows[next..<min(next + batch, footer.rows.count)])
            try await store.work.run { [file, name] context throws(StoreError) in
                for row in rows { try PackFile.verify(row, of: file, name: name, context: &context) }
            }
            next += rows.count
        }
        try await store.work.wait { [store, file, name, temporaryName] () throws(StoreError) in
            try storing { () throws(SystemError) in
                try file.sync()
                try store.linkOnce(temporaryName, as: .pack(name))
            }
            try store.index.add(name, rows: footer.rows)
        }
        return footer.rows.count
    }
}

/// Reads a pack's footer and frames from a file; blocks.
enum PackFile {
    /// The verified footer of a pack of `size` bytes called `name`.
    static func footer(of file: OwnedFile, size: Int, name: Digest, label: String) throws(StoreError) -> PackFooter {
        let subject = "\(label)/\(ObjectName.pack(name).path)"
        guard size <= Limits.pack, size >= PackTrailer.byteCount + PackFooter.header.count else {
            throw StoreError(.integrity, subject: subject, cause: "has \(size) bytes, which is no pack", remedy: "Send it again")
        }
        let bytes = try storing { () throws(SystemError) in
            try file.read(at: size - PackTrailer.byteCount, count: PackTrailer.byteCount)
        }
        let length = try parsing { () throws(FormatError) in
            try PackTrailer(decoding: bytes, packSize: size, subject: subject).footerByteCount
        }
        let start = size - PackTrailer.byteCount - length
        let encoded = try storing { () throws(SystemError) in try file.read(at: start, count: length) }
        guard SHA256.digest(of: encoded) == name else {
            throw StoreError(.integrity, subject: subject, cause: "its footer has another SHA-256", remedy: "Send it again")
        }
        let footer = try parsing { () throws(FormatError) in try PackFooter(decoding: encoded, subject: subject) }
        let header = try storing { () throws(SystemError) in try file.read(at: 0, count: PackFooter.header.count) }
        guard footer.bodyEnd == start, header == PackFooter.header else {
            throw StoreError(.integrity, subject: subject, cause: "header and footer do not fit its length", remedy: "Send it again")
        }
        return footer
    }

    /// Decodes and hashes one row's frame.
    static func verify(_ row: PackRow, of file: OwnedFile, name: Digest, context: inout WorkContext) throws(StoreError) {
        let subject = "pack \(name)"
        let (frame, output, decoder) = (context.frame, context.chunk, context.decoder)
        frame.resize(0)
        let got = try storing { () throws(SystemError) in try file.read(at: row.offset, count: row.stored, into: frame) }
        guard got == row.stored else {
            throw StoreError(.integrity, subject: subject, cause: "ends inside chunk \(row.name.digest)", remedy: "Send it again")
        }
        try decoding { () throws(CodecError) in
            try decoder.decode(frame, range: 0..<got, rawLength: row.name.length, into: output, subject: subject)
        }
        try storing { () throws(SystemError) in
            _ = try VerifiedChunk.verifying(output, range: 0..<output.count, as: row.name, subject: subject)
        }
    }
}
