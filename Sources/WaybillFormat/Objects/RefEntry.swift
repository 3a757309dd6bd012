/// Entry `n` of a ref's log: the commit point of a push (Protocol/REFS.md).
public struct RefEntry: Hashable, Sendable {
    public enum State: String, Sendable, CaseIterable {
        case active
        case withdrawn
    }

    public let model: ModelName
    public let ref: RefName
    /// From 1, at most `ObjectName.maximumEntry`.
    public let n: Int
    /// The SHA-256 of the bytes of entry n - 1; nil for the first.
    public let previous: Digest?
    public let manifest: Digest?
    /// Where the model went; an active entry has either this or a manifest.
    public let movedTo: ModelName?
    /// The index of attestations.
    public let attestations: Digest?
    public let state: State
    /// At most `maximumReasonByteCount` bytes; demanded when withdrawn.
    public let reason: String?
    /// By the writer's clock, in `Timestamp`'s form: shown, never decided upon.
    public let time: String
    public let expires: String?

    public static let maximumReasonByteCount = 2_048

    /// Not checked; see `validated`.
    public init(
        model: ModelName, ref: RefName, n: Int, previous: Digest?, manifest: Digest?, movedTo: ModelName? = nil,
        attestations: Digest? = nil, state: State = .active, reason: String? = nil, time: String, expires: String? = nil
    ) {
        self.model = model
        self.ref = ref
        self.n = n
        self.previous = previous
        self.manifest = manifest
        self.movedTo = movedTo
        self.attestations = attestations
        self.state = state
        self.reason = reason
        self.time = time
        self.expires = expires
    }

    /// The object that holds the entry.
    public var objectName: ObjectName { .refEntry(model, ref, n) }

    /// Decodes the entry that was read at the path of `model`, `ref` and `n`, and checks that it belongs there.
    /// - Throws: `.integrity`: the entry is burnt. A reader that meets it as the newest stops.
    public init(
        decodingEnvelope bytes: [UInt8], model: ModelName, ref: RefName, n: Int, sha256: DigestFunction
    ) throws(FormatError) {
        let subject = ObjectName.refEntry(model, ref, n).path
        let envelope = try RefEnvelope(decoding: bytes, subject: subject, sha256: sha256)
        try self.init(decodingPayload: envelope.payload, subject: subject)
        guard self.model == model, self.ref == ref, self.n == n else {
            throw .rejected(subject, "replay: the entry says that it is \(objectName.path)")
        }
    }

    /// Checks every rule of Protocol/REFS.md.
    @discardableResult
    public func validated(subject: String? = nil) throws(FormatError) -> RefEntry {
        let subject = subject ?? objectName.path
        guard n >= 1, n <= ObjectName.maximumEntry else { throw .rejected(subject, "\(n) is not the number of an entry") }
        guard (n == 1) == (previous == nil) else {
            throw .rejected(subject, n == 1 ? "the first entry names a previous one" : "the entry does not name the previous one")
        }
        switch state {
        case .active:
            guard (manifest == nil) != (movedTo == nil) else {
                throw .rejected(subject, "an active entry names a manifest or where the model went, one of the two")
            }
        case .withdrawn:
            guard let reason, !reason.isEmpty else { throw .rejected(subject, "a withdrawal without a reason") }
        }
        if let reason, reason.utf8.count > Self.maximumReasonByteCount {
            throw .rejected(subject, "the reason is longer than \(Self.maximumReasonByteCount) bytes")
        }
        guard Timestamp.secondsSince1970(time) != nil else { throw .rejected(subject, "\"\(time)\" is not a time") }
        if let expires, Timestamp.secondsSince1970(expires) == nil { throw .rejected(subject, "\"\(expires)\" is not a time") }
        return self
    }

    /// The object's bytes, without signatures.
    public func encodedEnvelope(sha256: DigestFunction) -> [UInt8] {
        RefEnvelope(payload: encodedPayload()).encoded(sha256: sha256)
    }
}
