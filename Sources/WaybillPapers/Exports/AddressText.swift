import WaybillFormat

/// Addresses that strangers wrote, as URIs (RFC 3986).
enum AddressText {
    private static let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    private static let digits = Set("0123456789".utf8)
    private static let hexDigits = digits.union("abcdefABCDEF".utf8)
    private static let unreserved = letters.union(digits).union("-._~".utf8)
    private static let inPath = unreserved.union("!$&'()*+,;=:@/".utf8)
    private static let upperHex = Array("0123456789ABCDEF".utf8)

    /// `scheme://...`, what may not stand in a URI percent-encoded; nil for anything else.
    static func uri(_ text: String) -> String? {
        let bytes = Array(text.trimmed.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else { return nil }
        let scheme = bytes[..<colon]
        guard let first = scheme.first, letters.contains(first),
            scheme.allSatisfy({ letters.contains($0) || digits.contains($0) || "+-.".utf8.contains($0) })
        else { return nil }
        let rest = bytes[(colon + 3)...]
        let end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
        guard isAuthority(rest[..<end]), rest.count > 1 else { return nil }
        return String(
            decoding: bytes[..<(colon + 3)] + encoded(rest[..<end], unreserved.union(":@".utf8)) + tail(rest[end...]), as: UTF8.self)
    }

    /// A relative reference to a file of the model.
    static func reference(to path: ModelPath) -> String {
        // A colon in the first component would be taken for the end of a scheme.
        String(decoding: encoded(Array(path.text.utf8)[...], inPath.subtracting(":".utf8)), as: UTF8.self)
    }

    /// A host with an optional port of digits; an address of IPv6 is not taken.
    private static func isAuthority(_ authority: ArraySlice<UInt8>) -> Bool {
        let host = authority.lastIndex(of: UInt8(ascii: "@")).map { authority[($0 + 1)...] } ?? authority
        let parts = host.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        return parts.count <= 2 && (parts.count < 2 || parts[1].count <= 5 && parts[1].allSatisfy(digits.contains))
    }

    private static func tail(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        guard let hash = bytes.firstIndex(of: UInt8(ascii: "#")) else { return encoded(bytes, inPath.union("?".utf8)) }
        return encoded(bytes[..<hash], inPath.union("?".utf8)) + [bytes[hash]] + encoded(bytes[(hash + 1)...], inPath.union("?".utf8))
    }

    private static func encoded(_ bytes: ArraySlice<UInt8>, _ allowed: Set<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        for index in bytes.indices {
            let byte = bytes[index]
            let isEscape =
                byte == UInt8(ascii: "%") && index + 2 < bytes.endIndex && hexDigits.contains(bytes[index + 1])
                && hexDigits.contains(bytes[index + 2])
            if allowed.contains(byte) || isEscape {
                result.append(byte)
            } else {
                result += [UInt8(ascii: "%"), upperHex[Int(byte >> 4)], upperHex[Int(byte & 15)]]
            }
        }
        return result
    }
}

/// Package URLs.
enum PackageURL {
    /// Of a model's page on the Hugging Face hub; the version only if it is a commit.
    static func hub(_ address: String?, revision: String? = nil) -> String? {
        guard let name = address.flatMap(HubAddress.model) else { return nil }
        let isCommit = revision.map { $0.utf8.count == 40 && $0.allSatisfy { $0.isHexDigit && !$0.isUppercase && $0.isASCII } } ?? false
        return "pkg:huggingface/\(name)" + (isCommit ? "@\(revision ?? "")" : "")
    }

    /// Of the model itself.
    static func model(_ subject: ExportSubject) -> String? {
        let model = subject.disclosure.model
        return hub(model.downloadLocation?.value) ?? hub(model.homepage?.value)
            ?? subject.model.map { "pkg:generic/\($0.org)/\($0.name)@\(subject.findings.contentId.hex)" }
    }
}
