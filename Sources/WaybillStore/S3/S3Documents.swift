import WaybillFormat

/// What S3 says of a request that it refuses.
package struct S3Failure: Sendable, Equatable {
    package let code: String
    package let message: String
    /// Where the bucket lives, if it is elsewhere.
    package let region: String?

    static let maximumBytes = 64 << 10

    /// Nil if `bytes` is not such a document: a page of a proxy, an answer that was damaged.
    package init?(parsing bytes: [UInt8]) {
        guard let root = try? XMLElement(parsing: bytes, subject: ""), root.name == "Error", let code = root["Code"],
            (1...100).contains(code.utf8.count), code.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: ".") })
        else { return nil }
        self.code = code
        message = Shown.text(root["Message"] ?? "")
        region = root["Region"]
    }
}

/// A page of a listing (`ListBucketResult`).
package struct S3Listing: Sendable, Equatable {
    package struct Object: Sendable, Equatable {
        package let key: String
        package let byteCount: Int
        /// Microseconds since 1970.
        package let modifiedAt: Int
    }

    package let objects: [Object]
    /// What stands up to the delimiter, the delimiter included.
    package let prefixes: [String]
    /// For the next page; nil after the last.
    package let continuation: String?

    /// A page has at most 1,000 keys of at most 1,024 bytes, each of which an entity may write for.
    static let maximumBytes = 4 << 20

    package init(parsing bytes: [UInt8], subject: String) throws(FormatError) {
        let root = try XMLElement(parsing: bytes, subject: subject)
        func broken(_ cause: String) -> FormatError {
            FormatError(subject: subject, cause: "the listing cannot be read: \(cause)", remedy: RequestError.wrongAdvice)
        }
        guard root.name == "ListBucketResult", let truncated = root["IsTruncated"], ["true", "false"].contains(truncated) else {
            throw broken("it is a '\(root.name)'")
        }
        var objects: [Object] = []
        for element in root.all("Contents") {
            guard let key = element["Key"], let size = element["Size"].flatMap({ Int($0) }), size >= 0,
                let modified = element["LastModified"].flatMap({ S3Time.microseconds(iso8601: $0) })
            else { throw broken("an object without key, size or time") }
            if let last = objects.last, !last.key.utf8.lexicographicallyPrecedes(key.utf8) { throw broken("keys do not ascend") }
            objects.append(Object(key: key, byteCount: size, modifiedAt: modified))
        }
        self.objects = objects
        prefixes = root.all("CommonPrefixes").compactMap { $0["Prefix"] }
        continuation = truncated == "true" ? root["NextContinuationToken"] : nil
        guard truncated == "false" || continuation?.isEmpty == false else { throw broken("it goes on, and does not say where") }
    }
}

/// Times as S3 writes them, in microseconds since 1970.
package enum S3Time {
    /// `2026-11-24T16:40:15.123Z`, with or without a fraction.
    package static func microseconds(iso8601 text: String) -> Int? {
        guard text.hasSuffix("Z"), text.utf8.count >= 20, text.utf8.count <= 40,
            let seconds = Timestamp.secondsSince1970(String(text.prefix(19)) + "Z")
        else { return nil }
        let fraction = text.dropFirst(19).dropLast()
        guard !fraction.isEmpty else { return seconds * 1_000_000 }
        let digits = fraction.dropFirst()
        guard fraction.first == ".", !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit),
            let value = Int(digits.prefix(6) + String(repeating: "0", count: max(0, 6 - digits.utf8.count)))
        else { return nil }
        return seconds * 1_000_000 + value
    }

    /// `Tue, 24 Nov 2026 16:40:15 GMT`: the form of `Date` and `Last-Modified`.
    package static func microseconds(http text: String) -> Int? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp.secondsSince1970("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z").map { $0 * 1_000_000 }
    }
}
