import Synchronization
import WaybillFormat
import WaybillStore
import WaybillTrust

/// Reads what signatures are checked with, from a mirror or from what a directory keeps, and remembers all of it.
final class SignedObjects: Sendable {
    private let source: any ChunkSource
    private let taken: Mutex<[ObjectName: [UInt8]]>

    init(_ source: any ChunkSource, known: [ObjectName: [UInt8]] = [:]) {
        self.source = source
        taken = Mutex(known)
    }

    var all: [ObjectName: [UInt8]] { taken.withLock { $0 } }

    /// Nil if it is not there, or is not what its name says.
    func bytes(_ name: ObjectName) async throws(TrustError) -> [UInt8]? {
        if let known = taken.withLock({ $0[name] }) { return known }
        let bytes: [UInt8]
        do throws(StoreError) {
            if case .attestation(let digest) = name {
                bytes = try await RevisionReader(source).attestation(digest)
            } else {
                bytes = try await source.object(name, fresh: true)
            }
        } catch {
            // A damaged object and one that is not shown are the same to whoever needs it.
            if error.code == .notFound || error.code == .integrity { return nil }
            throw TrustError(error)
        }
        taken.withLock { $0[name] = bytes }
        return bytes
    }
}
