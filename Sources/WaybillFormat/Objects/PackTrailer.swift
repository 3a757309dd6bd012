/// The last 16 bytes of a pack: how long the footer before them is.
public struct PackTrailer: Hashable, Sendable {
    public let footerByteCount: Int

    public static let byteCount = 16
    private static let magic = Array("WBPKEND\n".utf8)

    public init(footerByteCount: Int) { self.footerByteCount = footerByteCount }

    /// - Parameters:
    ///   - bytes: the pack's last 16 bytes.
    ///   - packSize: the bytes of the whole pack; the footer is checked to lie within it.
    public init(decoding bytes: [UInt8], packSize: Int, subject: String) throws(FormatError) {
        guard packSize <= Limits.pack else { throw .rejected(subject, "larger than \(Limits.pack) bytes") }
        guard bytes.count == Self.byteCount else { throw .rejected(subject, "too short for a pack") }
        var reader = LittleEndianReader(bytes)
        let length = reader.u32()
        guard reader.zeros(4) else { throw .rejected(subject, "reserved bytes of the trailer are not zero") }
        guard reader.matches(Self.magic) else { throw .rejected(subject, "the pack does not end with WBPKEND") }
        let rowBytes = length - PackFooter.encodedByteCount(rows: 0)
        guard rowBytes >= 80, rowBytes % 80 == 0, rowBytes / 80 <= Limits.packRows else {
            throw .rejected(subject, "a footer cannot have \(length) bytes")
        }
        guard length <= packSize - Self.byteCount - PackFooter.header.count else {
            throw .rejected(subject, "the footer is longer than the pack")
        }
        footerByteCount = length
    }

    /// Where the footer begins in a pack of `packSize` bytes.
    public func footerOffset(packSize: Int) -> Int { packSize - Self.byteCount - footerByteCount }

    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append32(footerByteCount)
        bytes.appendZeros(4)
        bytes += Self.magic
        return bytes
    }
}
