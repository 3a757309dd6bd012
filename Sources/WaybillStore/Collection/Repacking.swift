import WaybillFormat
import WaybillSystem

/// Copies the chosen frames of partly dead packs into new packs, each decoded and hashed on the way. Blocks.
struct Repacking {
    let store: DirectoryStore
    let selection: CopySelection

    struct Outcome: Sendable {
        /// Packs all of whose chosen frames are in other packs now, durably.
        var moved: [Digest] = []
        var byteCount = 0
        var notices: [String] = []
    }

    func run(_ packs: [Digest], context: inout WorkContext) throws(StoreError) -> Outcome {
        var outcome = Outcome()
        var numbers: [Digest: Int] = [:]
        for (number, pack) in selection.packs.enumerated() { numbers[pack.name] = number }
        let slab = Slab(capacity: PackBuilder.slabCapacity)
        var builder = PackBuilder(slab: slab)
        // Read to the end, with frames in the builder.
        var open: [Digest] = []
        var openBytes = 0
        func flush() throws(StoreError) {
            if let pack = builder.finish() { try store.putPack(pack) }
            builder = PackBuilder(slab: slab)
            outcome.moved += open
            outcome.byteCount += openBytes
            open = []
            openBytes = 0
        }
        do throws(StoreError) {
            for name in packs {
                guard let number = numbers[name], let file = try store.openFile(.pack(name)),
                    let footer = store.packFooter(name)?.footer
                else { continue }
                do throws(StoreError) {
                    for row in footer.rows where selection.isChosen(row, in: number) {
                        try PackFile.verify(row, of: file, name: name, context: &context)
                        while !builder.append(row.name, frame: context.frame) { try flush() }
                        openBytes += row.stored
                    }
                    open.append(name)
                } catch  where error.code == .integrity {
                    outcome.notices.append("pack \(name) was left as it is: \(error.cause)")
                }
            }
            try flush()
        } catch  where error.code == .storage {
            // No room to copy: what is wholly dead can go all the same, and makes some.
            outcome.notices.append("partly dead packs were left as they are: \(error.cause)")
        }
        return outcome
    }
}
