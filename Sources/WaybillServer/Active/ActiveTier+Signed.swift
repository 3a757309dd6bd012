import HTTPTypes
import WaybillFormat
import WaybillStore
import WaybillSystem

extension ActiveTier {
    func putAttestation(_ digest: Digest, _ body: inout IncomingBody) async throws(Refusal) -> Answer {
        let name = ObjectName.attestation(digest)
        let bytes = try await body.collect(maximum: name.maximumBytes)
        try requireDigest(digest, of: bytes, name.path)
        let wasThere = try await isPresent(name)
        try await storing(name.path) { () async throws(StoreError) in try await store.put(attestation: bytes) }
        return Answer(wasThere ? .ok : .created)
    }

    /// Takes a key set that its predecessor's keys signed; the first one signs itself.
    func putKeySet(_ org: OrganizationName, _ n: Int, _ body: inout IncomingBody) async throws(Refusal) -> Answer {
        let name = ObjectName.keySet(org, n)
        let bytes = try await body.collect(maximum: name.maximumBytes)
        let wasThere = try await isPresent(name)
        do throws(StoreError) {
            try await store.append(keySet: bytes, org: org, n: n)
        } catch  where error.code == .policy || error.code == .integrity {
            throw Refusal(.unprocessableContent, error.code, subject: error.subject, cause: error.cause, remedy: error.remedy)
        } catch {
            throw Refusal(error, subject: name.path, store: store)
        }
        return Answer(wasThere ? .ok : .created)
    }
}
