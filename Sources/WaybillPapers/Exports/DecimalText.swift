/// Decimal numbers of disclosure.yaml without an exponent.
enum DecimalText {
    /// The same value in digits with at most one dot: `2.1e3` is `2100`, `5E-2` is `0.05`. What is no such number stays as it is.
    static func plain(_ text: String) -> String {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard parts.count <= 2, let mantissa = parts.first, let exponent = parts.count == 2 ? Int(parts[1]) : 0, abs(exponent) <= 999 else {
            return text
        }
        let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        guard halves.count <= 2, halves.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return text
        }
        var digits = Array(halves.joined())
        var point = halves[0].count + exponent
        if point < 1 {
            digits.insert(contentsOf: repeatElement("0", count: 1 - point), at: 0)
            point = 1
        }
        if point > digits.count { digits.append(contentsOf: repeatElement("0", count: point - digits.count)) }
        let whole = digits[..<point].drop { $0 == "0" }
        let fraction = digits[point...]
        return (whole.isEmpty ? "0" : String(whole)) + (fraction.isEmpty ? "" : "." + String(fraction))
    }
}
