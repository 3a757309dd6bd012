/// Chunks that a store is asked about (`POST /v1/have`), or that it lacks: records of 36 bytes.
public struct HaveQuery: Hashable, Sendable {
    /// At most `Limits.have`.
    public let chunks: [ChunkName]

    public static let recordByteCount = 36
    /// More is refused before it is read.
    public static let maximumBytes = recordByteCount * Limits.have

    public init(chunks: [ChunkName]) { self.chunks = chunks }

    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        guard bytes.count <= Self.maximumBytes else { throw .rejected(subject, "more than \(Limits.have) chunks") }
        guard bytes.count % Self.recordByteCount == 0 else { throw .rejected(subject, "not whole records of 36 bytes") }
        var reader = LittleEndianReader(bytes)
        var chunks: [ChunkName] = []
        chunks.reserveCapacity(bytes.count / Self.recordByteCount)
        for index in 0..<bytes.count / Self.recordByteCount {
            let digest = reader.digest()
            let length = reader.u32()
            guard let name = ChunkName(digest: digest, length: length) else {
                throw .rejected(subject, "record \(index): a chunk of \(length) bytes")
            }
            chunks.append(name)
        }
        self.chunks = chunks
    }

    public func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.recordByteCount * chunks.count)
        for chunk in chunks {
            chunk.digest.append(to: &bytes)
            bytes.append32(chunk.length)
        }
        return bytes
    }
}

/// The answer to a `HaveQuery`: one bit a chunk, the first in the lowest bit of the first byte.
public struct HaveAnswer: Hashable, Sendable {
    /// Chunk by chunk: whether the store holds a full form.
    public let held: [Bool]

    public init(held: [Bool]) { self.held = held }

    /// - Parameter count: how many chunks were asked about.
    public init(decoding bytes: [UInt8], count: Int, subject: String) throws(FormatError) {
        guard bytes.count == Self.byteCount(count) else {
            throw .rejected(subject, "\(bytes.count) bytes answer a question about \(count) chunks")
        }
        held = (0..<count).map { bytes[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
        if count % 8 != 0, let last = bytes.last, last >> UInt8(count % 8) != 0 {
            throw .rejected(subject, "bits behind the last chunk are not zero")
        }
    }

    public func encoded() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.byteCount(held.count))
        for (index, isHeld) in held.enumerated() where isHeld { bytes[index / 8] |= 1 << UInt8(index % 8) }
        return bytes
    }

    public static func byteCount(_ chunks: Int) -> Int { (chunks + 7) / 8 }
}
