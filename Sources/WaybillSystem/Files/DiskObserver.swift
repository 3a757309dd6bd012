import Glibc
import Synchronization

/// What a process asks of a disk. Descriptors are open while the operation is under way, not longer.
package enum DiskOperation: Sendable {
    /// Opens `name`, and makes the file if it is not there.
    case create(folder: Int32, name: String)
    case read(file: Int32, offset: Int, count: Int)
    case write(file: Int32, offset: Int, bytes: [UInt8])
    case truncate(file: Int32, size: Int)
    /// fsync or fdatasync of a file.
    case syncFile(Int32)
    case syncFolder(Int32)
    case syncFileSystem(Int32)
    case rename(folder: Int32, name: String, newFolder: Int32, newName: String)
    case link(folder: Int32, name: String, newFolder: Int32, newName: String)
    case unlink(folder: Int32, name: String)
    case makeFolder(folder: Int32, name: String)
    case removeFolder(folder: Int32, name: String)
}

/// What happens in place of an operation.
package enum DiskFault: Sendable, Equatable {
    /// It fails with this errno, and changes nothing.
    case failure(Int32)
    /// A write takes only so many bytes, at least one. Legal at any time: whoever writes has to go on with the rest.
    case short(Int)
}

/// Sees every operation below a folder, one after another: records them, or makes some fail. For tests.
package protocol DiskObserver: AnyObject, Sendable {
    /// What is to happen in place of `operation`; nil lets it happen.
    func fault(before operation: DiskOperation) -> DiskFault?
    /// The operation was carried out, and did not fail.
    func happened(_ operation: DiskOperation)
}

/// The observers of this process. None in a shipped command: then an operation costs one relaxed load more.
package enum DiskObservation {
    private struct Entry {
        let prefix: String
        let observer: any DiskObserver
        // Operations of one observer are made one after another, so that what it sees has an order.
        let turn: Turn
    }

    final class Turn: Sendable {
        let mutex = Mutex(())
    }

    private static let entries = Mutex<[Entry]>([])
    private static let isActive = Atomic<Bool>(false)

    /// Shows `observer` all operations on things whose path begins with `path` and a slash, or is `path`.
    package static func begin(_ observer: any DiskObserver, below path: String) {
        entries.withLock { $0.append(Entry(prefix: path, observer: observer, turn: Turn())) }
        isActive.store(true, ordering: .releasing)
    }

    package static func end(_ observer: any DiskObserver) {
        entries.withLock { entries in
            entries.removeAll { $0.observer === observer }
            if entries.isEmpty { isActive.store(false, ordering: .releasing) }
        }
    }

    static func observer(of path: String) -> (observer: any DiskObserver, turn: Turn)? {
        guard isActive.load(ordering: .acquiring) else { return nil }
        return entries.withLock { entries in
            entries.first { path.hasPrefix($0.prefix) && (path.utf8.count == $0.prefix.utf8.count || path.hasPrefix($0.prefix + "/")) }
                .map { ($0.observer, $0.turn) }
        }
    }
}
