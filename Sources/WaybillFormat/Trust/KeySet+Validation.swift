extension KeySet {
    /// Bytes of the longest SubjectPublicKeyInfo that is looked at; one on P-521 has 158.
    private static let maximumKeyByteCount = 1_024

    /// Checks every rule of Protocol/TRUST.md that the set alone can break. Whether it follows another, and whether its keys are keys, is
    /// for whoever verifies signatures.
    /// - Throws: `.integrity`.
    @discardableResult
    public func validated(subject: String? = nil, sha256: DigestFunction) throws(FormatError) -> KeySet {
        let subject = subject ?? objectName.path
        guard n >= 1, n <= ObjectName.maximumKeySet else { throw .rejected(subject, "\(n) is not the number of a key set") }
        guard (n == 1) == (previous == nil) else {
            throw .rejected(subject, n == 1 ? "the first key set names a previous one" : "the key set does not name the previous one")
        }
        try validateKeys(subject, sha256)
        try validateRoles(subject)
        try Self.validate(revokedKeys, "key", subject)
        try Self.validate(revokedManifests, "manifest", subject)
        let left = root.keys.count { revocation(ofKey: $0) == nil }
        guard left >= root.threshold else {
            throw .rejected(subject, "\(left) root keys are not revoked, \(root.threshold) are needed: nobody could sign a next set")
        }
        guard Timestamp.secondsSince1970(time) != nil else { throw .rejected(subject, "\"\(time)\" is not a time") }
        if let expires, Timestamp.secondsSince1970(expires) == nil { throw .rejected(subject, "\"\(expires)\" is not a time") }
        return self
    }

    private func validateKeys(_ subject: String, _ sha256: DigestFunction) throws(FormatError) {
        guard keys.count <= Limits.keys else { throw .rejected(subject, "more than \(Limits.keys) keys") }
        guard Self.isAscending(keys.map(\.id)) else { throw .rejected(subject, "keys are not in order, or one stands twice") }
        for key in keys {
            guard Self.isName(key.name) else {
                throw .rejected(subject, "a key's name is not 1 to \(Self.maximumNameLength) visible characters")
            }
            guard key.publicKey.count <= Self.maximumKeyByteCount, Self.keyID(of: key.publicKey, sha256: sha256) == key.id else {
                throw .rejected(subject, "the key \(key.id) does not have that id")
            }
        }
    }

    private func validateRoles(_ subject: String) throws(FormatError) {
        guard roles.count <= Limits.keys else { throw .rejected(subject, "more than \(Limits.keys) roles") }
        guard roles.count(where: { $0.kind == .root }) == 1 else { throw .rejected(subject, "there must be exactly one root role") }
        let known = Set(keys.map(\.id))
        for role in roles {
            guard Self.isAscending(role.keys) else {
                throw .rejected(subject, "the keys of a role are not in order, or one stands twice")
            }
            guard role.keys.allSatisfy(known.contains) else {
                throw .rejected(subject, "the role \(role.kind.rawValue) names a key that is not among the keys")
            }
            guard role.threshold >= 1, role.threshold <= role.keys.count else {
                throw .rejected(subject, "a threshold of \(role.threshold) with \(role.keys.count) keys")
            }
            guard !role.models.isEmpty, role.models.count <= Limits.keys else {
                throw .rejected(subject, "a role has 1 to \(Limits.keys) patterns of models")
            }
            if role.kind == .root || role.kind == .revoker, role.models != [.everything] {
                throw .rejected(subject, "the role \(role.kind.rawValue) is for all models")
            }
        }
    }

    private static func validate(_ rows: [Revocation], _ what: String, _ subject: String) throws(FormatError) {
        guard isAscending(rows.map(\.digest)) else {
            throw .rejected(subject, "revocations are not in order, or one \(what) is revoked twice")
        }
        for row in rows {
            guard !row.reason.isEmpty, row.reason.utf8.count <= maximumReasonByteCount else {
                throw .rejected(subject, "the reason of a revocation is not 1 to \(maximumReasonByteCount) bytes")
            }
            guard Timestamp.secondsSince1970(row.time) != nil else { throw .rejected(subject, "\"\(row.time)\" is not a time") }
        }
    }

    /// Strictly, so that none stands twice.
    private static func isAscending(_ digests: [Digest]) -> Bool { zip(digests, digests.dropFirst()).allSatisfy { $0 < $1 } }

    /// A name is read by people who decide by it: nothing in it may be invisible or turn the direction of writing.
    static func isName(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        guard !scalars.isEmpty, scalars.count <= maximumNameLength else { return false }
        return scalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
            default: true
            }
        }
    }
}
