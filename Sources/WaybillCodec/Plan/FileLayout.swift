import WaybillFormat

/// How a file is cut under plan `t1` (Protocol/CHUNKING.md): a pure function of its bytes.
public struct FileLayout: Sendable {
    public let format: FileFormat
    /// The whole file, in order, without holes; empty for an empty file.
    public let spans: [LayoutSpan]

    package init(format: FileFormat, spans: [LayoutSpan]) {
        self.format = format
        self.spans = spans
    }

    /// A file of no known format.
    public static func opaque(size: Int) -> FileLayout {
        FileLayout(format: .opaque, spans: size > 0 ? [LayoutSpan(offset: 0, length: size, kind: .contentDefined)] : [])
    }

    /// Looks at the header of a file of `size` bytes.
    ///
    /// `read` gives the bytes from an offset on, fewer than asked for only if the file shrank, which makes it opaque. No more than
    /// 1 MiB is asked for at once, a safetensors header (at most 32 MiB) excepted, which is asked for whole.
    /// - Throws: what `read` throws.
    public static func detect<E: Error>(
        size: Int, read: (_ offset: Int, _ count: Int) throws(E) -> [UInt8]
    ) throws(E) -> FileLayout {
        guard size > 0 else { return .opaque(size: 0) }
        if let tensors = try GGUFHeader.tensors(size: size, read: read) {
            return FileLayout(format: .gguf, spans: TensorLayout.spans(of: tensors, size: size))
        }
        if let tensors = try SafetensorsHeader.tensors(size: size, read: read) {
            return FileLayout(format: .safetensors, spans: TensorLayout.spans(of: tensors, size: size))
        }
        return .opaque(size: size)
    }
}
