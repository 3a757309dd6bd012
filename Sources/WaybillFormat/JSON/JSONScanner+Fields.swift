extension JSONScanner {
    /// A digest of 64 lower-case hexadecimal digits.
    mutating func digest() throws(FormatError) -> Digest {
        let text = try string()
        guard let digest = Digest(hex: text) else { throw broken("64 lower-case hexadecimal digits were expected") }
        return digest
    }

    /// A string, or nil for `null`.
    mutating func optionalString() throws(FormatError) -> String? {
        try isNull() ? nil : try string()
    }

    /// A digest, or nil for `null`.
    mutating func optionalDigest() throws(FormatError) -> Digest? {
        try isNull() ? nil : try digest()
    }

    func unknownMember(_ name: String) -> FormatError { broken("the member \"\(name)\" is unknown") }

    /// The value of a member that must be there.
    func required<T>(_ value: T?, _ name: String) throws(FormatError) -> T {
        guard let value else { throw broken("the member \"\(name)\" is missing") }
        return value
    }

    /// Bytes of ours are exactly what our writer makes of their meaning: one meaning, one digest.
    func requireCanonical(_ encoded: [UInt8]) throws(FormatError) {
        guard encoded == bytes else {
            throw .rejected(subject, "not canonical JSON (RFC 8785): white space, order, escapes, or a member that stands twice")
        }
    }
}
