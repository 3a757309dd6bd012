import WaybillFormat

/// What was verified about who stands behind a revision, for the policies that ask. Whoever makes one has checked the signatures.
public struct SignatureFacts: Sendable, Equatable {
    /// How the organisation's key set came to be trusted.
    public enum Pinning: String, Sendable, CaseIterable {
        /// By a fingerprint that somebody gave.
        case fingerprint
        /// A person confirmed at a terminal what a mirror showed.
        case firstUse
        case none
    }

    /// A statement about this revision, signed by a key whose role lets it count.
    public struct Attestation: Sendable, Equatable {
        public enum Kind: String, Sendable, CaseIterable {
            case model
            case revision
            case findings
            case scans
            case determination
            case spdx
            case cyclonedx
        }

        public let kind: Kind
        /// Whose key signed it.
        public let org: String
        /// `YYYY-MM-DDThh:mm:ssZ`, by the signer's clock; nil where the statement has none.
        public let time: String?
        /// Of findings: the label. Of scans: the worst severity, or `clean`.
        public let result: String?
        public let determination: Determination?

        public init(kind: Kind, org: String, time: String?, result: String? = nil, determination: Determination? = nil) {
            self.kind = kind
            self.org = org
            self.time = time
            self.result = result
            self.determination = determination
        }
    }

    public var pinning: Pinning
    /// Ids and names of the publisher's keys that signed the entry; empty if it is not signed as the key set demands.
    public var keys: [(id: Digest, name: String)]
    /// When the entry was signed, by the signer's clock.
    public var time: String?
    public var attestations: [Attestation]
    /// Ids of the keys that signed the revision held before; nil if none was held, or it is not known.
    public var keysBefore: [Digest]?

    public init(
        pinning: Pinning, keys: [(id: Digest, name: String)], time: String?, attestations: [Attestation], keysBefore: [Digest]?
    ) {
        self.pinning = pinning
        self.keys = keys
        self.time = time
        self.attestations = attestations
        self.keysBefore = keysBefore
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.pinning == b.pinning && a.keys.map(\.id) == b.keys.map(\.id) && a.keys.map(\.name) == b.keys.map(\.name) && a.time == b.time
            && a.attestations == b.attestations && a.keysBefore == b.keysBefore
    }

    /// Days after which an evaluator's statement counts no more.
    public static let freshDays = 90

    /// Signed by reviewers of these organisations.
    public func determinations(of reviewers: [String]) -> [Determination] {
        let known = Set(reviewers.map { $0.lowercased() })
        return attestations.compactMap { known.contains($0.org.lowercased()) ? $0.determination : nil }
    }

    static func days(from time: String?, to now: String) -> Int? {
        guard let begin = time.flatMap(Timestamp.secondsSince1970), let end = Timestamp.secondsSince1970(now), end >= begin else {
            return nil
        }
        return (end - begin) / 86_400
    }
}

extension PolicyFacts {
    /// After `note(change:since:)`.
    /// - Parameters:
    ///   - signatures: nil where nothing was checked: a directory, a digest that no ref names.
    ///   - evaluators: organisations whose evaluators the policy believes.
    public mutating func note(_ signatures: SignatureFacts?, evaluators: [String], at now: String) {
        guard let signatures else {
            for field in PolicyField.allCases where field.gate == .signatures {
                self[field] = .unknown("no ref entry was read whose signatures could be checked")
            }
            return
        }
        self[.signaturesPinned] = .words([signatures.pinning.rawValue])
        self[.publisherSignature] = .flag(!signatures.keys.isEmpty)
        self[.signaturesKeys] = .words(signatures.keys.flatMap { [$0.id.hex, $0.name] })
        self[.signaturesCount] = .words([String(signatures.keys.count)])
        self[.signaturesAge] =
            SignatureFacts.days(from: signatures.keys.isEmpty ? nil : signatures.time, to: now).map { .words([String($0)]) }
            ?? .unknown("nobody signed it, or its time lies ahead")
        self[.modelSignature] = .flag(signatures.attestations.contains { $0.kind == .model })
        self[.attestationKinds] = .words(Set(signatures.attestations.map(\.kind.rawValue)).sorted())
        func results(_ kind: SignatureFacts.Attestation.Kind) -> PolicyFact {
            let counted = signatures.attestations.filter { attestation in
                attestation.kind == kind && evaluators.contains { $0.lowercased() == attestation.org.lowercased() }
                    && SignatureFacts.days(from: attestation.time, to: now).map { $0 <= SignatureFacts.freshDays } == true
            }.compactMap(\.result)
            return counted.isEmpty
                ? .unknown("no evaluator whom the policy names attested it in the last \(SignatureFacts.freshDays) days")
                : .words(Set(counted).sorted())
        }
        self[.attestedScans] = results(.scans)
        self[.attestedLabel] = results(.findings)
        if let before = signatures.keysBefore {
            self[.signerChanged] = .flag(
                Set(before).isDisjoint(with: signatures.keys.map(\.id)) && !(before.isEmpty && signatures.keys.isEmpty))
        } else if self[.firstUse] == .flag(true) {
            self[.signerChanged] = .flag(false)
        } else {
            self[.signerChanged] = .unknown("who signed the revision held before is not known")
        }
    }
}
