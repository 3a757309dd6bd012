import WaybillFormat
import WaybillSystem

/// One sorted file of the chunk index (Protocol/STORE.md). Immutable; kept in memory are its pack names and every 256th digest.
struct IndexSegment: Sendable {
    static let magic = Array("WBINDX1\n".utf8)
    static let headerBytes = 16
    static let rowBytes = 48
    static let fenceRows = 256

    let name: String
    let packs: [Digest]
    private let file: OwnedFile
    let rowCount: Int
    private let rowsStart: Int
    private let fence: [UInt64]

    /// Reads the whole file once, to check it and to build the fence.
    init(folder: Folder, name: String) throws(StoreError) {
        let file = try storing { () throws(SystemError) in try folder.file(name, .read) }
        let size = try storing { () throws(SystemError) in try file.status().size }
        func damaged(_ cause: String) -> StoreError { StoreError(.integrity, subject: file.path, cause: cause) }
        let header = try storing { () throws(SystemError) in try file.read(at: 0, count: Self.headerBytes) }
        guard header.count == Self.headerBytes, Array(header[0..<8]) == Self.magic else { throw damaged("is no index segment") }
        let packCount = Self.u32(header, 8)
        let rowCount = Self.u32(header, 12)
        guard size == Self.headerBytes + packCount * Digest.byteCount + rowCount * Self.rowBytes + 4 else {
            throw damaged("has a wrong length")
        }
        var crc = CRC32()
        crc.update(header.span)
        let names = try storing { () throws(SystemError) in try file.read(at: Self.headerBytes, count: packCount * Digest.byteCount) }
        guard names.count == packCount * Digest.byteCount else { throw damaged("is truncated") }
        crc.update(names.span)
        packs = (0..<packCount).map { Digest(names.span, at: $0 * Digest.byteCount) }
        rowsStart = Self.headerBytes + names.count
        var fence: [UInt64] = []
        var row = 0
        while row < rowCount {
            let count = min(Self.fenceRows * 64, rowCount - row)
            let start = rowsStart + row * Self.rowBytes
            let bytes = try storing { () throws(SystemError) in try file.read(at: start, count: count * Self.rowBytes) }
            guard bytes.count == count * Self.rowBytes else { throw damaged("is truncated") }
            crc.update(bytes.span)
            for index in stride(from: 0, to: count, by: Self.fenceRows) {
                fence.append(Digest(bytes.span, at: index * Self.rowBytes).prefix)
            }
            row += count
        }
        let tail = try storing { () throws(SystemError) in try file.read(at: size - 4, count: 4) }
        guard tail.count == 4, Self.u32(tail, 0) == Int(crc.value) else { throw damaged("has a wrong checksum") }
        self.name = name
        self.file = file
        self.rowCount = rowCount
        self.fence = fence
    }

    static func u32(_ bytes: [UInt8], _ at: Int) -> Int {
        Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16 | Int(bytes[at + 3]) << 24
    }

    static func append(_ value: Int, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    /// The places of `names`, which are sorted.
    func places(_ names: [ChunkName]) throws(StoreError) -> [ChunkPlace?] {
        var places: [ChunkPlace?] = []
        places.reserveCapacity(names.count)
        var block: [UInt8] = []
        var blockIndex = -1
        for name in names {
            let wanted = blockOf(name.digest.prefix)
            var found: ChunkPlace?
            // Equal prefixes may straddle a fence: look into the block before as well.
            for candidate in [wanted, wanted - 1] where found == nil && candidate >= 0 {
                if candidate != blockIndex {
                    block = try read(block: candidate)
                    blockIndex = candidate
                }
                found = search(block, name)
                if fence[wanted] != name.digest.prefix { break }
            }
            places.append(found)
        }
        return places
    }

    /// The last block whose first digest is not above `prefix`; -1 if there is none.
    private func blockOf(_ prefix: UInt64) -> Int {
        var low = 0
        var high = fence.count
        while low < high {
            let middle = (low + high) / 2
            if fence[middle] <= prefix { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    private func read(block: Int) throws(StoreError) -> [UInt8] {
        let first = block * Self.fenceRows
        let count = min(Self.fenceRows, rowCount - first)
        return try storing { () throws(SystemError) in
            try file.read(at: rowsStart + first * Self.rowBytes, count: count * Self.rowBytes)
        }
    }

    /// Up to `count` rows from row `first`, for whoever compares the segment with the packs.
    func rows(from first: Int, count: Int) throws(StoreError) -> [(name: ChunkName, place: ChunkPlace)?] {
        let count = min(count, rowCount - first)
        guard count > 0 else { return [] }
        let bytes = try storing { () throws(SystemError) in
            try file.read(at: rowsStart + first * Self.rowBytes, count: count * Self.rowBytes)
        }
        return stride(from: 0, to: bytes.count - Self.rowBytes + 1, by: Self.rowBytes).map { start in
            let pack = Self.u32(bytes, start + 36)
            guard pack < packs.count,
                let name = ChunkName(digest: Digest(bytes.span, at: start), length: Self.u32(bytes, start + 32))
            else { return nil }
            return (name, ChunkPlace(pack: packs[pack], offset: Self.u32(bytes, start + 40), stored: Self.u32(bytes, start + 44)))
        }
    }

    private func search(_ block: [UInt8], _ name: ChunkName) -> ChunkPlace? {
        var low = 0
        var high = block.count / Self.rowBytes
        while low < high {
            let middle = (low + high) / 2
            if Digest(block.span, at: middle * Self.rowBytes) < name.digest { low = middle + 1 } else { high = middle }
        }
        let start = low * Self.rowBytes
        guard start + Self.rowBytes <= block.count, Digest(block.span, at: start) == name.digest,
            Self.u32(block, start + 32) == name.length
        else { return nil }
        let pack = Self.u32(block, start + 36)
        guard pack < packs.count else { return nil }
        return ChunkPlace(pack: packs[pack], offset: Self.u32(block, start + 40), stored: Self.u32(block, start + 44))
    }

    /// Writes a segment of `rows`, sorted by name, durably.
    static func write(_ rows: [(ChunkName, ChunkPlace)], packs: [Digest], in folder: Folder) throws(StoreError) -> IndexSegment {
        var numbers: [Digest: Int] = [:]
        for (number, pack) in packs.enumerated() { numbers[pack] = number }
        var iterator = rows.makeIterator()
        return try write(rowCount: rows.count, packs: packs, in: folder) { () throws(StoreError) in
            iterator.next().map { encode($0.0, numbers[$0.1.pack] ?? 0, $0.1) }
        }
    }

    private static func encode(_ name: ChunkName, _ pack: Int, _ place: ChunkPlace) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rowBytes)
        name.digest.append(to: &bytes)
        for value in [name.length, pack, place.offset, place.stored] { append(value, to: &bytes) }
        return bytes
    }

    private static func write(
        rowCount: Int, packs: [Digest], in folder: Folder, next: () throws(StoreError) -> [UInt8]?
    ) throws(StoreError) -> IndexSegment {
        let temporary = Folder.temporaryName()
        let name = temporary.dropFirst(4) + ".wbx"
        let file = try storing { () throws(SystemError) in try folder.file(temporary, .createNew) }
        var crc = CRC32()
        var offset = 0
        var buffer = magic
        append(packs.count, to: &buffer)
        append(rowCount, to: &buffer)
        for pack in packs { pack.append(to: &buffer) }
        func drain() throws(StoreError) {
            crc.update(buffer.span)
            let (at, bytes) = (offset, buffer)
            try storing { () throws(SystemError) in try file.write(bytes.span, at: at) }
            offset += buffer.count
            buffer.removeAll(keepingCapacity: true)
        }
        while let row = try next() {
            buffer += row
            if buffer.count >= 1 << 18 { try drain() }
        }
        try drain()
        append(Int(crc.value), to: &buffer)
        let (at, bytes) = (offset, buffer)
        try storing { () throws(SystemError) in
            try file.write(bytes.span, at: at)
            try file.sync()
            try folder.rename(temporary, to: String(name), in: folder)
            try folder.sync()
        }
        return try IndexSegment(folder: folder, name: String(name))
    }

    /// Reads a segment from front to end, a block at a time.
    private struct Cursor {
        let segment: IndexSegment
        let packOffset: Int
        var block: [UInt8] = []
        var blockIndex = -1
        var row = 0

        mutating func peek() throws(StoreError) -> Digest? {
            guard row < segment.rowCount else { return nil }
            let wanted = row / IndexSegment.fenceRows
            if wanted != blockIndex {
                block = try segment.read(block: wanted)
                blockIndex = wanted
            }
            return Digest(block.span, at: (row % IndexSegment.fenceRows) * IndexSegment.rowBytes)
        }

        /// The row that `peek` showed, with its pack renumbered.
        mutating func take() -> [UInt8] {
            let start = (row % IndexSegment.fenceRows) * IndexSegment.rowBytes
            var bytes = Array(block[start..<start + IndexSegment.rowBytes])
            var number: [UInt8] = []
            IndexSegment.append(IndexSegment.u32(bytes, 36) + packOffset, to: &number)
            bytes.replaceSubrange(36..<40, with: number)
            row += 1
            return bytes
        }
    }

    /// One segment with the rows of all; a chunk that stands in several keeps several rows.
    static func merge(_ segments: [IndexSegment], in folder: Folder) throws(StoreError) -> IndexSegment {
        var cursors: [Cursor] = []
        var packs: [Digest] = []
        for segment in segments {
            cursors.append(Cursor(segment: segment, packOffset: packs.count))
            packs += segment.packs
        }
        let total = segments.reduce(0) { $0 + $1.rowCount }
        return try write(rowCount: total, packs: packs, in: folder) { () throws(StoreError) in
            var best: (index: Int, digest: Digest)?
            for index in cursors.indices {
                guard let digest = try cursors[index].peek() else { continue }
                if let current = best, current.digest <= digest { continue }
                best = (index, digest)
            }
            guard let best else { return nil }
            return cursors[best.index].take()
        }
    }
}
