import WaybillFormat
import WaybillSystem

extension StoreCheck {
    private struct InspectedPack: Sendable {
        let name: Digest
        var size = 0
        var frames = 0
        var damage: StoreFindings.PackDamage?
    }

    /// Every pack: header, trailer and footer; with `readsData` also every frame.
    func checkPacks(_ findings: inout StoreFindings) async throws(StoreError) {
        let (packs, strangers, total) = try await work.run { [root] _ throws(StoreError) in
            let found = try StoreTree.digests("packs", root)
            var total = 0
            for pack in found.digests {
                if let size = try? root.folder(["packs", pack.shard]).status(pack.hex)?.size { total += size }
            }
            return (found.digests, found.strangers, total)
        }
        findings.packs = packs
        findings.report.packs = packs.count
        findings.report.notices += strangers.map { "\($0) has no place in a store" }
        advance {
            $0 = StoreCheckProgress()
            $0.objectsTotal = packs.count
            $0.bytesTotal = readsData ? total : 0
        }
        var damaged: [InspectedPack] = []
        var frames = 0
        var bytes = 0
        try await work.each(packs) { [self] (pack, context) throws(StoreError) in
            let inspected = try inspect(pack, &context)
            advance {
                $0.objectsDone += 1
                if readsData { $0.bytesDone += inspected.size }
            }
            return inspected
        } take: { pack in
            frames += pack.frames
            bytes += pack.size
            if pack.damage != nil { damaged.append(pack) }
        }
        findings.report.frames = frames
        findings.report.packBytes = bytes
        for pack in damaged { findings.badPacks[pack.name] = pack.damage }
    }

    private func inspect(_ name: Digest, _ context: inout WorkContext) throws(StoreError) -> InspectedPack {
        var pack = InspectedPack(name: name)
        let (file, size): (OwnedFile, Int)
        switch try StoredObject.open(.pack(name), root) {
        case .absent: return pack  // A collector took it meanwhile.
        case .unreadable(let cause):
            pack.damage = .init(cause: cause, badFrames: nil)
            return pack
        case .file(let opened, let bytes): (file, size) = (opened, bytes)
        }
        pack.size = size
        let footer: PackFooter
        do throws(StoreError) {
            footer = try PackFile.footer(of: file, size: size, name: name, label: label)
        } catch {
            pack.damage = .init(cause: error.cause, badFrames: nil)
            return pack
        }
        pack.frames = footer.rows.count
        guard readsData else { return pack }
        var bad: Set<Int> = []
        var first = ""
        for row in footer.rows {
            do throws(StoreError) {
                try PackFile.verify(row, of: file, name: name, context: &context)
            } catch {
                if bad.isEmpty { first = error.cause }
                bad.insert(row.offset)
            }
        }
        if !bad.isEmpty {
            let count = bad.count == 1 ? "a frame is damaged" : "\(bad.count) of \(footer.rows.count) frames are damaged"
            pack.damage = .init(cause: "\(count): \(first)", badFrames: bad)
        }
        return pack
    }
}
