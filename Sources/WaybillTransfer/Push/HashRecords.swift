import WaybillFormat
import WaybillSystem

/// The bytes of a `HashJournal`: a header that names the chunk plan, then records `length u32, kind u8, body, crc32 u32`, the CRC over
/// kind and body. What follows the first record that is not whole is not read.
enum HashRecords {
    /// Rows of another plan would be other chunks.
    static let header = Array("WBHASH1\nt1\n".utf8)

    private static let maximumBody = 16 << 20
    private static let rowBytes = 37
    /// Of a file's key, before its path.
    private static let keyBytes = 40

    private enum Kind: UInt8 {
        /// Number and key: a file begins.
        case begin = 1
        /// Number and rows, in order.
        case rows = 2
        /// Number, and the state of the whole file's hash behind the rows so far.
        case state = 3
        /// Number, digest and format: the file is read whole.
        case end = 4
    }

    /// A file as its records add up.
    private struct Open {
        let key: FileKey
        var file = KnownFile(rows: [], state: nil, end: nil)
        var byteCount = 0
        /// Rows before the last state.
        var settledRows = 0
    }

    /// What a journal held.
    struct Found {
        var files: [FileKey: KnownFile] = [:]
        /// Behind the last whole record.
        var end: Int
        var nextNumber = 0
        /// Nothing but whole records, each file once.
        var isWhole = true
    }

    static func encode(_ file: KnownFile, key: FileKey, number: Int) -> [[UInt8]] {
        [record(.begin, number) { append(key, to: &$0) }] + encode(rows: file.rows, state: file.state, end: file.end, number: number)
    }

    static func encode(rows: [ChunkRow], state: SHA256Running.State?, end: KnownFile.End?, number: Int) -> [[UInt8]] {
        var records: [[UInt8]] = []
        for start in stride(from: 0, to: rows.count, by: Limits.segmentRows) {
            records.append(
                record(.rows, number) { body in
                    for row in rows[start..<min(start + Limits.segmentRows, rows.count)] {
                        row.name.digest.append(to: &body)
                        body.append32(row.name.length)
                        body.append(row.element.rawValue)
                    }
                })
        }
        if let end {
            records.append(
                record(.end, number) { body in
                    end.sha256.append(to: &body)
                    body += Array(end.format.rawValue.utf8)
                })
        } else if let state {
            records.append(record(.state, number) { $0 += state.encoded })
        }
        return records
    }

    private static func record(_ kind: Kind, _ number: Int, _ body: (inout [UInt8]) -> Void) -> [UInt8] {
        var content: [UInt8] = [kind.rawValue]
        content.append32(number)
        body(&content)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.count + 8)
        bytes.append32(content.count)
        bytes += content
        bytes.append32(Int(CRC32.checksum(content)))
        return bytes
    }

    private static func append(_ key: FileKey, to body: inout [UInt8]) {
        body.append64(Int(truncatingIfNeeded: key.device))
        body.append64(Int(truncatingIfNeeded: key.inode))
        for value in [key.size, key.modified, key.changed] { body.append64(value) }
        body += Array(key.path.utf8)
    }

    /// Reads the journal of a folder; nil if there is none, or one of another form.
    static func read(_ folder: Folder, maximum: Int) throws(SystemError) -> Found? {
        guard let status = try folder.status(HashJournal.name), status.kind == .file, status.size <= maximum else { return nil }
        let file = try folder.file(HashJournal.name, .read)
        guard try file.read(at: 0, count: header.count) == header else { return nil }
        var found = Found(end: header.count)
        var open: [Int: Open] = [:]
        var buffer: [UInt8] = []
        var bufferStart = header.count
        while found.end + 4 <= status.size {
            // A buffer, so that a journal of many small records costs few calls.
            func bytes(_ count: Int) throws(SystemError) -> ArraySlice<UInt8>? {
                let from = found.end - bufferStart
                if from + count > buffer.count {
                    buffer = try file.read(at: found.end, count: max(count, 1 << 20))
                    bufferStart = found.end
                    return buffer.count >= count ? buffer[0..<count] : nil
                }
                return buffer[from..<from + count]
            }
            guard let head = try bytes(4) else { break }
            var prefix = LittleEndianReader(Array(head))
            let length = prefix.u32()
            guard length >= 5, length <= maximumBody, let whole = try bytes(8 + length) else { break }
            var record = LittleEndianReader(Array(whole), at: 4)
            let content = record.take(length)
            guard Int(CRC32.checksum(content)) == record.u32(), take(content, into: &open, &found) else { break }
            found.end += 8 + length
        }
        found.isWhole = found.end == status.size
        for var item in open.values {
            if item.file.end == nil, item.settledRows < item.file.rows.count {
                // Nothing could go on behind rows without a state.
                item.file.rows.removeLast(item.file.rows.count - item.settledRows)
                found.isWhole = false
            }
            // A later record of the same version of a file says at least as much.
            if let other = found.files[item.key], other.end != nil || other.rows.count > item.file.rows.count { continue }
            if !item.file.rows.isEmpty || item.file.end != nil { found.files[item.key] = item.file }
        }
        if found.files.count != open.count { found.isWhole = false }
        return found
    }

    /// - Returns: false if the record makes no sense.
    private static func take(_ content: [UInt8], into open: inout [Int: Open], _ found: inout Found) -> Bool {
        guard let kind = Kind(rawValue: content[0]) else { return false }
        var reader = LittleEndianReader(content, at: 1)
        let file = reader.u32()
        if kind == .begin {
            guard content.count > reader.position + keyBytes else { return false }
            let (device, inode) = (reader.u64(), reader.u64())
            let values = (0..<3).map { _ in Int(truncatingIfNeeded: reader.u64()) }
            guard let path = String(validating: content[reader.position...], as: UTF8.self) else { return false }
            open[file] = Open(
                key: FileKey(path: path, device: device, inode: inode, size: values[0], modified: values[1], changed: values[2]))
            found.nextNumber = max(found.nextNumber, file + 1)
            return true
        }
        // Taken out, so that its rows are changed in place.
        guard var item = open.removeValue(forKey: file), item.file.end == nil, extend(&item, by: kind, &reader) else { return false }
        open[file] = item
        return true
    }

    private static func extend(_ item: inout Open, by kind: Kind, _ reader: inout LittleEndianReader) -> Bool {
        let count = reader.bytes.count - reader.position
        switch kind {
        case .begin: return false
        case .rows:
            guard count % rowBytes == 0 else { return false }
            for _ in 0..<count / rowBytes {
                let digest = reader.digest()
                guard let name = ChunkName(digest: digest, length: reader.u32()) else { return false }
                item.file.rows.append(ChunkRow(name: name, element: ElementType(rawValue: reader.u8())))
                item.byteCount += name.length
            }
        case .state:
            guard let state = SHA256Running.State(decoding: reader.take(count)), state.byteCount == item.byteCount else { return false }
            item.file.state = state
            item.settledRows = item.file.rows.count
        case .end:
            guard count > Digest.byteCount, item.byteCount == item.key.size else { return false }
            let digest = reader.digest()
            guard let format = FileFormat(rawValue: String(decoding: reader.bytes[reader.position...], as: UTF8.self)) else { return false }
            item.file.end = KnownFile.End(sha256: digest, format: format)
        }
        return true
    }
}
