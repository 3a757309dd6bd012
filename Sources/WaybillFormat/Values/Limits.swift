/// Upper bounds of Protocol/STORE.md; a reader refuses more before it allocates.
public enum Limits {
    /// Raw bytes of a chunk.
    public static let chunk = 4 << 20
    /// Bytes of a pack, footer and trailer included.
    public static let pack = 64 << 20
    /// Bytes at which a writer closes a pack.
    public static let packTarget = 16 << 20
    /// Rows of a pack's footer.
    public static let packRows = 262_144
    /// A frame's bytes above its raw length.
    public static let frameOverhead = 512
    /// Rows of a full list segment.
    public static let segmentRows = 8_192
    /// Bytes of a list segment: 16 + 40 * 8,192.
    public static let segment = 16 + 40 * segmentRows
    /// Rows of a revision's chunk table that a reader takes: 4 TiB in chunks of 1 MiB, 192 MiB of memory.
    public static let revisionRows = 4 << 20
    /// Bytes of a locator.
    public static let locator = 16 << 20
    /// Bytes of a manifest.
    public static let manifest = 16 << 20
    /// Bytes of a ref entry's envelope.
    public static let refEntry = 64 << 10
    /// Bytes of an object under attestations/: an index, an envelope or a model signature.
    public static let attestation = 4 << 20
    /// Rows of an index of attestations.
    public static let attestations = 1_024
    /// Bytes of a key set's envelope.
    public static let keySet = 256 << 10
    /// Keys of a key set; also its roles.
    public static let keys = 64
    /// Bytes of waybill.json.
    public static let storeDescription = 64 << 10
    /// Bytes of catalog.json.
    public static let catalog = 16 << 20
    /// Bytes of a model's index.json.
    public static let refIndex = 4 << 20
    /// Digests of one "have" question.
    public static let have = 8_192
    /// 2^53 - 1: the largest number in our JSON.
    public static let number = (1 << 53) - 1
}
