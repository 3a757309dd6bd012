import WaybillCodec
import WaybillFormat
import WaybillSystem

/// A frame that was found in a damaged pack and decodes to a chunk of that name.
struct FoundFrame: Sendable {
    let pack: Digest
    let name: ChunkName
    let offset: Int
    let stored: Int
}

/// Finds frames in a pack whose footer cannot be read: each frame's header says how long it is, so that one leads to the next. Where
/// a header is damaged, the next place that a locator names is tried.
struct FrameWalk {
    /// Decodes what it finds; blocks.
    static func frames(
        of file: OwnedFile, size: Int, pack: Digest, hints: [Int], context: inout WorkContext
    ) -> [FoundFrame] {
        var found: [FoundFrame] = []
        var offset = PackFooter.header.count
        let hints = hints.sorted()
        while offset < size {
            guard let head = try? file.read(at: offset, count: FrameHeader.largestByteCount),
                let lengths = FrameHeader.lengths(head), offset + lengths.stored <= size
            else {
                guard let next = hints.first(where: { $0 > offset }) else { break }
                offset = next
                continue
            }
            if let name = name(of: file, offset: offset, lengths, &context) {
                found.append(FoundFrame(pack: pack, name: name, offset: offset, stored: lengths.stored))
            }
            offset += lengths.stored
        }
        return found
    }

    private static func name(
        of file: OwnedFile, offset: Int, _ lengths: (raw: Int, stored: Int), _ context: inout WorkContext
    ) -> ChunkName? {
        let (frame, output, decoder) = (context.frame, context.chunk, context.decoder)
        frame.resize(0)
        guard (try? file.read(at: offset, count: lengths.stored, into: frame)) == lengths.stored,
            (try? decoder.decode(frame, range: 0..<lengths.stored, rawLength: lengths.raw, into: output, subject: "frame")) != nil,
            let chunk = VerifiedChunk.naming(output, range: 0..<output.count)
        else { return nil }
        return chunk.name
    }
}
