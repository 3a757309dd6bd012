import WaybillFormat
import WaybillSystem

/// `private/locks/gc`: commits share it, a collector that condemns or deletes has it alone. Nobody waits for it on a thread of the
/// pool: a stopped process that holds it must not stop a server. Held until the value is released, or the process ends.
package struct CollectionLock: Sendable {
    package enum Mode: Sendable {
        /// A commit, or a locator that is written: what it saw in the store stays until it is done.
        case shared
        /// The collector, or whoever else takes objects away.
        case exclusive
    }

    private let file: OwnedFile

    /// Tries until it has the lock.
    /// - Throws: `.unavailable` after `patience`.
    package static func acquire(
        _ mode: Mode, in store: DirectoryStore, patience: Duration = .seconds(30)
    ) async throws(StoreError) -> CollectionLock {
        let end = ContinuousClock.now + patience
        var pause = Duration.milliseconds(2)
        while true {
            let file = try await store.work.run { [store] _ throws(StoreError) -> OwnedFile? in
                try storing { () throws(SystemError) in
                    let file = try store.privateFolder.folder("locks", create: true).file("gc", .readWrite)
                    return (mode == .shared ? file.tryLockShared() : file.tryLock()) ? file : nil
                }
            }
            if let file { return CollectionLock(file: file) }
            guard ContinuousClock.now < end else { throw busy(mode, store) }
            do { try await Task.sleep(for: pause) } catch {
                throw StoreError(.interrupted, subject: store.label, cause: "interrupted while it waited for the store's lock")
            }
            pause = min(pause * 2, .milliseconds(100))
        }
    }

    private static func busy(_ mode: Mode, _ store: DirectoryStore) -> StoreError {
        switch mode {
        case .shared:
            StoreError(
                .unavailable, subject: store.label, cause: "a collector holds the store's lock for too long",
                remedy: "Look whether a 'waybill store gc' is stopped, and run the command again")
        case .exclusive:
            StoreError(
                .unavailable, subject: store.label, cause: "commits hold the store's lock for too long",
                remedy: "Look whether a push is stopped, and run the command again: it continues where it ended")
        }
    }

    /// Lets others in; the lock goes with the value as well.
    package consuming func release() {}
}
