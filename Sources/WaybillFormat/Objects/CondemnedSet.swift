/// Objects that a collector means to delete: `gc/<name>` (Protocol/STORE.md, Collection).
public struct CondemnedSet: Hashable, Sendable {
    /// Microseconds since 1970 by the store's clock, before the collector looked. What was written since is spared.
    public let madeAt: Int
    /// All four ascending, each digest once.
    public let manifests: [Digest]
    public let lists: [Digest]
    /// By the digests of their list segments.
    public let locators: [Digest]
    public let packs: [Digest]

    /// Digests of all kinds together; a collector leaves the rest to its next run.
    public static let maximumDigests = 1 << 20
    public static let maximumBytes = headByteCount + maximumDigests * Digest.byteCount + 4

    private static let magic = Array("WBCOND1\n".utf8)
    private static let headByteCount = 32

    /// The caller gives at most `maximumDigests` in all.
    public init(madeAt: Int, manifests: [Digest] = [], lists: [Digest] = [], locators: [Digest] = [], packs: [Digest] = []) {
        func sorted(_ digests: [Digest]) -> [Digest] { digests.count < 2 ? digests : Set(digests).sorted() }
        self.madeAt = madeAt
        self.manifests = sorted(manifests)
        self.lists = sorted(lists)
        self.locators = sorted(locators)
        self.packs = sorted(packs)
    }

    public var isEmpty: Bool { manifests.isEmpty && lists.isEmpty && locators.isEmpty && packs.isEmpty }

    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        guard bytes.count >= Self.headByteCount + 4, bytes.count <= Self.maximumBytes else {
            throw .rejected(subject, "a condemned set cannot have \(bytes.count) bytes")
        }
        var reader = LittleEndianReader(bytes)
        guard reader.matches(Self.magic) else { throw .rejected(subject, "a condemned set does not begin with WBCOND1") }
        let madeAt = reader.u64()
        guard madeAt <= UInt64(Limits.number) else { throw .rejected(subject, "no time") }
        let counts = [reader.u32(), reader.u32(), reader.u32(), reader.u32()]
        // Each is below 2^32, so that the sum does not overflow.
        guard bytes.count == Self.headByteCount + counts.reduce(0, +) * Digest.byteCount + 4 else {
            throw .rejected(subject, "the length is not that of its tables")
        }
        var end = LittleEndianReader(bytes, at: bytes.count - 4)
        guard end.u32() == Int(CRC32.checksum(bytes, count: bytes.count - 4)) else { throw .rejected(subject, "the CRC-32 does not match") }
        var groups: [[Digest]] = []
        for count in counts {
            var group: [Digest] = []
            group.reserveCapacity(count)
            for _ in 0..<count {
                let digest = reader.digest()
                if let last = group.last, digest <= last { throw .rejected(subject, "digests do not ascend") }
                group.append(digest)
            }
            groups.append(group)
        }
        self.madeAt = Int(madeAt)
        (manifests, lists, locators, packs) = (groups[0], groups[1], groups[2], groups[3])
    }

    public func encoded() -> [UInt8] {
        var bytes = Self.magic
        bytes.append64(madeAt)
        for group in [manifests, lists, locators, packs] { bytes.append32(group.count) }
        for group in [manifests, lists, locators, packs] {
            for digest in group { digest.append(to: &bytes) }
        }
        bytes.append32(Int(CRC32.checksum(bytes)))
        return bytes
    }
}
