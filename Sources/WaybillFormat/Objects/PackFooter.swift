/// One frame of a pack.
public struct PackRow: Hashable, Sendable, BitwiseCopyable {
    public let name: ChunkName
    /// The frame's bytes, 1 to raw length + `Limits.frameOverhead`.
    public let stored: Int
    /// Where the frame begins in the pack.
    public let offset: Int

    public init(name: ChunkName, stored: Int, offset: Int) {
        self.name = name
        self.stored = stored
        self.offset = offset
    }
}

/// The end of a pack, which names it: which chunks its frames hold.
public struct PackFooter: Hashable, Sendable {
    /// 16 random bytes: no two packs have the same name.
    public let nonce: [UInt8]
    /// Where the frames end and the footer begins.
    public let bodyEnd: Int
    /// By ascending offset.
    public let rows: [PackRow]

    /// The first bytes of a pack.
    public static let header: [UInt8] = Array("WBPACK1\n".utf8)

    private static let magic = Array("WBFOOT1\n".utf8)
    private static let headByteCount = 56
    private static let rowByteCount = 80

    /// Not checked; see `validated(subject:)`.
    public init(nonce: [UInt8], bodyEnd: Int, rows: [PackRow]) {
        self.nonce = nonce
        self.bodyEnd = bodyEnd
        self.rows = rows
    }

    /// - Parameter packSize: the bytes of the whole pack, if they are known: the footer must lie where it says.
    public init(decoding bytes: [UInt8], subject: String, packSize: Int? = nil) throws(FormatError) {
        guard bytes.count >= Self.headByteCount else { throw .rejected(subject, "the footer is too short") }
        var reader = LittleEndianReader(bytes)
        guard reader.matches(Self.magic) else { throw .rejected(subject, "the footer does not begin with WBFOOT1") }
        let nonce = reader.take(16)
        let bodyEnd = reader.u64()
        let count = reader.u32()
        guard count >= 1, count <= Limits.packRows else {
            throw .rejected(subject, "\(count) rows, where 1 to \(Limits.packRows) are allowed")
        }
        guard bytes.count == Self.encodedByteCount(rows: count) else {
            throw .rejected(subject, "the footer's length is not that of its rows")
        }
        guard reader.zeros(20) else { throw .rejected(subject, "reserved bytes of the footer are not zero") }
        guard bodyEnd <= UInt64(Limits.pack) else { throw .rejected(subject, "the footer lies beyond the largest pack") }
        var rows: [PackRow] = []
        rows.reserveCapacity(count)
        for index in 0..<count { rows.append(try Self.row(&reader, index, subject)) }
        self.init(nonce: nonce, bodyEnd: Int(bodyEnd), rows: rows)
        try validated(subject: subject)
        if let packSize, packSize != packByteCount { throw .rejected(subject, "the footer does not lie where it says") }
    }

    /// Bytes of a footer with this many rows.
    public static func encodedByteCount(rows: Int) -> Int { headByteCount + rowByteCount * rows }

    /// Bytes of the whole pack: frames, footer and trailer.
    public var packByteCount: Int { bodyEnd + Self.encodedByteCount(rows: rows.count) + PackTrailer.byteCount }

    /// Checks that the rows cover the frames' area without gap or overlap, and the limits.
    @discardableResult
    public func validated(subject: String = "pack") throws(FormatError) -> PackFooter {
        guard nonce.count == 16 else { throw .rejected(subject, "the nonce has \(nonce.count) bytes") }
        guard rows.count >= 1, rows.count <= Limits.packRows else { throw .rejected(subject, "\(rows.count) rows") }
        guard bodyEnd <= Limits.pack, packByteCount <= Limits.pack else { throw .rejected(subject, "larger than \(Limits.pack) bytes") }
        var end = Self.header.count
        for (index, row) in rows.enumerated() {
            guard row.stored >= 1, row.stored <= row.name.length + Limits.frameOverhead else {
                throw .rejected(subject, "row \(index): a frame of \(row.stored) bytes for a chunk of \(row.name.length)")
            }
            guard row.offset == end else { throw .rejected(subject, "row \(index): the frame does not begin where the one before ends") }
            end += row.stored
            guard end <= bodyEnd else { throw .rejected(subject, "row \(index): the frame reaches into the footer") }
        }
        guard end == bodyEnd else { throw .rejected(subject, "bytes between the last frame and the footer") }
        return self
    }

    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.encodedByteCount(rows: rows.count))
        bytes += Self.magic
        bytes += nonce
        bytes.append64(bodyEnd)
        bytes.append32(rows.count)
        bytes.appendZeros(20)
        for row in rows {
            row.name.digest.append(to: &bytes)
            bytes.append32(row.name.length)
            bytes.append32(row.stored)
            bytes.append32(row.offset)
            bytes.appendZeros(36)
        }
        return bytes
    }

    private static func row(_ reader: inout LittleEndianReader, _ index: Int, _ subject: String) throws(FormatError) -> PackRow {
        let digest = reader.digest()
        let length = reader.u32()
        let stored = reader.u32()
        let offset = reader.u32()
        let kind = reader.u8()
        guard let name = ChunkName(digest: digest, length: length) else {
            throw .rejected(subject, "row \(index): a chunk of \(length) bytes")
        }
        guard kind == 0 else { throw .rejected(subject, "row \(index): the kind \(kind) is unknown") }
        guard reader.zeros(35) else { throw .rejected(subject, "row \(index): reserved bytes are not zero") }
        return PackRow(name: name, stored: stored, offset: offset)
    }
}
