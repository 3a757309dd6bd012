/// What a person compares to know a key set: the SHA-256 of its payload.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    public let digest: Digest

    public init(_ digest: Digest) { self.digest = digest }

    /// Of a text as `description` writes it, or as people pass it on: case, spaces, line ends, colons and hyphens do not count.
    public init?(reading text: String) {
        // Longer than any way of writing 64 digits with marks between them.
        guard text.utf8.count <= 512 else { return nil }
        let marks = Set(" \t\r\n:-".unicodeScalars)
        var digits = String.UnicodeScalarView()
        digits.append(contentsOf: text.unicodeScalars.filter { !marks.contains($0) })
        // Digits of ours only: a letter that merely lowers to one of them is another letter.
        guard digits.allSatisfy(\.isASCII), let digest = Digest(hex: String(digits).lowercased()) else { return nil }
        self.digest = digest
    }

    /// Sixteen groups of four hexadecimal digits.
    public var description: String {
        let digits = Array(digest.hex)
        return stride(from: 0, to: digits.count, by: 4).map { String(digits[$0..<$0 + 4]) }.joined(separator: " ")
    }
}
