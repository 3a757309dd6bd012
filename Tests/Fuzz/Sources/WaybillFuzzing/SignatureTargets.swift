import WaybillFormat
import WaybillSystem

/// Signatures, keys and certificates. No mutation would ever fit a signature: what is read before one is verified, and behind it.
extension FuzzTarget {
    /// A model signature's bundle, or the statement that one signs.
    public static let bundle = FuzzTarget("bundle") { (input) throws(BrokenProperty) in
        guard let bundle = try parsed({ () throws(FormatError) in try SigningBundle(decoding: input, subject: "bundle") }) else {
            return try readStatement(input)
        }
        try require(bundle.envelope.signatures.count <= Envelope.maximumSignatures, "signatures")
        if case .certificateChain(let chain) = bundle.material {
            try require((1...SigningBundle.maximumCertificates).contains(chain.count), "certificates")
        }
        if let written = bundle.encoded() {
            let again = try parsed { () throws(FormatError) in try SigningBundle(decoding: written, subject: "bundle") }
            try require(again == bundle, "written again it is another bundle")
        }
        _ = try readStatement(bundle.envelope.payload)
        return true
    }

    private static func readStatement(_ payload: [UInt8]) throws(BrokenProperty) -> Bool {
        guard let statement = try parsed({ () throws(FormatError) in try Statement(decoding: payload, subject: "statement") }) else {
            return false
        }
        let written = statement.encoded()
        let again = try parsed { () throws(FormatError) in try Statement(decoding: written, subject: "statement") }
        try require(again == statement, "written again it is another statement")
        let read = { () throws(FormatError) in try SigningPredicate(decoding: statement.predicate, subject: "predicate") }
        guard let predicate = try parsed(refusal: [.integrity, .policy], read) else { return true }
        let ignored = IgnoredPaths(predicate.ignoredPaths)
        var seen: Set<[UInt8]> = []
        for file in predicate.files {
            try require(seen.insert(Array(file.path.utf8)).inserted, "a path stands twice")
            try require(!ignored.contains(file.path), "a file is ignored")
            let parts = file.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
            try require(parts == ["."] || parts.allSatisfy { !["", ".", ".."].contains($0) }, "a path that leaves the directory")
        }
        let rewritten = predicate.encoded()
        let same = try parsed { () throws(FormatError) in try SigningPredicate(decoding: rewritten, subject: "predicate") }
        try require(same == predicate, "written again it is another list")
        return true
    }

    /// A DSSE envelope.
    public static let envelope = FuzzTarget("envelope") { (input) throws(BrokenProperty) in
        guard let envelope = try parsed({ () throws(FormatError) in try Envelope(decoding: input, subject: "envelope") }) else {
            return false
        }
        try require(envelope.signatures.count <= Envelope.maximumSignatures, "signatures")
        let again = try parsed { () throws(FormatError) in try Envelope(envelope.value, subject: "envelope") }
        try require(again == envelope, "written again it is another envelope")
        try require(envelope.signedBytes.suffix(envelope.payload.count).elementsEqual(envelope.payload), "what is signed")
        return true
    }

    /// A certificate in DER, or several in PEM.
    public static let certificate = FuzzTarget("certificate") { (input) throws(BrokenProperty) in
        var chains: [CertificateChain] = []
        if let chain = try parsed({ () throws(SystemError) in try CertificateChain(der: [input], subject: "c") }) { chains.append(chain) }
        if let chain = try parsed({ () throws(SystemError) in try CertificateChain(pem: input, subject: "c") }) { chains.append(chain) }
        let authorities = try parsed { () throws(SystemError) in try CertificateAuthorities(pem: input, subject: "c") }
        for chain in chains {
            try require((1...CertificateChain.maximumCount).contains(chain.certificates.count), "certificates")
            let leaf = try parsed(refusal: [.integrity, .policy]) { () throws(SystemError) in try chain.leaf() }
            if let leaf {
                let key = try parsed { () throws(SystemError) in try PublicKey(der: leaf.publicKey.der) }
                try require(key == leaf.publicKey, "a key in two forms")
            }
            if let authorities {
                let verified = try parsed(refusal: [.integrity, .policy]) { () throws(SystemError) in try chain.verified(by: authorities) }
                try require(verified == nil, "a pinned certificate signs")
            }
        }
        return !chains.isEmpty
    }

    /// A public key in DER or PEM.
    public static let publicKey = FuzzTarget("public-key") { (input) throws(BrokenProperty) in
        var keys: [PublicKey] = []
        if let key = try parsed({ () throws(SystemError) in try PublicKey(der: input) }) {
            try require(key.der == input, "a key in two encodings")
            keys.append(key)
        }
        if let key = try parsed({ () throws(SystemError) in try PublicKey(pem: input) }) { keys.append(key) }
        for key in keys {
            let again = try parsed { () throws(SystemError) in try PublicKey(pem: key.pem) }
            try require(again == key && again?.id == key.id, "written again it is another key")
            try require(key.id == SHA256.digest(of: key.pem), "a key's id")
            try require(!key.verifies(input, of: []), "a signature out of nothing")
        }
        // Refused without a question at the terminal, if it is encrypted.
        _ = try parsed { () throws(SystemError) in try PrivateKey(pem: input) }
        return !keys.isEmpty
    }
}
