/// A file or folder of a recorded disk; a number that is never used again, as inodes are.
struct Node: Hashable, Sendable {
    let number: Int
}

/// One operation that changed a recorded disk, in terms that do not depend on where it was.
enum DiskEvent: Sendable {
    case create(folder: Node, name: String, Node)
    case makeFolder(folder: Node, name: String, Node)
    case write(Node, offset: Int, bytes: [UInt8])
    case truncate(Node, size: Int)
    case syncFile(Node)
    /// A sync that failed: the kernel dropped what was pending, and calls the pages clean.
    case failedSync(Node)
    case syncFolder(Node)
    case syncFileSystem
    case rename(Node, from: Node, name: String, to: Node, newName: String)
    case link(Node, folder: Node, name: String)
    case unlink(folder: Node, name: String)
    case removeFolder(folder: Node, name: String)
    /// Not of the disk: the caller was told that something is done.
    case acknowledged(String)
}

/// What a disk held when recording began: all of it durable.
struct DiskContents: Sendable {
    var root = Node(number: 0)
    var folders: [Node: [String: Node]] = [:]
    var files: [Node: [UInt8]] = [:]
}
