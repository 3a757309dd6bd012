import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTrust

extension PublisherCheck {
    /// Who stands behind the revision that a directory holds, by what it keeps; nil if it was not pulled from a ref.
    ///
    /// Nothing is asked of a mirror: whether there is something newer is not known.
    /// - Throws: `.policy` for a revision that was revoked since, as far as this machine knows.
    public func standing(of checkout: Checkout, in directory: String, work: Work) async throws(TransferError) -> Standing? {
        guard let ref = checkout.ref, let n = checkout.entry, let digest = checkout.entryDigest else { return nil }
        let objects = try await work.perform { _ throws(TransferError) in
            try CheckoutFolder.openIfPresent(directory)?.signatures(of: digest) ?? [:]
        }
        guard let bytes = objects[.refEntry(checkout.model, ref, n)], SHA256.digest(of: bytes) == digest else { return nil }
        let entry = try lifting { () throws(FormatError) in
            try RefEntry(decodingEnvelope: bytes, model: checkout.model, ref: ref, n: n, sha256: SHA256.digest(of:))
        }
        let standing = try await standing(of: ReadEntry(entry: entry, digest: digest, bytes: bytes), kept: objects)
        return try await complete(standing, with: checkout.manifest)
    }
}
