/// A value of GGUF metadata, as far as papers read it.
public enum GGUFValue: Hashable, Sendable {
    /// Bytes that are not UTF-8 are replaced.
    case string(String)
    /// An array of strings.
    case strings([String])
    /// Any integer type that fits.
    case integer(Int)
    case real(Double)
    case boolean(Bool)
}
