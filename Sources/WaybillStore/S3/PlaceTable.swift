import WaybillFormat

/// Where chunks lie, for millions of them: 56 bytes a chunk. Of a chunk that is inserted twice the later place counts.
package struct PlaceTable: Sendable {
    private struct Row: Sendable, BitwiseCopyable {
        let digest: Digest
        let length: UInt32
        var pack: UInt32
        var offset: UInt32
        var stored: UInt32
    }

    private var rows: [Row] = []
    /// Row number + 1, or 0: open addressing, at most half full.
    private var slots: [UInt32] = Array(repeating: 0, count: 64)
    private var packs: [Digest] = []
    private var packNumbers: [Digest: UInt32] = [:]
    private var dropped: Set<UInt32> = []

    package init() {}

    package var count: Int { rows.count }

    /// nil for a chunk that is not known, or lies in a pack that was dropped.
    package func place(of name: ChunkName) -> ChunkPlace? {
        let slot = self.slot(of: name)
        guard slots[slot] > 0 else { return nil }
        let row = rows[Int(slots[slot]) - 1]
        guard !dropped.contains(row.pack) else { return nil }
        return ChunkPlace(pack: packs[Int(row.pack)], offset: Int(row.offset), stored: Int(row.stored))
    }

    package mutating func insert(_ name: ChunkName, _ place: ChunkPlace) {
        let number = self.number(of: place.pack)
        dropped.remove(number)
        let row = Row(
            digest: name.digest, length: UInt32(name.length), pack: number, offset: UInt32(place.offset), stored: UInt32(place.stored))
        let slot = self.slot(of: name)
        if slots[slot] > 0 {
            rows[Int(slots[slot]) - 1] = row
            return
        }
        rows.append(row)
        slots[slot] = UInt32(rows.count)
        if rows.count * 2 > slots.count { grow() }
    }

    /// Forgets what lies in a pack, until something is inserted that lies there.
    package mutating func drop(_ pack: Digest) {
        if let number = packNumbers[pack] { dropped.insert(number) }
    }

    private mutating func number(of pack: Digest) -> UInt32 {
        if let number = packNumbers[pack] { return number }
        let number = UInt32(packs.count)
        packs.append(pack)
        packNumbers[pack] = number
        return number
    }

    private func slot(of name: ChunkName) -> Int {
        // A digest is as good as random already.
        var slot = Int(truncatingIfNeeded: name.digest.prefix) & (slots.count - 1)
        while slots[slot] > 0 {
            let row = rows[Int(slots[slot]) - 1]
            if row.digest == name.digest, Int(row.length) == name.length { return slot }
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private mutating func grow() {
        slots = Array(repeating: 0, count: slots.count * 2)
        for (number, row) in rows.enumerated() {
            var slot = Int(truncatingIfNeeded: row.digest.prefix) & (slots.count - 1)
            while slots[slot] > 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }
}
