/// What an answer's `Content-Range` says: `bytes start-end/total`.
public struct ContentRange: Hashable, Sendable {
    public let start: Int
    /// Inclusive.
    public let end: Int
    /// The object's bytes; nil where the server wrote `*`.
    public let total: Int?

    /// Nil for any other form, `bytes */total` included, and for numbers that contradict one another.
    public init?(header: String) {
        let parts = header.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 2, String(Substring(parts[0])).lowercased() == "bytes" else { return nil }
        let halves = parts[1].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        let bounds = halves[0].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard bounds.count == 2, let start = ByteRange.number(bounds[0]), let end = ByteRange.number(bounds[1]) else { return nil }
        guard start <= end, end < Int.max else { return nil }
        if halves[1].elementsEqual("*".utf8) {
            total = nil
        } else {
            guard let size = ByteRange.number(halves[1]), end < size else { return nil }
            total = size
        }
        self.start = start
        self.end = end
    }

    /// What a server answers with: these bytes, at least one, of an object of `size`.
    public init(_ range: Range<Int>, size: Int) {
        start = range.lowerBound
        end = range.upperBound - 1
        total = size
    }

    public var range: Range<Int> { start..<end + 1 }

    public var header: String { "bytes \(start)-\(end)/\(total.map { String($0) } ?? "*")" }

    /// The header of a 416 for an object of `size`.
    public static func unsatisfied(size: Int) -> String { "bytes */\(size)" }
}
