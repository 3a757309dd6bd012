/// Where chunks lie at a source, in the order in which it is best read: for a packed source by its locators, for a raw one by the
/// files themselves. Sources that have the same bytes at the same places share one.
public struct ChunkLayout: Sendable {
    /// A chunk at its place.
    public struct Slot: Sendable, Hashable {
        public let row: Int
        /// The pack or file, by a number that the caller gives.
        public let object: Int
        public let offset: Int
        public let stored: Int

        public init(row: Int, object: Int, offset: Int, stored: Int) {
            self.row = row
            self.object = object
            self.offset = offset
            self.stored = stored
        }

        var end: Int { offset + stored }
    }

    public private(set) var slots: [Slot] = []
    /// Index of each row's slot, from `firstRow` on; -1 where there is none.
    private var slotOfRow: [Int32] = []
    private var firstRow = 0

    public init() {}

    public init(_ slots: [Slot]) { append(slots) }

    /// Objects in the order of the first chunk that each has, so that files complete one after another; inside them by offset.
    public static func sorted(_ slots: [Slot]) -> [Slot] {
        var order: [Int: Int] = [:]
        for (index, slot) in slots.enumerated() where order[slot.object] == nil { order[slot.object] = index }
        return slots.sorted { a, b in
            let (first, second) = (order[a.object] ?? 0, order[b.object] ?? 0)
            return first == second ? a.offset < b.offset : first < second
        }
    }

    /// Index into `slots`; nil if the source does not have the row.
    public func index(of row: Int) -> Int? {
        let place = row - firstRow
        guard place >= 0, place < slotOfRow.count, slotOfRow[place] >= 0 else { return nil }
        return Int(slotOfRow[place])
    }

    /// Adds slots behind the others, and drops those that `isDone` names.
    mutating func append(_ more: [Slot], dropping isDone: (Int) -> Bool = { _ in false }) {
        slots = slots.filter { !isDone($0.row) } + more
        firstRow = slots.map(\.row).min() ?? 0
        slotOfRow = [Int32](repeating: -1, count: (slots.map(\.row).max() ?? -1) + 1 - firstRow)
        for (index, slot) in slots.enumerated() where slotOfRow[slot.row - firstRow] < 0 { slotOfRow[slot.row - firstRow] = Int32(index) }
    }
}
