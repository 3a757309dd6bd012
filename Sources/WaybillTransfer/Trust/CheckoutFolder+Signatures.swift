import WaybillFormat
import WaybillSystem

/// What the signatures of a pulled revision are checked with stays beside it, so that `verify` and `show` need no mirror.
extension CheckoutFolder {
    private static let folder = "signatures"
    private static let maximumByteCount = 128 << 20

    /// Keeps what was read for the entry with this digest.
    func keep(_ objects: [ObjectName: [UInt8]], of entry: Digest) throws(TransferError) {
        let members = objects.map { JSONValue.object(["bytes": .string(Base64.encode($0.value)), "path": .string($0.key.path)]) }
        try lifting { () throws(SystemError) in
            try state.folder(Self.folder, create: true).replace(entry.hex, with: JSONValue.array(members).canonical)
        }
    }

    /// Drops what was kept for other entries.
    func dropSignatures(except entry: Digest?) throws(TransferError) {
        try lifting { () throws(SystemError) in
            guard try state.status(Self.folder) != nil else { return }
            let folder = try state.folder(Self.folder)
            for name in try folder.names() where name != entry?.hex { try folder.remove(name) }
        }
    }

    /// What was kept for the entry that the directory holds; empty if nothing was, or it cannot be read. Whoever uses it verifies it.
    func signatures(of entry: Digest) throws(TransferError) -> [ObjectName: [UInt8]] {
        try lifting { () throws(SystemError) in
            guard try state.status(Self.folder) != nil else { return [:] }
            let folder = try state.folder(Self.folder)
            guard try folder.status(entry.hex) != nil else { return [:] }
            let bytes = try folder.file(entry.hex, .read).read(at: 0, count: Self.maximumByteCount)
            guard let rows = try? JSONValue(parsing: bytes, maximumDepth: 4), let elements = rows.elements else { return [:] }
            var objects: [ObjectName: [UInt8]] = [:]
            for element in elements {
                guard let name = element["path"]?.text.flatMap({ ObjectName(path: $0) }),
                    let bytes = element["bytes"]?.text.flatMap(Base64.decode)
                else { continue }
                objects[name] = bytes
            }
            return objects
        }
    }
}
