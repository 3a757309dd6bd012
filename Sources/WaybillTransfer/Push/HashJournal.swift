import Synchronization
import WaybillFormat
import WaybillStore
import WaybillSystem

/// What a push learned by reading its files: `.waybill/hashes`. A push that was killed goes on from there instead of hashing
/// again, and one of unchanged files reads none of them.
///
/// A file is known by its path, device, inode, size and times. What is recorded is believed only while all of them are the same,
/// and nothing is recorded of a file that was written so lately that a further write could leave its times as they are.
///
/// An append-only file of checksummed records. Not synced: losing it costs time and nothing else, and so does any error.
package final class HashJournal: Sendable {
    static let name = "hashes"
    /// Larger journals are not read: they would take too much memory, and belong to no model that a manifest can hold.
    private static let maximumByteCount = 512 << 20

    private struct State {
        var file: OwnedFile?
        var end: Int
        var nextNumber: Int
    }

    private let state: Mutex<State>
    /// What was known when the journal was opened, by the index of the file in the tree.
    let known: [Int: KnownFile]

    private init(file: OwnedFile?, end: Int, nextNumber: Int, known: [Int: KnownFile]) {
        state = Mutex(State(file: file, end: end, nextNumber: nextNumber))
        self.known = known
    }

    /// Opens the journal in `folder` for the files of `tree`; blocks. What it says of other files, or of other versions of them, is
    /// dropped.
    /// - Parameter forgetting: begins with nothing: every file is read.
    package static func open(_ folder: Folder, for files: [SourceFile], forgetting: Bool = false) -> HashJournal {
        let found = forgetting ? nil : try? HashRecords.read(folder, maximum: maximumByteCount)
        guard let found else { return begin(folder, with: []) }
        var indices: [FileKey: Int] = [:]
        for (index, file) in files.enumerated() { indices[FileKey(file)] = index }
        var known: [Int: KnownFile] = [:]
        var kept: [(FileKey, KnownFile)] = []
        var isClean = found.isWhole
        for (key, file) in found.files {
            guard let index = indices[key] else {
                isClean = false
                continue
            }
            known[index] = file
            kept.append((key, file))
        }
        if isClean, let file = try? folder.file(name, .readWrite) {
            return HashJournal(file: file, end: found.end, nextNumber: found.nextNumber, known: known)
        }
        return begin(folder, with: kept, known: known)
    }

    private static func begin(_ folder: Folder, with files: [(FileKey, KnownFile)], known: [Int: KnownFile] = [:]) -> HashJournal {
        let temporary = Folder.temporaryName()
        do throws(SystemError) {
            let file = try folder.file(temporary, .createNew)
            var end = 0
            func put(_ bytes: [UInt8]) throws(SystemError) {
                try file.write(bytes.span, at: end)
                end += bytes.count
            }
            try put(HashRecords.header)
            for (number, (key, item)) in files.enumerated() {
                for record in HashRecords.encode(item, key: key, number: number) { try put(record) }
            }
            try folder.rename(temporary, to: name, in: folder)
            return HashJournal(file: file, end: end, nextNumber: files.count, known: known)
        } catch {
            try? folder.remove(temporary)
            return HashJournal(file: nil, end: 0, nextNumber: 0, known: known)
        }
    }

    /// Records a file that was read whole.
    func note(_ source: SourceFile, rows: [ChunkRow], as file: ReadFile) {
        guard Self.isSettled(source.status) else { return }
        append { number in
            HashRecords.encode(
                KnownFile(rows: rows, state: nil, end: .init(sha256: file.sha256, format: file.format)), key: FileKey(source),
                number: number)
        }
    }

    /// Begins to record a large file, of which `known` is recorded already.
    func begin(_ source: SourceFile, after known: KnownFile?) -> HashJournalFile {
        HashJournalFile(journal: self, source: source, recorded: known)
    }

    fileprivate func append(_ records: (_ number: Int) -> [[UInt8]]) {
        state.withLock { state in
            guard let file = state.file else { return }
            let bytes = records(state.nextNumber).flatMap { $0 }
            state.nextNumber += 1
            do throws(SystemError) {
                try file.write(bytes.span, at: state.end)
                state.end += bytes.count
            } catch {
                // A disk that is full or fails: from here on nothing is remembered.
                state.file = nil
            }
        }
    }

    /// Whether a write from now on must change the file's times. Kernels stamp with the time of their last tick, some file systems
    /// with whole seconds.
    package static func isSettled(_ status: FileStatus, now: Int = Host.unixNanoseconds()) -> Bool {
        let isCoarse = status.modified % 1_000_000_000 == 0 && status.changed % 1_000_000_000 == 0
        return now - max(status.modified, status.changed) > (isCoarse ? 2_000_000_000 : 50_000_000)
    }
}

/// Records one large file while it is read, window by window. Used by one task at a time.
final class HashJournalFile: @unchecked Sendable {
    private let journal: HashJournal
    private let source: SourceFile
    /// Rows and state that are not recorded yet, since the file was written too lately.
    private var pending: [ChunkRow]
    private var state: SHA256Running.State?

    fileprivate init(journal: HashJournal, source: SourceFile, recorded: KnownFile?) {
        self.journal = journal
        self.source = source
        // A record is a whole of its own: those of earlier runs are repeated with the first new rows.
        pending = recorded?.rows ?? []
        state = recorded?.state
    }

    /// The rows of a window, and where the whole file's hash stands behind them; blocks.
    func note(_ rows: [ChunkRow], _ state: SHA256Running.State) {
        pending += rows
        self.state = state
        flush(end: nil)
    }

    /// The file is read whole, and was the same all the while.
    func finish(_ file: ReadFile) { flush(end: .init(sha256: file.sha256, format: file.format)) }

    private var number: Int?

    private func flush(end: KnownFile.End?) {
        guard HashJournal.isSettled(source.status) else { return }
        journal.append { next in
            let rows = pending
            pending = []
            if let number { return HashRecords.encode(rows: rows, state: end == nil ? state : nil, end: end, number: number) }
            number = next
            return HashRecords.encode(KnownFile(rows: rows, state: state, end: end), key: FileKey(source), number: next)
        }
    }
}

/// What a journal says of a file.
package struct KnownFile: Sendable, Equatable {
    package struct End: Sendable, Equatable {
        package let sha256: Digest
        package let format: FileFormat
    }

    /// The file's first rows; all of them if `end` is there.
    package var rows: [ChunkRow]
    /// The whole file's hash behind these rows.
    package var state: SHA256Running.State?
    package var end: End?

    var byteCount: Int { rows.reduce(0) { $0 + $1.name.length } }
}

/// Which version of which file.
struct FileKey: Hashable, Sendable {
    let path: String
    let device: UInt64
    let inode: UInt64
    let size: Int
    let modified: Int
    let changed: Int
}

extension FileKey {
    init(_ source: SourceFile) {
        let status = source.status
        self.init(
            path: source.path.text, device: status.device, inode: status.inode, size: status.size, modified: status.modified,
            changed: status.changed)
    }
}
