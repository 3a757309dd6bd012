import WaybillCodec
import WaybillFormat
import WaybillSystem

/// Walks a file's layout in windows of at most `FileReader.window` bytes. Pure: it is told where each cut ended.
package struct WindowCursor {
    package struct Cut: Sendable {
        package let range: Range<Int>
        package let element: ElementType
    }

    /// Bytes to read at once.
    package struct Window: Sendable {
        package let offset: Int
        package let length: Int
        /// Chunks known beforehand, relative to the window; empty for content-defined chunking.
        package let fixed: [Cut]
        /// The region of content-defined chunking ends with this window.
        package let endsRegion: Bool

        /// The chunks that lie whole in the filled slab. At least one, if the slab holds what was asked.
        package func cut(_ slab: Slab) -> [Cut] {
            guard fixed.isEmpty else { return fixed }
            var cuts: [Cut] = []
            var at = 0
            while at < slab.count, let length = GearChunker.cut(slab, from: at, to: slab.count, isLast: endsRegion) {
                cuts.append(Cut(range: at..<at + length, element: .opaque))
                at += length
            }
            return cuts
        }
    }

    private let layout: FileLayout
    private var span = 0
    private var position = 0

    package init(layout: FileLayout) { self.layout = layout }

    package var isAtEnd: Bool { span >= layout.spans.count }

    /// The next window from the current position; nil at the end.
    package func next() -> Window? {
        guard span < layout.spans.count else { return nil }
        let first = layout.spans[span]
        if case .contentDefined = first.kind {
            let left = first.offset + first.length - position
            let length = min(left, FileReader.window)
            return Window(offset: position, length: length, fixed: [], endsRegion: length == left)
        }
        var cuts: [Cut] = []
        var length = 0
        for candidate in layout.spans[span...] {
            guard case .fixed(let element) = candidate.kind, length + candidate.length <= FileReader.window else { break }
            cuts.append(Cut(range: length..<length + candidate.length, element: element))
            length += candidate.length
        }
        return Window(offset: first.offset, length: length, fixed: cuts, endsRegion: false)
    }

    /// Continues behind `offset`, where the last chunk that was cut ends.
    package mutating func advance(past offset: Int) {
        position = offset
        while span < layout.spans.count, layout.spans[span].offset + layout.spans[span].length <= offset { span += 1 }
    }
}
