/// Where a frame lies.
public struct ChunkPlace: Hashable, Sendable, BitwiseCopyable {
    public let pack: Digest
    public let offset: Int
    /// The frame's bytes.
    public let stored: Int

    public init(pack: Digest, offset: Int, stored: Int) {
        self.pack = pack
        self.offset = offset
        self.stored = stored
    }
}

/// Where the chunks of one list segment lie, row by row: a hint, replaceable at any time.
public struct Locator: Hashable, Sendable {
    /// The digest of the list segment.
    public let segment: Digest
    /// Row by row; nil where the store does not hold the chunk.
    public let places: [ChunkPlace?]
    /// The packs in the order of the object's table.
    public let packs: [Digest]
    /// Delta forms, reserved: checked, kept, not understood.
    private let alternates: [UInt8]

    private static let magic = Array("WBLOCT1\n".utf8)
    private static let headByteCount = 56
    private static let rowByteCount = 12
    private static let alternateByteCount = 80
    private static let maximumPacks = 65_536
    private static let maximumAlternates = 65_536
    private static let noPack = 0xFFFF_FFFF

    /// - Parameter places: row by row, 1 to `Limits.segmentRows` of them.
    public init(segment: Digest, places: [ChunkPlace?]) {
        self.segment = segment
        self.places = places
        var seen: Set<Digest> = []
        packs = places.compactMap { $0?.pack }.filter { seen.insert($0).inserted }
        alternates = []
    }

    /// Checks also that the object is about this segment, with this number of rows.
    public init(decoding bytes: [UInt8], segment: Digest, rows: Int, subject: String) throws(FormatError) {
        try self.init(decoding: bytes, subject: subject)
        guard self.segment == segment else { throw .rejected(subject, "it is about another list, \(self.segment)") }
        guard places.count == rows else { throw .rejected(subject, "\(places.count) rows, where the list has \(rows)") }
    }

    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        guard bytes.count >= Self.headByteCount + 4, bytes.count <= Limits.locator else {
            throw .rejected(subject, "a locator cannot have \(bytes.count) bytes")
        }
        var reader = LittleEndianReader(bytes)
        guard reader.matches(Self.magic) else { throw .rejected(subject, "a locator does not begin with WBLOCT1") }
        segment = reader.digest()
        let rowCount = reader.u32()
        let packCount = reader.u32()
        let alternateCount = reader.u32()
        guard rowCount >= 1, rowCount <= Limits.segmentRows else {
            throw .rejected(subject, "\(rowCount) rows, where 1 to \(Limits.segmentRows) are allowed")
        }
        guard packCount <= Self.maximumPacks else { throw .rejected(subject, "\(packCount) packs") }
        guard alternateCount <= Self.maximumAlternates else { throw .rejected(subject, "\(alternateCount) alternates") }
        let tables = Digest.byteCount * packCount + Self.rowByteCount * rowCount + Self.alternateByteCount * alternateCount
        guard bytes.count == Self.headByteCount + tables + 4 else { throw .rejected(subject, "the length is not that of its tables") }
        var end = LittleEndianReader(bytes, at: bytes.count - 4)
        guard end.u32() == Int(CRC32.checksum(bytes, count: bytes.count - 4)) else { throw .rejected(subject, "the CRC-32 does not match") }
        guard reader.zeros(4) else { throw .rejected(subject, "reserved bytes are not zero") }

        var packs: [Digest] = []
        packs.reserveCapacity(packCount)
        for _ in 0..<packCount { packs.append(reader.digest()) }
        guard Set(packs).count == packCount else { throw .rejected(subject, "a pack stands twice") }
        var places: [ChunkPlace?] = []
        places.reserveCapacity(rowCount)
        for index in 0..<rowCount { places.append(try Self.place(&reader, packs, "row \(index)", subject)) }
        let alternatesAt = reader.position
        for index in 0..<alternateCount { try Self.checkAlternate(&reader, packs, rowCount, index, subject) }
        self.packs = packs
        self.places = places
        alternates = Array(bytes[alternatesAt..<bytes.count - 4])
    }

    public func encoded() -> [UInt8] {
        var numbers: [Digest: Int] = [:]
        for (number, pack) in packs.enumerated() { numbers[pack] = number }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            Self.headByteCount + Digest.byteCount * packs.count + Self.rowByteCount * places.count + alternates.count + 4)
        bytes += Self.magic
        segment.append(to: &bytes)
        bytes.append32(places.count)
        bytes.append32(packs.count)
        bytes.append32(alternates.count / Self.alternateByteCount)
        bytes.appendZeros(4)
        for pack in packs { pack.append(to: &bytes) }
        for place in places {
            // Every place's pack is in the table: both initializers see to it.
            bytes.append32(place.flatMap { numbers[$0.pack] } ?? Self.noPack)
            bytes.append32(place?.offset ?? 0)
            bytes.append32(place?.stored ?? 0)
        }
        bytes += alternates
        bytes.append32(Int(CRC32.checksum(bytes)))
        return bytes
    }

    private static func place(
        _ reader: inout LittleEndianReader, _ packs: [Digest], _ row: String, _ subject: String
    ) throws(FormatError) -> ChunkPlace? {
        let number = reader.u32()
        let offset = reader.u32()
        let stored = reader.u32()
        if number == noPack {
            guard offset == 0, stored == 0 else { throw .rejected(subject, "\(row): a place in no pack") }
            return nil
        }
        guard number < packs.count else { throw .rejected(subject, "\(row): pack \(number) of \(packs.count)") }
        guard stored >= 1 else { throw .rejected(subject, "\(row): a frame of no bytes") }
        guard offset + stored <= Limits.pack else { throw .rejected(subject, "\(row): the frame ends beyond the largest pack") }
        return ChunkPlace(pack: packs[number], offset: offset, stored: stored)
    }

    private static func checkAlternate(
        _ reader: inout LittleEndianReader, _ packs: [Digest], _ rows: Int, _ index: Int, _ subject: String
    ) throws(FormatError) {
        guard reader.u32() < rows else { throw .rejected(subject, "alternate \(index): no such row") }
        guard try place(&reader, packs, "alternate \(index)", subject) != nil else {
            throw .rejected(subject, "alternate \(index): it lies in no pack")
        }
        _ = reader.u8()
        guard reader.zeros(3) else { throw .rejected(subject, "alternate \(index): reserved bytes are not zero") }
        _ = reader.digest()
        guard reader.zeros(28) else { throw .rejected(subject, "alternate \(index): reserved bytes are not zero") }
    }
}
