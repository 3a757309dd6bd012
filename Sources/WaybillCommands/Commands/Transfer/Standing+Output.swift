import WaybillFormat
import WaybillTransfer
import WaybillTrust

extension Standing {
    /// For `--json`.
    var fields: [String: OutputValue] {
        func keys(_ signers: Signers?) -> OutputValue {
            .array((signers?.keys ?? []).map { .object(["id": .digest($0.id), "name": .string($0.name)]) })
        }
        return [
            "organization": .string(org.text), "pinned": .bool(record != nil), "since": .optional(record?.since),
            "pinning": .optional(record?.pinning.rawValue), "fingerprint": .optional(record?.pinned.digest.hex),
            "keySet": .optional(record?.keySet.n), "signed": .bool(ref != nil), "signatures": .integer(signatureCount),
            "publisher": keys(ref?.publisher), "signers": keys(ref?.signers), "role": .optional(ref?.signers.role.rawValue),
            "coversChunks": .bool(vouchesForChunks), "modelSignature": keys(modelSigners), "expires": .optional(ref?.entry.expires),
            "attestations": .array(
                attestations.map { attestation in
                    .object([
                        "predicateType": .string(attestation.row.predicateType), "digest": .digest(attestation.row.digest),
                        "counts": .bool(attestation.signers != nil), "organization": .optional(attestation.signers?.org.text),
                        "role": .optional(attestation.signers?.role.rawValue), "objection": .optional(attestation.objection?.cause),
                    ])
                }),
            "summary": .string(summary),
        ]
    }
}
