import WaybillStore
import WaybillSystem

/// How a push divides the memory of its buffers, in bytes.
struct PushMemory: Equatable {
    /// For packs: one that is filled, the others on their way. Three keep encoder and store busy; an interruption loses no more.
    let packs: Int
    /// For windows of files that are read, hashed and encoded.
    let windows: Int

    /// The largest number of packs.
    private static let most = 3
    /// What the windows need for all threads to have work.
    private static let readers = 5 * FileReader.window
    /// Two windows: one is read while the other is encoded. The least that `--memory` gives is a little more than this and a pack.
    private static let least = 2 * FileReader.window

    init(of budget: Int) {
        let pack = SlabPool.rounded(PackBuilder.slabCapacity)
        packs = max(1, min(Self.most, (budget - Self.readers) / pack)) * pack
        windows = max(Self.least, budget - packs)
    }
}
