/// The object `latest` of a ref: the number of a recent entry. A hint, possibly stale.
public enum RefHint {
    /// Ten digits and a line feed.
    public static func encode(_ n: Int) -> [UInt8] { Array((ObjectName.tenDigits(n) + "\n").utf8) }

    /// Nil for anything else: the reader then begins at entry 1.
    public static func decode(_ bytes: [UInt8]) -> Int? {
        guard bytes.last == UInt8(ascii: "\n") else { return nil }
        return ObjectName.entryNumber(String(decoding: bytes.dropLast(), as: UTF8.self))
    }
}
