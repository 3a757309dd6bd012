/// One loop of the codec or the formats on fixed data: what the micro-benchmarks time and the instruction guard counts.
public struct HotLoop {
    public let name: String
    /// Raw bytes that one run goes through.
    public let bytes: Int
    /// Whether the instructions are those of this package. SHA-256 is OpenSSL's and text is mostly zlib's.
    public let isGuarded: Bool
    public let run: () -> Void

    init(_ name: String, bytes: Int, isGuarded: Bool = true, run: @escaping () -> Void) {
        self.name = name
        self.bytes = bytes
        self.isGuarded = isGuarded
        self.run = run
    }

    /// All loops, each on about `bytes` of data.
    public static func all(bytes: Int) -> [HotLoop] {
        frames(bytes: bytes) + kernels(bytes: bytes) + scans(bytes: bytes) + objects()
    }
}

/// Keeps a result from being optimised away.
@inline(never)
func consume<Value>(_: Value) {}
