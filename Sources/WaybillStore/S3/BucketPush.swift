import WaybillFormat
import WaybillSystem

/// What one push knows of a bucket.
struct BucketPush: Sendable {
    struct Intent: Sendable {
        let name: PushName
        let startedAt: Int

        var path: String { "intents/\(name)" }
        var bytes: [UInt8] { WriterIntent(holder: .mirror, startedAt: startedAt).encoded() }
    }

    var intent: Intent?
    /// Condemned sets that were there when the intent was made; later ones wait for it.
    var condemned = BucketCondemned()
    var places = PlaceTable()
    /// Bytes of packs that are there.
    var packs: [Digest: Int] = [:]
    /// Lists that were stored with their locators, manifests that were stored.
    var stored: Set<Digest> = []
    /// Where marks of packs go.
    var model: ModelName?
    /// Packs of this model that have marks.
    var marks: Set<Digest> = []
    /// Packs that locators of this push name.
    var used: Set<Digest> = []
    /// Lists of other revisions whose places were learned.
    var learned: Set<Digest> = []
    /// An entry was created: the marks are of no more use.
    var isDone = false
    var renewal: Task<Void, Never>?

    func markPath(_ pack: Digest) -> String? { model.map { Self.marksFolder($0) + pack.hex } }

    static func marksFolder(_ model: ModelName) -> String { "private/pushes/\(model.path)/" }

    /// Learns where the chunks of a pack lie.
    mutating func learn(_ footer: PackFooter, of pack: Digest) {
        guard !condemned.packs.contains(pack) else { return }
        for row in footer.rows { places.insert(row.name, ChunkPlace(pack: pack, offset: row.offset, stored: row.stored)) }
    }
}
