import WaybillFormat
import WaybillSystem

/// Whether entries of a model's refs are signed by those who may (Protocol/TRUST.md, Signed refs).
public struct SignedRefCheck: Sendable {
    /// Reads an entry or an object under attestations/; nil if there is none.
    public typealias Reading = @Sendable (ObjectName) async throws(TrustError) -> [UInt8]?

    private let keys: TrustedKeySet
    private let others: [TrustedKeySet]
    private let now: Int
    private let read: Reading

    /// - Parameters:
    ///   - keys: the newest key set of the model's organisation that the mirror shows.
    ///   - others: those of other organisations, for telling whose key a stranger's is.
    ///   - now: seconds since 1970.
    ///   - read: from the same mirror; sizes are bounded by `ObjectName.maximumBytes`.
    public init(keys: TrustedKeySet, others: [TrustedKeySet] = [], now: Int, read: @escaping Reading) {
        self.keys = keys
        self.others = others
        self.now = now
        self.read = read
    }

    /// Checks the entry that was read at the path of `model`, `ref` and `n`: who signed it, and that what it names may be used.
    /// - Throws: `.policy` or `.integrity`, beginning with a word of `TrustRefusal`; what `read` throws.
    public func check(_ bytes: [UInt8], model: ModelName, ref: RefName, n: Int) async throws(TrustError) -> SignedRef {
        let found = try await authenticate(bytes, model: model, ref: ref, n: n)
        try found.requireUsable(by: keys, now: now)
        return found
    }

    /// Who signed the entry alone: for showing one that is withdrawn, revoked or expired.
    public func authenticate(_ bytes: [UInt8], model: ModelName, ref: RefName, n: Int) async throws(TrustError) -> SignedRef {
        let subject = ObjectName.refEntry(model, ref, n).path
        guard model.organization == keys.org else {
            throw TrustError(.replay, subject: subject, "the key set is of \(keys.org), the model of \(model.org)")
        }
        try keys.requireUnexpired(now: now)
        let newest = try SealedEntry(bytes, model: model, ref: ref, n: n)
        let newestIndex = try await index(of: newest)
        let signers: Signers
        var step: Step
        switch try signature(of: newest) {
        case .published(let found): return SignedRef(newest, signers: found, publisher: found, index: newestIndex)
        case .attached(let found, let refusal):
            signers = found
            step = Step(entry: newest, index: newestIndex, refusal: refusal)
        }
        for _ in 0..<SignedRef.maximumAttachments {
            let before = try await previous(of: step)
            step.index = try await requireAttachmentOnly(step, to: before)
            switch try signature(of: before) {
            case .published(let found): return SignedRef(newest, signers: signers, publisher: found, index: newestIndex)
            case .attached(_, let refusal): step = Step(entry: before, index: step.index, refusal: refusal)
            }
        }
        throw TrustError(
            .anotherRole, subject: subject, "more than \(SignedRef.maximumAttachments) entries that only attach follow one another")
    }

    /// An entry that attaches, and its index.
    private struct Step {
        let entry: SealedEntry
        var index: AttestationIndex?
        /// Why it does not stand by itself.
        let refusal: TrustError
    }

    private enum Signature {
        case published(Signers)
        case attached(Signers, TrustError)
    }

    private func signature(of sealed: SealedEntry) throws(TrustError) -> Signature {
        let (entry, envelope) = (sealed.entry, sealed.envelope)
        let kinds: Set<KeySet.RoleKind> = entry.state == .withdrawn ? [.publisher, .revoker] : [.publisher]
        let tally = SignatureTally(envelope.signatures, over: envelope.signedBytes, keys: keys.signed.publicKeys)
        if let signers = keys.signers(tally, as: kinds, for: entry.model, by: .threshold) { return .published(signers) }
        let refusal = keys.refusal(
            tally, as: kinds, for: entry.model, by: .threshold, subject: sealed.subject,
            stranger: tally.signers.isEmpty ? TrustedKeySet.stranger(envelope.signatures, over: envelope.signedBytes, others) : nil)
        guard entry.n > 1, let signers = keys.signers(tally, as: [.evaluator, .reviewer], for: entry.model, by: .threshold) else {
            throw refusal
        }
        return .attached(signers, refusal)
    }

    private func previous(of step: Step) async throws(TrustError) -> SealedEntry {
        let entry = step.entry.entry
        let name = ObjectName.refEntry(entry.model, entry.ref, entry.n - 1)
        guard let bytes = try await read(name) else {
            throw TrustError(.withheld, subject: name.path, "entry \(entry.n) attaches to it, and it is not shown")
        }
        let before = try SealedEntry(bytes, model: entry.model, ref: entry.ref, n: entry.n - 1)
        guard before.digest == entry.previous else {
            throw TrustError(.fork, subject: name.path, "it is not the entry that entry \(entry.n) follows")
        }
        return before
    }

    /// The index of `before`, all of which that of `step` must hold.
    private func requireAttachmentOnly(_ step: Step, to before: SealedEntry) async throws(TrustError) -> AttestationIndex? {
        let (entry, subject) = (step.entry.entry, step.entry.subject)
        guard before.entry.with(attestationsOf: entry) == entry else {
            // Then it must stand by itself, and why it does not is known.
            throw TrustError(
                step.refusal.code, subject: subject, cause: "\(step.refusal.cause), and it changes more than attestations",
                remedy: step.refusal.remedy)
        }
        guard let kept = try await index(of: before) else { return nil }
        guard Set(step.index?.rows ?? []).isSuperset(of: kept.rows) else {
            throw TrustError(
                step.refusal.code, subject: subject, cause: "\(step.refusal.cause), and it drops an attestation of entry \(before.entry.n)",
                remedy: step.refusal.remedy)
        }
        return kept
    }

    private func index(of sealed: SealedEntry) async throws(TrustError) -> AttestationIndex? {
        guard let digest = sealed.entry.attestations else { return nil }
        let name = ObjectName.attestation(digest)
        guard let bytes = try await read(name) else {
            throw TrustError(.withheld, subject: name.path, "\(sealed.subject) names this index of attestations, and it is not shown")
        }
        guard SHA256.digest(of: bytes) == digest else {
            throw TrustError(.withheld, subject: name.path, "other bytes are shown in its place")
        }
        let index = try lifting { () throws(FormatError) in try AttestationIndex(decoding: bytes, subject: name.path) }
        guard index.manifest == sealed.entry.manifest else {
            throw TrustError(
                .replay, subject: name.path, "it is the index of the manifest \(index.manifest), not of what \(sealed.subject) names")
        }
        // Also of an entry that is attached to, or an index that names none would let a mirror hide a set.
        try requireShown(index.keySet, subject: name.path)
        return index
    }

    /// A mirror that shows an entry shows the key set that was in force when its index was written.
    private func requireShown(_ named: AttestationIndex.KeySetReference?, subject: String) throws(TrustError) {
        guard let named else { return }
        guard named.n <= keys.n else {
            throw TrustError(.withheld, subject: subject, "its index names key set \(named.n); none above \(keys.n) is shown")
        }
        guard named.n < keys.n || named.fingerprint == keys.fingerprint else {
            throw TrustError(.fork, subject: subject, "its index names another key set \(named.n) than the one that is known")
        }
    }
}

/// An entry, its envelope and the digest of its bytes.
struct SealedEntry {
    let entry: RefEntry
    let envelope: RefEnvelope
    let digest: Digest

    init(_ bytes: [UInt8], model: ModelName, ref: RefName, n: Int) throws(TrustError) {
        let subject = ObjectName.refEntry(model, ref, n).path
        (envelope, entry) = try lifting { () throws(FormatError) in
            let envelope = try RefEnvelope(decoding: bytes, subject: subject, sha256: SHA256.digest(of:))
            return (envelope, try RefEntry(decodingPayload: envelope.payload, subject: subject))
        }
        guard entry.model == model, entry.ref == ref, entry.n == n else {
            throw TrustError(.replay, subject: subject, "the entry says that it is \(entry.objectName.path)")
        }
        digest = SHA256.digest(of: bytes)
    }

    var subject: String { entry.objectName.path }
}

extension SignedRef {
    fileprivate init(_ sealed: SealedEntry, signers: Signers, publisher: Signers, index: AttestationIndex?) {
        self.init(entry: sealed.entry, digest: sealed.digest, signers: signers, publisher: publisher, index: index)
    }
}

extension RefEntry {
    /// This entry with what one that only attaches may change, taken from `next`.
    fileprivate func with(attestationsOf next: RefEntry) -> RefEntry {
        RefEntry(
            model: model, ref: ref, n: next.n, previous: next.previous, manifest: manifest, movedTo: movedTo,
            attestations: next.attestations,
            state: state, reason: reason, time: next.time, expires: expires)
    }
}
