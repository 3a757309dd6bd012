import WaybillFormat
import WaybillSystem

/// Which chunks of which parts are written: an append-only file of checksummed records with barriers.
///
/// In the boot that wrote it every record is true, since the page cache outlives a killed process; after a power loss those
/// are that a barrier vouches for, and the others must be hashed again. A barrier names the end of what it vouches for: rows go on
/// being noted while the data of earlier ones are synced.
///
/// Used by one task at a time.
package final class Journal: @unchecked Sendable {
    /// A chunk of a part: the part's key and ordinal, and the row within its file.
    package struct Row: Hashable, Sendable {
        package let key: Digest
        package let ordinal: Int
        package let row: Int

        package init(key: Digest, ordinal: Int, row: Int) {
            self.key = key
            self.ordinal = ordinal
            self.row = row
        }
    }

    /// What an earlier run left.
    package struct Recovered: Sendable {
        package var trusted: [Row] = []
        /// Written after the last barrier of another boot.
        package var doubtful: [Row] = []
    }

    private static let magic = Array("WBJRNL2\n".utf8)
    private static let headerBytes = 64
    private static let recordBytes = 48

    private let file: OwnedFile
    private var end: Int
    /// Rows before it are durable, and so is the barrier that says so.
    private var durableEnd: Int
    /// Data could not be made durable: what would be noted from here on may be lost already.
    private var isClosed = false

    private init(file: OwnedFile, end: Int) {
        self.file = file
        self.end = end
        durableEnd = Self.headerBytes
    }

    /// What an earlier run's journal says; nothing if there is none. Changes nothing.
    package static func recover(_ folder: Folder) throws(SystemError) -> Recovered {
        guard let status = try folder.status("journal"), status.kind == .file else { return Recovered() }
        let file = try folder.file("journal", .read)
        return try read(file, size: status.size, boot: Host.bootID()) ?? Recovered()
    }

    /// Begins a journal that says no more than `rows`, in place of the earlier one: rows of parts that are gone must not be
    /// believed when such a part is made anew.
    package static func begin(_ folder: Folder, keeping rows: [Row]) throws(SystemError) -> Journal {
        var bytes = magic + Array(Host.bootID().utf8.prefix(headerBytes - magic.count))
        bytes += [UInt8](repeating: 0, count: headerBytes - bytes.count)
        for row in rows { bytes += Record.row(row).bytes }
        try folder.replace("journal", with: bytes)
        return Journal(file: try folder.file("journal", .readWrite), end: bytes.count)
    }

    private static func read(
        _ file: OwnedFile, size: Int, boot: String
    ) throws(SystemError) -> Recovered? {
        let header = try file.read(at: 0, count: headerBytes)
        guard header.count == headerBytes, Array(header.prefix(magic.count)) == magic else { return nil }
        let written = String(decoding: header.dropFirst(magic.count).prefix { $0 != 0 }, as: UTF8.self)
        let sameBoot = !boot.isEmpty && written == boot
        var recovered = Recovered()
        // Where each doubtful row ends.
        var ends: [Int] = []
        var offset = headerBytes
        scan: while offset + recordBytes <= size {
            let bytes = try file.read(at: offset, count: min(size - offset, recordBytes * 4096) / recordBytes * recordBytes)
            if bytes.isEmpty { break }
            for start in stride(from: 0, to: bytes.count - recordBytes + 1, by: recordBytes) {
                guard let record = Record(bytes[start..<start + recordBytes]) else { break scan }
                offset += recordBytes
                switch record {
                case .row(let row):
                    if sameBoot {
                        recovered.trusted.append(row)
                    } else {
                        recovered.doubtful.append(row)
                        ends.append(offset)
                    }
                case .barrier(let vouched):
                    let count = ends.firstIndex { $0 > vouched } ?? ends.count
                    recovered.trusted += recovered.doubtful.prefix(count)
                    recovered.doubtful.removeFirst(count)
                    ends.removeFirst(count)
                }
            }
        }
        return recovered
    }

    private enum Record {
        case row(Row)
        /// The end of the records that it vouches for.
        case barrier(Int)

        init?(_ bytes: ArraySlice<UInt8>) {
            let bytes = Array(bytes)
            guard CRC32.checksum(bytes, count: 44) == UInt32(truncatingIfNeeded: Record.u32(bytes, 44)) else { return nil }
            switch bytes[0] {
            case 1: self = .row(Row(key: Digest(bytes.span, at: 12), ordinal: Record.u32(bytes, 4), row: Record.u32(bytes, 8)))
            case 2: self = .barrier(Record.u32(bytes, 4) | Record.u32(bytes, 8) << 32)
            default: return nil
            }
        }

        private static func u32(_ bytes: [UInt8], _ at: Int) -> Int {
            Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16 | Int(bytes[at + 3]) << 24
        }

        private static func append(_ value: UInt32, to bytes: inout [UInt8]) {
            for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
        }

        var bytes: [UInt8] {
            var bytes: [UInt8]
            switch self {
            case .row(let row):
                bytes = [1, 0, 0, 0]
                Record.append(UInt32(truncatingIfNeeded: row.ordinal), to: &bytes)
                Record.append(UInt32(truncatingIfNeeded: row.row), to: &bytes)
                row.key.append(to: &bytes)
            case .barrier(let end):
                bytes = [2, 0, 0, 0]
                Record.append(UInt32(truncatingIfNeeded: end), to: &bytes)
                Record.append(UInt32(truncatingIfNeeded: end >> 32), to: &bytes)
                bytes += [UInt8](repeating: 0, count: 32)
            }
            Record.append(CRC32.checksum(bytes), to: &bytes)
            return bytes
        }
    }

    /// Notes rows whose bytes were written. Not durable before the next barrier.
    package func append(_ rows: [Row]) throws(SystemError) {
        try requireOpen()
        let bytes = rows.flatMap { Record.row($0).bytes }
        try file.write(bytes.span, at: end)
        end += bytes.count
    }

    /// Where the journal is now: take it before a sync, and give it to `barrier` after it.
    package var mark: Int { end }

    /// Says that the data of every row before `mark` is durable: all of it was written before the sync began that has ended.
    package func barrier(_ mark: Int) throws(SystemError) {
        try requireOpen()
        let record = Record.barrier(mark).bytes
        try file.write(record.span, at: end)
        end += Self.recordBytes
        try file.syncData()
        durableEnd = mark
    }

    /// Drops the rows that no barrier vouches for, whose data could not be made durable. Nothing can be noted afterwards.
    package func forgetDoubtful() throws(SystemError) {
        isClosed = true
        try file.truncate(to: durableEnd)
        end = durableEnd
        // Its barrier may have stood behind dropped rows.
        let record = Record.barrier(durableEnd).bytes
        try file.write(record.span, at: end)
        end += Self.recordBytes
    }

    private func requireOpen() throws(SystemError) {
        guard isClosed else { return }
        throw SystemError(
            .storage, subject: file.path, cause: "the disk failed to keep what was written before",
            remedy: "Check the disk (dmesg) and run the command again")
    }
}
