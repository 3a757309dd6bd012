import Glibc
import Synchronization
import WaybillSystem

/// Records what a process does to the files below a folder, as events whose order is that of the operations.
final class DiskRecorder: DiskObserver {
    private struct State {
        var events: [DiskEvent] = []
        var nodes: [UInt64: Node] = [:]
        var names: [Node: [String: Node]] = [:]
        var nextNumber = 0
    }

    let root: String
    let initial: DiskContents
    private let state: Mutex<State>
    /// Asked first, so that recorded runs can have faults.
    private let faults: FaultPlan?

    /// Reads everything below `root`; begins to record at once.
    init(root: String, faults: FaultPlan? = nil) throws {
        self.root = root
        self.faults = faults
        var state = State()
        var contents = DiskContents()
        func node(_ status: stat) -> Node {
            if let known = state.nodes[UInt64(status.st_ino)] { return known }
            let node = Node(number: state.nextNumber)
            state.nextNumber += 1
            state.nodes[UInt64(status.st_ino)] = node
            return node
        }
        func walk(_ path: String) throws -> Node {
            var status = stat()
            guard stat(path, &status) == 0 else { throw Failure("stat \(path)") }
            let node = node(status)
            if status.st_mode & S_IFMT == S_IFDIR {
                var names: [String: Node] = [:]
                for name in try Folder.open(path).names() { names[name] = try walk(path + "/" + name) }
                contents.folders[node] = names
                state.names[node] = names
            } else {
                let file = try OwnedFile.open(path, .read)
                contents.files[node] = try file.read(at: 0, count: Int(status.st_size))
            }
            return node
        }
        contents.root = try walk(root)
        initial = contents
        self.state = Mutex(state)
        DiskObservation.begin(self, below: root)
    }

    struct Failure: Error { let text: String; init(_ text: String) { self.text = text } }

    var events: [DiskEvent] { state.withLock { $0.events } }

    func acknowledge(_ what: String) { state.withLock { $0.events.append(.acknowledged(what)) } }

    func end() { DiskObservation.end(self) }

    func fault(before operation: DiskOperation) -> DiskFault? {
        guard let fault = faults?.fault(before: operation, on: { self.node($0) }) else { return nil }
        if faults?.kind == .failedSync, case .syncFile(let file) = operation, let node = node(file) {
            state.withLock { $0.events.append(.failedSync(node)) }
        }
        return fault
    }

    private func node(_ descriptor: Int32) -> Node? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        return state.withLock { $0.nodes[UInt64(status.st_ino)] }
    }

    private func node(in folder: Int32, _ name: String) -> UInt64? {
        var status = stat()
        return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? UInt64(status.st_ino) : nil
    }

    func happened(_ operation: DiskOperation) {
        switch operation {
        case .read: return
        case .create(let folder, let name): appear(folder, name) { .create(folder: $0, name: name, $1) }
        case .makeFolder(let folder, let name): appear(folder, name) { .makeFolder(folder: $0, name: name, $1) }
        case .write(let file, let offset, let bytes): on(file) { .write($0, offset: offset, bytes: bytes) }
        case .truncate(let file, let size): on(file) { .truncate($0, size: size) }
        case .syncFile(let file): on(file) { .syncFile($0) }
        case .syncFolder(let folder): on(folder) { .syncFolder($0) }
        case .syncFileSystem: state.withLock { $0.events.append(.syncFileSystem) }
        case .rename(let folder, let name, let newFolder, let newName):
            guard let from = node(folder), let to = node(newFolder) else { return }
            state.withLock { state in
                guard let moved = state.names[from]?.removeValue(forKey: name) else { return }
                state.names[to, default: [:]][newName] = moved
                state.events.append(.rename(moved, from: from, name: name, to: to, newName: newName))
            }
        case .link(let folder, let name, let newFolder, let newName):
            guard let from = node(folder), let to = node(newFolder) else { return }
            state.withLock { state in
                guard let file = state.names[from]?[name] else { return }
                state.names[to, default: [:]][newName] = file
                state.events.append(.link(file, folder: to, name: newName))
            }
        case .unlink(let folder, let name): disappear(folder, name) { .unlink(folder: $0, name: name) }
        case .removeFolder(let folder, let name): disappear(folder, name) { .removeFolder(folder: $0, name: name) }
        }
    }

    private func on(_ descriptor: Int32, _ event: (Node) -> DiskEvent) {
        guard let node = node(descriptor) else { return }
        state.withLock { $0.events.append(event(node)) }
    }

    /// A name that was not there has a new node behind it, also where the file system uses an inode again.
    private func appear(_ folder: Int32, _ name: String, _ event: (Node, Node) -> DiskEvent) {
        guard let parent = node(folder), let inode = node(in: folder, name) else { return }
        state.withLock { state in
            guard state.names[parent]?[name] == nil else { return }
            let node = Node(number: state.nextNumber)
            state.nextNumber += 1
            state.nodes[inode] = node
            state.names[parent, default: [:]][name] = node
            state.events.append(event(parent, node))
        }
    }

    private func disappear(_ folder: Int32, _ name: String, _ event: (Node) -> DiskEvent) {
        guard let parent = node(folder) else { return }
        state.withLock { state in
            state.names[parent]?[name] = nil
            state.events.append(event(parent))
        }
    }
}
