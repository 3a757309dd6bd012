import Synchronization
import WaybillFormat
import WaybillSystem

/// Footers of packs, read when they are asked for. Bounded: a store with ten million chunks must not fill the memory.
final class FooterCache: Sendable {
    /// What is known of a pack.
    enum Footer: Sendable {
        case absent
        case unreadable
        case rows([PackRow])
    }

    private struct State {
        var footers: [Digest: Footer] = [:]
        var rows = 0
    }

    /// Rows kept; 56 bytes each.
    private static let limit = 262_144
    private let root: Folder
    private let label: String
    private let state = Mutex(State())

    init(root: Folder, label: String) {
        self.root = root
        self.label = label
    }

    /// Blocks.
    func footer(_ pack: Digest) throws(StoreError) -> Footer {
        if let known = state.withLock({ $0.footers[pack] }) { return known }
        let footer = try Self.read(pack, root, label)
        let count: Int
        if case .rows(let rows) = footer { count = rows.count } else { count = 1 }
        state.withLock { state in
            if state.rows + count > Self.limit { state = State() }
            if state.footers.updateValue(footer, forKey: pack) == nil { state.rows += count }
        }
        return footer
    }

    /// Whether the pack's footer says that the chunk lies there.
    func confirms(_ name: ChunkName, at place: ChunkPlace) throws(StoreError) -> Confirmation {
        switch try footer(place.pack) {
        case .absent: return .noPack
        case .unreadable: return .unreadablePack
        case .rows(let rows):
            var low = 0
            var high = rows.count
            while low < high {
                let middle = (low + high) / 2
                if rows[middle].offset < place.offset { low = middle + 1 } else { high = middle }
            }
            guard low < rows.count, rows[low].offset == place.offset, rows[low].stored == place.stored, rows[low].name == name else {
                return .otherwise
            }
            return .yes
        }
    }

    enum Confirmation: Sendable {
        case yes
        case noPack
        case unreadablePack
        /// The pack is readable and has something else there.
        case otherwise
    }

    static func read(_ pack: Digest, _ root: Folder, _ label: String) throws(StoreError) -> Footer {
        switch try StoredObject.open(.pack(pack), root) {
        case .absent: return .absent
        case .unreadable: return .unreadable
        case .file(let file, let size):
            guard let footer = try? PackFile.footer(of: file, size: size, name: pack, label: label) else { return .unreadable }
            return .rows(footer.rows)
        }
    }
}
