/// What a file, or something inside it, was looked at as.
public enum ContentKind: String, Sendable, CaseIterable, Comparable {
    case pickle, zip, tar, gzip, zlib, unreadArchive, numpy, safetensors, gguf, json, chatTemplate, hdf5, onnx, tensorflow, executable,
        script, python, bytecode
    /// Nothing that is known: searched for pickles.
    case unknown

    public static func < (a: ContentKind, b: ContentKind) -> Bool { a.rawValue < b.rawValue }
}
