/// What a request's `Range` header asks of an object.
public enum ByteRangeRequest: Hashable, Sendable {
    /// 200 with everything: no header, several ranges, or one that is malformed.
    case whole
    /// 206 with these bytes; never empty.
    case partial(Range<Int>)
    /// 416.
    case unsatisfiable
}

/// The server's side of single ranges (RFC 9110, section 14; cases in Protocol/vectors/v1/ranges).
public enum ByteRange {
    /// - Parameter size: the object's bytes.
    public static func parse(header: String?, size: Int) -> ByteRangeRequest {
        guard let header, let equals = header.utf8.firstIndex(of: UInt8(ascii: "=")) else { return .whole }
        guard String(Substring(header.utf8[..<equals])).lowercased() == "bytes" else { return .whole }
        let range = header.utf8[header.utf8.index(after: equals)...]
        guard let hyphen = range.firstIndex(of: UInt8(ascii: "-")) else { return .whole }
        let first = range[..<hyphen]
        let last = range[range.index(after: hyphen)...]
        if first.isEmpty {
            guard let count = number(last) else { return .whole }
            if count == 0 { return .unsatisfiable }
            // All of an empty object cannot be written as a Content-Range.
            return size == 0 ? .whole : .partial(size - min(count, size)..<size)
        }
        guard let start = number(first) else { return .whole }
        var end = Int.max
        if !last.isEmpty {
            guard let inclusive = number(last), inclusive >= start else { return .whole }
            end = inclusive
        }
        guard start < size else { return .unsatisfiable }
        return .partial(start..<min(end, size - 1) + 1)
    }

    /// The header of a client's request for these bytes, which are at least one.
    public static func header(for range: Range<Int>) -> String { "bytes=\(range.lowerBound)-\(range.upperBound - 1)" }

    /// Digits only; what does not fit becomes `Int.max`.
    static func number(_ digits: Substring.UTF8View) -> Int? {
        guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else { return nil }
        var value = 0
        for digit in digits {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            if overflow || carry { return Int.max }
            value = sum
        }
        return value
    }
}
