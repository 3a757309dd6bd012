import WaybillFormat
import WaybillSystem

extension S3Store: SignedObjectStore {
    public func put(attestation bytes: [UInt8]) async throws(StoreError) {
        try await putObject(try DirectoryStore.attestationName(bytes).path, bytes)
    }

    public func append(keySet envelope: [UInt8], org: OrganizationName, n: Int) async throws(StoreError) {
        try DirectoryStore.requireDistinct(org, among: try await client.folders("trust/"))
        let name = ObjectName.keySet(org, n)
        if let present = try await client.objectIfAny(name.path, maximum: name.maximumBytes) {
            guard present != envelope else { return }
            throw DirectoryStore.keySetMoved(org, n, "key set \(n) is there already, and is another one")
        }
        var before: [UInt8]?
        if n > 1 {
            let previous = ObjectName.keySet(org, n - 1)
            before = try await client.objectIfAny(previous.path, maximum: previous.maximumBytes)
        }
        try DirectoryStore.requireSuccession(envelope, after: before, org, n)
        guard try await createOnce(name.path, envelope) else {
            throw DirectoryStore.keySetMoved(org, n, "key set \(n) was created by somebody else just now")
        }
    }

    /// Checks that the attestations of an entry are there.
    func requireAttestations(of entry: RefEntry) async throws(StoreError) {
        guard let rows = try await RevisionReader(self).attestations(of: entry)?.rows else { return }
        for row in rows {
            let status = try await client.status(ObjectName.attestation(row.digest).path)
            guard status?.byteCount != row.size else { continue }
            throw StoreError(
                .integrity, subject: "\(entry.model.path):\(entry.ref.text)",
                cause: "the store lacks the attestation \(row.digest), or has one of another size", remedy: "Send it first")
        }
    }
}
