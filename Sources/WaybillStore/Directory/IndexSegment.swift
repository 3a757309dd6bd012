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

    /// Gives `take` the places of each of `names`, which are sorted, until it answers true for that name.
    /// - Parameter take: gets the number of the name and a place.
    func forEachPlace(
        of names: [ChunkName], _ take: (Int, ChunkPlace) throws(StoreError) -> Bool
    ) throws(StoreError) {
        var block: [UInt8] = []
        var blockIndex = -1
        for (index, name) in names.enumerated() {
            var candidate = blockOf(name.digest.prefix)
            // Equal digests, and equal prefixes, may straddle fences: look into the blocks before as well.
            search: while candidate >= 0 {
                if candidate != blockIndex {
                    block = try read(block: candidate)
                    blockIndex = candidate
                }
                for place in places(block, name) where try take(index, place) { break search }
                if fence[candidate] != name.digest.prefix { break }
                candidate -= 1
            }
        }
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

    /// The rows of `name` in a block.
    private func places(_ block: [UInt8], _ name: ChunkName) -> [ChunkPlace] {
        var low = 0
        var high = block.count / Self.rowBytes
        while low < high {
            let middle = (low + high) / 2
            if Digest(block.span, at: middle * Self.rowBytes) < name.digest { low = middle + 1 } else { high = middle }
        }
        var places: [ChunkPlace] = []
        var start = low * Self.rowBytes
        while start + Self.rowBytes <= block.count, Digest(block.span, at: start) == name.digest {
            let pack = Self.u32(block, start + 36)
            if Self.u32(block, start + 32) == name.length, pack < packs.count {
                places.append(ChunkPlace(pack: packs[pack], offset: Self.u32(block, start + 40), stored: Self.u32(block, start + 44)))
            }
            start += Self.rowBytes
        }
        return places
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
        /// The new number of each pack; nil for one whose rows are left out.
        let numbers: [Int?]
        var block: [UInt8] = []
        var blockIndex = -1
        var row = 0

        /// The digest of the next row that stays.
        mutating func peek() throws(StoreError) -> Digest? {
            while row < segment.rowCount {
                let wanted = row / IndexSegment.fenceRows
                if wanted != blockIndex {
                    block = try segment.read(block: wanted)
                    blockIndex = wanted
                }
                let start = (row % IndexSegment.fenceRows) * IndexSegment.rowBytes
                if number(at: start) != nil { return Digest(block.span, at: start) }
                row += 1
            }
            return nil
        }

        private func number(at start: Int) -> Int? {
            let pack = IndexSegment.u32(block, start + 36)
            return pack < numbers.count ? numbers[pack] : nil
        }

        /// The row that `peek` showed, with its pack renumbered.
        mutating func take() -> [UInt8] {
            let start = (row % IndexSegment.fenceRows) * IndexSegment.rowBytes
            var bytes = Array(block[start..<start + IndexSegment.rowBytes])
            var number: [UInt8] = []
            IndexSegment.append(self.number(at: start) ?? 0, to: &number)
            bytes.replaceSubrange(36..<40, with: number)
            row += 1
            return bytes
        }
    }

    /// One segment with the rows of all; a chunk that stands in several packs keeps several rows.
    /// - Returns: nil if no row is left.
    static func merge(
        _ segments: [IndexSegment], dropping gone: Set<Digest> = [], in folder: Folder
    ) throws(StoreError) -> IndexSegment? {
        var cursors: [Cursor] = []
        var packs: [Digest] = []
        for segment in segments {
            var numbers: [Int?] = []
            for pack in segment.packs {
                let stays = !gone.contains(pack)
                numbers.append(stays ? packs.count : nil)
                if stays { packs.append(pack) }
            }
            cursors.append(Cursor(segment: segment, numbers: numbers))
        }
        var total = 0
        for cursor in cursors {
            // The header has the number of rows, and stands before them.
            var counter = cursor
            while try counter.peek() != nil {
                total += 1
                counter.row += 1
            }
        }
        guard total > 0 else { return nil }
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
