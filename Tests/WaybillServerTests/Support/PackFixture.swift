import WaybillFormat
import WaybillSystem

/// Packs put together by hand, right in form and wrong in content.
enum PackFixture {
    static func pack(frames: [UInt8], rows: [PackRow]) -> (name: Digest, bytes: [UInt8]) {
        let end = PackFooter.header.count + frames.count
        let footer = PackFooter(nonce: [UInt8](repeating: 7, count: 16), bodyEnd: end, rows: rows).encoded()
        return (SHA256.digest(of: footer), PackFooter.header + frames + footer + PackTrailer(footerByteCount: footer.count).encoded())
    }

    /// A frame of a few bytes whose only plane says that it is 4 GiB of one value.
    static func bomb() -> (name: Digest, bytes: [UInt8]) {
        let huge: [UInt8] = [255, 255, 255, 255]
        var frame: [UInt8] = [1, 0, 1, 0] + huge
        frame += [1, 0, 0, 0] + huge + [1, 0, 0, 0] + [65]
        guard let name = ChunkName(digest: SHA256.digest(of: [65]), length: Limits.chunk) else { return (SHA256.digest(of: []), []) }
        return pack(frames: frame, rows: [PackRow(name: name, stored: frame.count, offset: PackFooter.header.count)])
    }
}

extension RevisionFixture {
    /// The pack's bytes between header and footer.
    var frames: [UInt8] { Array(pack[PackFooter.header.count..<footer.bodyEnd]) }
}
