import Synchronization
import WaybillFormat
import WaybillSystem

/// The files of a pull while they are incomplete: `.waybill/parts/<key>-<ordinal>`, named by content, so that a later pull of
/// another revision finds what it can use. Every call may block.
final class PartFiles: Sendable {
    /// Files kept open; opening one anew costs little, running out of descriptors much.
    private static let openLimit = 96

    /// Smaller chunks are left to the next sync: asking costs more than it saves.
    private static let begunBytes = 64 << 10

    private struct State {
        var open: [String: OwnedFile] = [:]
        /// Written since the last sync.
        var dirty: Set<String> = []
        /// Of the first sync that failed; none is tried again.
        var failure: SystemError?
    }

    let folder: Folder
    private let state = Mutex(State())

    init(state folder: Folder) throws(SystemError) {
        self.folder = try folder.folder("parts", create: true)
    }

    static func name(_ key: Digest, _ ordinal: Int) -> String { "\(key.hex)-\(ordinal)" }

    /// The part `name`, created with `size` bytes of zeros if it is not there.
    func file(_ name: String, size: Int) throws(SystemError) -> OwnedFile {
        if let file = state.withLock({ $0.open[name] }) { return file }
        let file = try folder.file(name, .readWrite)
        if try file.status().size != size { try file.truncate(to: size) }
        state.withLock { state in
            if state.open.count >= Self.openLimit, let victim = state.open.keys.first { state.open[victim] = nil }
            state.open[name] = file
        }
        return file
    }

    /// Writes a chunk. Zeros are not written where there is a hole already, so that the file stays sparse.
    func write(_ chunk: borrowing VerifiedChunk, isZero: Bool, to name: String, size: Int, at offset: Int) throws(SystemError) {
        let file = try file(name, size: size)
        let isThere = isZero && (file.nextData(from: offset) ?? Int.max) >= offset + chunk.name.length
        if !isThere {
            try file.write(chunk, at: offset)
            if chunk.name.length >= Self.begunBytes { file.beginWriting(offset..<offset + chunk.name.length) }
        }
        state.withLock { state in _ = state.dirty.insert(name) }
    }

    /// Makes durable what was written before the call. A failure is one of every later call, too.
    func sync() throws(SystemError) {
        let (dirty, failure) = state.withLock { state in
            defer { state.dirty = [] }
            return (state.dirty, state.failure)
        }
        if let failure { throw failure }
        if dirty.isEmpty { return }
        do throws(SystemError) {
            try sync(dirty)
        } catch {
            state.withLock { $0.failure = error }
            throw error
        }
    }

    private func sync(_ dirty: Set<String>) throws(SystemError) {
        // One flush of the file system costs less than hundreds of single ones.
        if dirty.count > 64 { return try folder.syncFileSystem() }
        for name in dirty {
            if let open = state.withLock({ $0.open[name] }) {
                try open.syncData()
            } else if try folder.status(name) != nil {
                try folder.file(name, .readWrite).syncData()
            }
        }
        try folder.sync()
    }

    /// Counts parts that an earlier process wrote among those that the next `sync` makes durable.
    func noteDirty(_ names: Set<String>) { state.withLock { state in state.dirty.formUnion(names) } }

    /// Removes a part.
    func discard(_ name: String) throws(SystemError) {
        state.withLock { state in
            state.open[name] = nil
            state.dirty.remove(name)
        }
        try folder.remove(name)
    }

    /// Closes a part.
    func close(_ name: String) { state.withLock { state in _ = state.open.removeValue(forKey: name) } }

    /// Removes parts that no target of this pull uses.
    func removeAll(except wanted: Set<String>) throws(SystemError) {
        for name in try folder.names() where !wanted.contains(name) { try folder.removeTree(name) }
    }
}
