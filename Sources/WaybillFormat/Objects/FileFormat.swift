/// What a file was recognised as when it was cut into chunks.
public enum FileFormat: String, Sendable, CaseIterable {
    case safetensors
    case gguf
    case opaque
}
