import WaybillFormat
import WaybillSystem

/// A store that takes what people sign (Protocol/TRUST.md). Every call can be repeated.
public protocol SignedObjectStore: Sendable {
    /// Stores an attestation, or an index of them, durably, under the SHA-256 of its bytes.
    /// - Throws: `.integrity` if it is larger than 4 MiB or no JSON object.
    func put(attestation bytes: [UInt8]) async throws(StoreError)

    /// Creates a key set, once. The store checks that it follows from the one before.
    /// - Throws: `.conflict` if set n is there already with other bytes, or n is not the next one.
    func append(keySet envelope: [UInt8], org: OrganizationName, n: Int) async throws(StoreError)
}
