import Synchronization
import WaybillFormat
import WaybillStore
import WaybillSystem

/// The pack that is being filled, by the threads that encode. Few packs exist at a time: who wants to open one more waits until the store
/// has taken one.
final class PackFiller: Sendable {
    enum Outcome {
        /// The frame is in a pack, which it may have filled.
        case taken(full: FinishedPack?)
        /// No pack is open: another frame has just filled it.
        case noPack
    }

    // Only touched inside the lock.
    private final class Building: @unchecked Sendable {
        var builder: PackBuilder?
    }

    private let building = Mutex(Building())
    private let opening = AsyncSemaphore(permits: 1)
    private let packs: SlabPool

    init(_ room: PushMemory) { packs = SlabPool(budget: room.packs) }

    /// Waits until a pack is open. It may be full again by the time that the caller has a frame.
    func open() async {
        await opening.acquire()
        defer { opening.release() }
        guard building.withLock({ $0.builder == nil }) else { return }
        let slab = await packs.acquire(PackBuilder.slabCapacity)
        building.withLock { $0.builder = PackBuilder(slab: slab) }
    }

    /// Copies the frame into the open pack.
    func append(_ chunk: ChunkName, _ frame: Slab) -> Outcome {
        building.withLock { building in
            guard let builder = building.builder, builder.append(chunk, frame: frame) else { return .noPack }
            guard builder.isFull else { return .taken(full: nil) }
            building.builder = nil
            return .taken(full: builder.finish())
        }
    }

    /// The pack that was being filled; nil if there was nothing in it.
    func close() -> FinishedPack? {
        building.withLock { building in
            defer { building.builder = nil }
            return building.builder?.finish()
        }
    }
}
