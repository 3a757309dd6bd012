/// 1 to 8,192 rows of a revision's chunk table.
public struct ListSegment: Hashable, Sendable {
    public let rows: [ChunkRow]

    private static let magic = Array("WBLIST1\n".utf8)

    /// The caller gives 1 to `Limits.segmentRows` rows.
    public init(rows: [ChunkRow]) { self.rows = rows }

    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        guard bytes.count >= Self.encodedByteCount(rows: 0) else { throw .rejected(subject, "too short for a list") }
        var reader = LittleEndianReader(bytes)
        guard reader.matches(Self.magic) else { throw .rejected(subject, "a list does not begin with WBLIST1") }
        let count = reader.u32()
        guard count >= 1, count <= Limits.segmentRows else {
            throw .rejected(subject, "\(count) rows, where 1 to \(Limits.segmentRows) are allowed")
        }
        guard reader.zeros(4) else { throw .rejected(subject, "reserved bytes are not zero") }
        guard bytes.count == Self.encodedByteCount(rows: count) else { throw .rejected(subject, "the length is not that of its rows") }
        var rows: [ChunkRow] = []
        rows.reserveCapacity(count)
        for index in 0..<count {
            let digest = reader.digest()
            let length = reader.u32()
            let element = reader.u8()
            guard reader.zeros(3) else { throw .rejected(subject, "row \(index): reserved bytes are not zero") }
            guard let name = ChunkName(digest: digest, length: length) else {
                throw .rejected(subject, "row \(index): a chunk of \(length) bytes")
            }
            rows.append(ChunkRow(name: name, element: ElementType(rawValue: element)))
        }
        self.rows = rows
    }

    /// Bytes of a segment with this many rows.
    public static func encodedByteCount(rows: Int) -> Int { 16 + 40 * rows }

    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.encodedByteCount(rows: rows.count))
        bytes += Self.magic
        bytes.append32(rows.count)
        bytes.appendZeros(4)
        for row in rows {
            row.name.digest.append(to: &bytes)
            bytes.append32(row.name.length)
            bytes.append(row.element.rawValue)
            bytes.appendZeros(3)
        }
        return bytes
    }
}
