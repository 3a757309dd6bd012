import WaybillFormat
import WaybillSystem

/// A pack that is complete in memory: header, frames, footer, trailer.
public struct FinishedPack: Sendable {
    /// SHA-256 of the footer: the pack's name.
    public let name: Digest
    public let footer: PackFooter
    /// The whole object.
    public let slab: Slab
}

/// Collects frames of verified chunks until a pack is full. Not shared between tasks.
public final class PackBuilder {
    /// Rows that fit, so that a pack of tiny chunks stays small too.
    static let maximumRows = 16_384
    /// Room for the last frame and for the footer above the target.
    public static let slabCapacity =
        Limits.packTarget + Limits.chunk + Limits.frameOverhead + PackFooter.encodedByteCount(rows: maximumRows) + 64

    private let slab: Slab
    private var rows: [PackRow] = []

    /// - Parameter slab: an empty slab of `slabCapacity`.
    public init(slab: Slab) {
        self.slab = slab
        slab.resize(0)
        let header = PackFooter.header
        slab.append(header.span)
    }

    public var isEmpty: Bool { rows.isEmpty }

    /// Bytes of the pack so far.
    public var byteCount: Int { slab.count }

    public var isFull: Bool { slab.count >= Limits.packTarget || rows.count >= Self.maximumRows }

    /// Adds the frame that `FrameEncoder` made of `chunk`.
    /// - Returns: false if the pack is full.
    public func append(_ chunk: ChunkName, frame: Slab) -> Bool {
        guard !isFull else { return false }
        let offset = slab.count
        guard slab.append(frame, range: 0..<frame.count) else { return false }
        rows.append(PackRow(name: chunk, stored: frame.count, offset: offset))
        return true
    }

    /// Writes footer and trailer. The builder is used up. Nil if there is no row.
    public func finish() -> FinishedPack? {
        guard !rows.isEmpty else { return nil }
        var generator = SystemRandomNumberGenerator()
        let nonce = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let footer = PackFooter(nonce: nonce, bodyEnd: slab.count, rows: rows)
        let encoded = footer.encoded()
        slab.append(encoded.span)
        let trailer = PackTrailer(footerByteCount: encoded.count).encoded()
        slab.append(trailer.span)
        return FinishedPack(name: SHA256.digest(of: encoded), footer: footer, slab: slab)
    }
}
