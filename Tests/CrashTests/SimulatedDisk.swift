import Foundation
import WaybillSystem
import WaybillTestSupport

/// What a machine may find on its disk after a power loss behind the first events of a recording.
///
/// Durable is what was synced: a file's bytes by a sync of the file, a name by a sync of its folder, everything by a sync of the file
/// system. Of what is pending anything may be there: file data in pieces of 4 KiB, names one by one or in order. A rename happens
/// whole or not at all.
struct SimulatedDisk {
    /// How what is pending is treated.
    enum Mode: CaseIterable, Hashable {
        /// The process was killed; the machine runs on: everything is there.
        case killed
        /// Nothing that is pending is there.
        case nothingPending
        /// Names in order up to some point, as a journal of metadata gives; data at random.
        case orderedNames
        /// Anything.
        case anything
        /// All names, and no data: as if lengths and names were written long before the bytes.
        case namesOnly
    }

    /// Syncs that are taken for nothing: controls, which show that the states find what a missing sync would do.
    enum Ignored: Sendable { case nothing, fileSyncs, folderSyncs }

    private struct FileState {
        var durable: [UInt8]
        var pending: [Change] = []
    }

    private enum Change {
        case write(offset: Int, bytes: [UInt8])
        case truncate(size: Int)
    }

    private struct NameChange {
        let folders: [Node]
        let event: DiskEvent
        var isDurable = false
    }

    private let initial: DiskContents
    private let ignored: Ignored
    private var files: [Node: FileState] = [:]
    private var names: [NameChange] = []
    private(set) var acknowledged: Set<String> = []

    init(_ initial: DiskContents, events: ArraySlice<DiskEvent>, ignoring ignored: Ignored = .nothing) {
        self.initial = initial
        self.ignored = ignored
        for (node, bytes) in initial.files { files[node] = FileState(durable: bytes) }
        for event in events { take(event) }
    }

    private mutating func take(_ event: DiskEvent) {
        switch event {
        case .create(let folder, _, let node):
            files[node] = FileState(durable: [])
            names.append(NameChange(folders: [folder], event: event))
        case .makeFolder(let folder, _, _), .link(_, let folder, _), .unlink(let folder, _), .removeFolder(let folder, _):
            names.append(NameChange(folders: [folder], event: event))
        case .rename(_, let from, _, let to, _):
            names.append(NameChange(folders: [from, to], event: event))
        case .write(let node, let offset, let bytes): files[node]?.pending.append(.write(offset: offset, bytes: bytes))
        case .truncate(let node, let size): files[node]?.pending.append(.truncate(size: size))
        case .syncFile(let node): if ignored != .fileSyncs { settle(node) }
        case .failedSync(let node): files[node]?.pending.removeAll()
        case .syncFolder(let folder):
            guard ignored != .folderSyncs else { return }
            for index in names.indices where names[index].folders.contains(folder) { names[index].isDurable = true }
        case .syncFileSystem:
            for node in files.keys { settle(node) }
            for index in names.indices { names[index].isDurable = true }
        case .acknowledged(let what): acknowledged.insert(what)
        }
    }

    private mutating func settle(_ node: Node) {
        guard var file = files[node], !file.pending.isEmpty else { return }
        for change in file.pending { Self.apply(change, to: &file.durable) }
        file.pending = []
        files[node] = file
    }

    private static func apply(_ change: Change, to bytes: inout [UInt8]) {
        switch change {
        case .truncate(let size):
            if size < bytes.count {
                bytes.removeLast(bytes.count - size)
            } else {
                bytes += [UInt8](repeating: 0, count: size - bytes.count)
            }
        case .write(let offset, let new):
            let end = offset + new.count
            if end > bytes.count { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
            bytes.replaceSubrange(offset..<end, with: new)
        }
    }

    /// Writes the tree that the machine finds to `place`, which is empty.
    func materialise(at place: String, mode: Mode, generator: inout SeededGenerator) throws {
        var tree = initial.folders
        let pending = names.indices.filter { !names[$0].isDurable }
        let cut = pending.isEmpty ? 0 : Int.random(in: 0...pending.count, using: &generator)
        let kept: Set<Int> =
            switch mode {
            case .killed, .namesOnly: Set(pending)
            case .nothingPending: []
            case .orderedNames: Set(pending.prefix(cut))
            case .anything: Set(pending.filter { _ in Bool.random(using: &generator) })
            }
        for index in names.indices where names[index].isDurable || kept.contains(index) { Self.apply(names[index].event, to: &tree) }
        var written: [Node: String] = [:]
        try write(initial.root, at: place, tree, mode, &generator, &written)
    }

    private static func apply(_ event: DiskEvent, to tree: inout [Node: [String: Node]]) {
        switch event {
        case .create(let folder, let name, let node): tree[folder, default: [:]][name] = node
        case .makeFolder(let folder, let name, let node):
            tree[folder, default: [:]][name] = node
            if tree[node] == nil { tree[node] = [:] }
        case .link(let node, let folder, let name): tree[folder, default: [:]][name] = node
        case .unlink(let folder, let name), .removeFolder(let folder, let name): tree[folder]?[name] = nil
        case .rename(let node, let from, let name, let to, let newName):
            if tree[from]?[name] == node { tree[from]?[name] = nil }
            tree[to, default: [:]][newName] = node
        default: break
        }
    }

    private func write(
        _ folder: Node, at path: String, _ tree: [Node: [String: Node]], _ mode: Mode, _ generator: inout SeededGenerator,
        _ written: inout [Node: String]
    ) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, node) in (tree[folder] ?? [:]).sorted(by: { $0.key < $1.key }) {
            let inner = path + "/" + name
            if let other = written[node] {
                // A second name of a file. A folder whose rename back was lost has one name only.
                if files[node] != nil { try FileManager.default.linkItem(atPath: other, toPath: inner) }
                continue
            }
            written[node] = inner
            guard let file = files[node] else {
                try write(node, at: inner, tree, mode, &generator, &written)
                continue
            }
            try Data(bytes(of: file, mode, &generator)).write(to: URL(fileURLWithPath: inner))
        }
    }

    private func bytes(of file: FileState, _ mode: Mode, _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = file.durable
        let fate = Int.random(in: 0..<4, using: &generator)
        for change in file.pending {
            switch (mode, fate) {
            case (.killed, _), (.orderedNames, 0), (.anything, 0): Self.apply(change, to: &bytes)
            case (.nothingPending, _), (.orderedNames, 1), (.anything, 1): break
            case (.namesOnly, _):
                // The length without the bytes.
                if case .write(let offset, let new) = change, offset + new.count > bytes.count {
                    Self.apply(.truncate(size: offset + new.count), to: &bytes)
                } else if case .truncate(let size) = change, size > bytes.count {
                    Self.apply(change, to: &bytes)
                }
            default:
                guard case .write(let offset, let new) = change else {
                    if Bool.random(using: &generator) { Self.apply(change, to: &bytes) }
                    continue
                }
                var start = 0
                while start < new.count {
                    // Up to the next boundary of 4 KiB in the file.
                    let end = min(new.count, start + 4096 - (offset + start) % 4096)
                    if Bool.random(using: &generator) {
                        Self.apply(.write(offset: offset + start, bytes: Array(new[start..<end])), to: &bytes)
                    }
                    start = end
                }
            }
        }
        return bytes
    }
}
