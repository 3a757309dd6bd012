/// Reads a source from front to back through a small window. Methods give nil where the source ends too early.
struct ByteWindow {
    static let maximumRead = 1 << 20

    let source: any ByteSource
    /// How much is read at a time.
    private let piece: Int
    private var window: [UInt8] = []
    private var start = 0
    private(set) var position: Int

    init(_ source: any ByteSource, at position: Int = 0, piece: Int = 64 << 10) {
        self.source = source
        self.piece = piece
        self.position = position
        start = position
    }

    /// Makes at least one byte available; false at the end.
    private mutating func fill() throws(ScanStop) -> Bool {
        let index = position - start
        if index >= 0, index < window.count { return true }
        window = try source.read(position, piece)
        start = position
        return !window.isEmpty
    }

    mutating func next() throws(ScanStop) -> UInt8? {
        guard try fill() else { return nil }
        defer { position += 1 }
        return window[position - start]
    }

    mutating func peek() throws(ScanStop) -> UInt8? {
        guard try fill() else { return nil }
        return window[position - start]
    }

    /// The next `count` bytes; the caller bounds them.
    mutating func take(_ count: Int) throws(ScanStop) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(count, Self.maximumRead))
        while bytes.count < count {
            guard try fill() else { return nil }
            let index = position - start
            let end = min(window.count, index + count - bytes.count)
            bytes += window[index..<end]
            position += end - index
        }
        return bytes
    }

    /// Passes over `count` bytes, unread where the source has a size.
    mutating func skip(_ count: Int) throws(ScanStop) -> Bool {
        guard count >= 0 else { return false }
        let (target, overflow) = position.addingReportingOverflow(count)
        guard !overflow else { return false }
        if let size = source.size {
            guard target <= size else { return false }
        } else if count > 0 {
            // Proves that the byte before the target is there.
            guard try !source.read(target - 1, 1).isEmpty else { return false }
        }
        position = target
        return true
    }

    mutating func seek(_ target: Int) { position = target }

    mutating func integer(width: Int) throws(ScanStop) -> UInt64? {
        var value: UInt64 = 0
        for index in 0..<width {
            guard let byte = try next() else { return nil }
            value |= UInt64(byte) << UInt64(8 * index)
        }
        return value
    }

    /// What stands before the next line feed, which is consumed; of a longer line only `limit` bytes are kept.
    mutating func line(keeping limit: Int) throws(ScanStop) -> [UInt8]? {
        var bytes: [UInt8] = []
        while let byte = try next() {
            if byte == 0x0A { return bytes }
            if bytes.count < limit { bytes.append(byte) }
        }
        return nil
    }

    /// Whether nothing follows.
    mutating func isAtEnd() throws(ScanStop) -> Bool { try !fill() }
}
