import WaybillFormat

/// The files of a model that hold its parameters.
public enum ModelWeights {
    /// Formats that hold parameters, by the end of the file's name.
    static let suffixes = [
        ".safetensors", ".gguf", ".ggml", ".bin", ".pt", ".pth", ".ckpt", ".onnx", ".onnx_data", ".h5", ".hdf5", ".keras", ".msgpack",
        ".npz",
        ".tflite", ".mlmodel", ".pb", ".pdparams", ".nemo", ".llamafile",
    ]
    /// What a training leaves beside the parameters.
    static let otherStems = ["training_args", "optimizer", "scheduler", "rng_state", "scaler", "random_states"]

    /// Whether the file counts as weights: by its content where that was recognised, else by its name.
    public static func contains(_ path: ModelPath, size: Int, format: FileFormat) -> Bool {
        guard size > 0, let name = path.components.last?.lowercased() else { return false }
        if format != .opaque { return true }
        return suffixes.contains { name.hasSuffix($0) && name.count > $0.count } && !otherStems.contains { name.hasPrefix($0) }
    }

    /// By path.
    public static func paths(in files: [EvidenceFile]) -> [ModelPath] {
        files.filter { contains($0.path, size: $0.size, format: $0.format) }.map(\.path).sorted()
    }
}
