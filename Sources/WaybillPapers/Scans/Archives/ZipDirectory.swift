/// The end record and the central directory of a zip archive.
struct ZipDirectory {
    struct Entry {
        let name: [UInt8]
        let method: Int
        let flags: Int
        let stored: Int
        let size: Int
        /// Of the local header.
        let offset: Int
        let attributes: UInt32
        let isUnix: Bool

        var text: String { String(decoding: name, as: UTF8.self) }
        var isEncrypted: Bool { flags & 1 != 0 }
        /// Sizes stand behind the data.
        var hasDescriptor: Bool { flags & 8 != 0 }
        var isLink: Bool { isUnix && attributes >> 16 & 0xF000 == 0xA000 }
    }

    private static let maximumEntries = 262_144
    private static let maximumByteCount = 64 << 20
    private static let tail = 65_557

    let entries: [Entry]
    /// Where offsets count from: behind whatever stands before the archive.
    let base: Int
    let start: Int
    /// Behind the end record and its comment.
    let end: Int
    /// Whether the directory has more than is read, or breaks off.
    let isCut: Bool

    /// The places of end records that point to a directory, last first.
    static func ends(_ source: any ByteSource) throws(ScanStop) -> [Int] {
        guard let size = source.size, size >= 22 else { return [] }
        let from = max(0, size - tail)
        let bytes = try source.readAll(from, size - from)
        guard bytes.count >= 22 else { return [] }
        var ends: [Int] = []
        for index in stride(from: bytes.count - 22, through: 0, by: -1)
        where bytes[index] == 0x50 && bytes[index + 1] == 0x4B && bytes[index + 2] == 0x05 && bytes[index + 3] == 0x06 {
            let place = from + index
            if try ZipDirectory.locate(source, end: place, bytes: bytes[index...]) != nil { ends.append(place) }
            if ends.count == 4 { break }
        }
        return ends
    }

    private static func number(_ bytes: ArraySlice<UInt8>, _ offset: Int, _ width: Int) -> Int {
        var value = 0
        for index in (0..<width).reversed() { value = value << 8 | Int(bytes[bytes.startIndex + offset + index]) }
        return value
    }

    /// Where the directory lies: nil if there is none.
    private static func locate(
        _ source: any ByteSource, end: Int, bytes: ArraySlice<UInt8>
    ) throws(ScanStop) -> (start: Int, count: Int, entries: Int, base: Int)? {
        var entries = number(bytes, 10, 2)
        var count = number(bytes, 12, 4)
        var offset = number(bytes, 16, 4)
        var directoryEnd = end
        if end >= 20 {
            let locator = try source.read(end - 20, 20)
            if locator.count == 20, locator.starts(with: [0x50, 0x4B, 0x06, 0x07]) {
                let at = UInt64(bitPattern: Int64(number(locator[...], 8, 8)))
                // The record stands where the locator says or, with something before the archive, right before the locator.
                for place in [Int(exactly: at), end - 76] {
                    guard let place, place >= 0, place <= end - 76 else { continue }
                    let record = try source.read(place, 56)
                    guard record.count == 56, record.starts(with: [0x50, 0x4B, 0x06, 0x06]) else { continue }
                    (entries, count, offset) = (number(record[...], 32, 8), number(record[...], 40, 8), number(record[...], 48, 8))
                    directoryEnd = place
                    break
                }
            }
        }
        guard entries >= 0, count >= 0, offset >= 0, count <= directoryEnd else { return nil }
        let start = directoryEnd - count
        guard offset <= start else { return nil }
        if count == 0 { return entries == 0 && start == offset ? (start, 0, 0, 0) : nil }
        guard try source.read(start, 4) == [0x50, 0x4B, 0x01, 0x02] else { return nil }
        return (start, count, entries, start - offset)
    }

    /// Reads the directory of the end record at a place that `ends` gave.
    init?(_ source: any ByteSource, end: Int) throws(ScanStop) {
        let record = try source.read(end, 22)
        guard record.count == 22, let place = try Self.locate(source, end: end, bytes: record[...]) else { return nil }
        (start, base) = (place.start, place.base)
        self.end = end + 22 + Self.number(record[...], 20, 2)
        var isCut = place.count > Self.maximumByteCount
        var entries: [Entry] = []
        var window = ByteWindow(source, at: place.start)
        let limit = place.start + min(place.count, Self.maximumByteCount)
        while window.position < limit {
            guard entries.count < Self.maximumEntries, let fixed = try window.take(46), fixed.starts(with: [0x50, 0x4B, 0x01, 0x02]) else {
                isCut = true
                break
            }
            guard let name = try window.take(Self.number(fixed[...], 28, 2)), let extra = try window.take(Self.number(fixed[...], 30, 2)),
                try window.skip(Self.number(fixed[...], 32, 2))
            else {
                isCut = true
                break
            }
            entries.append(Self.entry(fixed, name, extra, base: place.base))
        }
        if entries.count != place.entries { isCut = true }
        self.entries = entries
        self.isCut = isCut
    }

    private static func entry(_ fixed: [UInt8], _ name: [UInt8], _ extra: [UInt8], base: Int) -> Entry {
        var stored = number(fixed[...], 20, 4)
        var size = number(fixed[...], 24, 4)
        var offset = number(fixed[...], 42, 4)
        // Zip64: 8 bytes for each field that is full.
        var index = 0
        while index + 4 <= extra.count {
            let (kind, count) = (number(extra[index...], 0, 2), number(extra[index...], 2, 2))
            index += 4
            guard index + count <= extra.count else { break }
            if kind == 1 {
                var rest = extra[index..<index + count]
                func wide(_ value: Int) -> Int {
                    guard value == 0xFFFF_FFFF, rest.count >= 8 else { return value }
                    defer { rest = rest.dropFirst(8) }
                    return number(rest, 0, 8)
                }
                size = wide(size)
                stored = wide(stored)
                offset = wide(offset)
            }
            index += count
        }
        let (place, overflow) = offset.addingReportingOverflow(base)
        return Entry(
            name: name, method: number(fixed[...], 10, 2), flags: number(fixed[...], 8, 2), stored: stored, size: size,
            offset: overflow ? -1 : place, attributes: UInt32(truncatingIfNeeded: number(fixed[...], 38, 4)), isUnix: fixed[5] == 3)
    }
}
