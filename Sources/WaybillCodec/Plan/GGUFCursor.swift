/// Reads a GGUF header through a window, so that a header of 64 MiB costs 1 MiB of memory. Every method returns nil where the
/// header ends too early; nothing is allocated by a length that was not checked.
struct GGUFCursor {
    /// The header and its padding end here at the latest.
    private static let maximumHeader = 64 << 20
    private static let firstWindow = 64 << 10
    private static let nextWindow = 1 << 20

    private let end: Int
    private var window: [UInt8] = []
    private var windowStart = 0
    private(set) var position = 0

    init(size: Int) { end = min(size, Self.maximumHeader) }

    /// Bytes that may still belong to the header.
    var remaining: Int { end - position }

    /// Passes over `count` bytes.
    mutating func skip(_ count: Int) -> Void? {
        guard count >= 0, count <= remaining else { return nil }
        position += count
        return ()
    }

    /// Makes `count` bytes (at most 1 MiB) from the position on available in the window.
    private mutating func fill<E: Error>(_ count: Int, _ read: (Int, Int) throws(E) -> [UInt8]) throws(E) -> Bool {
        guard count <= remaining else { return false }
        if position >= windowStart, position + count <= windowStart + window.count { return true }
        let length = min(remaining, max(count, windowStart == 0 && window.isEmpty ? Self.firstWindow : Self.nextWindow))
        window = try read(position, length)
        windowStart = position
        return window.count == length
    }

    mutating func integer<T: FixedWidthInteger, E: Error>(_: T.Type, _ read: (Int, Int) throws(E) -> [UInt8]) throws(E) -> T? {
        let width = T.bitWidth / 8
        guard try fill(width, read) else { return nil }
        var value: UInt64 = 0
        for index in 0..<width { value |= UInt64(window[position - windowStart + index]) << UInt64(8 * index) }
        position += width
        return T(truncatingIfNeeded: value)
    }

    /// The next `count` bytes, at most 1 MiB.
    mutating func bytes<E: Error>(_ count: Int, _ read: (Int, Int) throws(E) -> [UInt8]) throws(E) -> ArraySlice<UInt8>? {
        guard try fill(count, read) else { return nil }
        let start = position - windowStart
        position += count
        return window[start..<start + count]
    }

    /// The length in front of a string, at most `limit`.
    mutating func length<E: Error>(atMost limit: Int, _ read: (Int, Int) throws(E) -> [UInt8]) throws(E) -> Int? {
        guard let length = try integer(UInt64.self, read), length <= UInt64(limit) else { return nil }
        return Int(length)
    }
}
