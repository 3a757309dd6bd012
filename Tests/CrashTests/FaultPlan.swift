import Glibc
import Synchronization
import WaybillSystem

/// Which operation fails, and how.
final class FaultPlan: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case readError, writeError, noSpace, shortWrites, failedSync, failedFolderSync, failedName
        /// From some operation on nothing works any more: as if the process had been killed there.
        case dead
    }

    let kind: Kind
    /// Of the operations of that kind, which one fails first; all later ones that touch the same disk space fail too where that
    /// is how disks are (no space), one alone otherwise.
    let number: Int
    private struct State {
        var seen = 0
        var fired = 0
        var poisoned: Set<Node> = []
        var touchedAfterFailedSync = 0
        var isOver = false
    }
    private let state = Mutex(State())

    init(_ kind: Kind, number: Int) {
        self.kind = kind
        self.number = number
    }

    /// Operations that could have failed.
    var chances: Int { state.withLock { $0.seen } }
    /// How often a fault happened.
    var fired: Int { state.withLock { $0.fired } }
    /// Writes and syncs of a file after a sync of it had failed: there must be none.
    var touchedAfterFailedSync: Int { state.withLock { $0.touchedAfterFailedSync } }

    /// From here on nothing fails.
    func finish() { state.withLock { $0.isOver = true } }

    func fault(before operation: DiskOperation, on node: (Int32) -> Node?) -> DiskFault? {
        let file: Int32? =
            switch operation {
            case .write(let file, _, _), .syncFile(let file): file
            default: nil
            }
        let touched = file.flatMap(node)
        return state.withLock { state in
            if let touched, state.poisoned.contains(touched) { state.touchedAfterFailedSync += 1 }
            guard !state.isOver else { return nil }
            // What is dead reads nothing either; but between two reads no disk differs, so that they are no places to die at.
            if kind == .dead, case .read = operation { return state.fired > 0 ? .failure(EIO) : nil }
            guard let fault = fault(for: operation) else { return nil }
            state.seen += 1
            let repeats = kind == .noSpace || kind == .shortWrites || kind == .dead
            guard repeats ? state.seen > number : state.seen - 1 == number else { return nil }
            state.fired += 1
            if kind == .failedSync, let touched { state.poisoned.insert(touched) }
            return fault
        }
    }

    private func fault(for operation: DiskOperation) -> DiskFault? {
        switch (kind, operation) {
        case (.dead, _), (.readError, .read): .failure(EIO)
        case (.writeError, .write): .failure(EIO)
        case (.noSpace, .write), (.noSpace, .create), (.noSpace, .makeFolder): .failure(ENOSPC)
        case (.shortWrites, .write(_, _, let bytes)) where bytes.count > 1: .short(bytes.count / 2)
        case (.failedSync, .syncFile), (.failedSync, .syncFileSystem): .failure(EIO)
        case (.failedFolderSync, .syncFolder): .failure(EIO)
        case (.failedName, .rename), (.failedName, .link), (.failedName, .unlink): .failure(EIO)
        default: nil
        }
    }
}
