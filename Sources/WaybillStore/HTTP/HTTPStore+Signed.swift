import NIOHTTP1
import WaybillFormat
import WaybillSystem

extension HTTPStore: SignedObjectStore {
    public func put(attestation bytes: [UInt8]) async throws(StoreError) {
        let path = "v1/attestations/\(SHA256.digest(of: bytes).hex)"
        try await send(bytes, .PUT, path, accepted: [200, 201])
    }

    public func append(keySet envelope: [UInt8], org: OrganizationName, n: Int) async throws(StoreError) {
        try await send(envelope, .PUT, "v1/trust/\(org.text)/\(n)", accepted: [200, 201])
    }
}
