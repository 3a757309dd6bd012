/// Numbers for people.
package enum Measure {
    /// `999 B`, `1.5 KiB`, `12.3 GiB`.
    package static func bytes(_ count: Int) -> String {
        guard count >= 1024 else { return "\(count) B" }
        var value = Double(count)
        var unit = -1
        while value >= 1023.95, unit < 4 {
            value /= 1024
            unit += 1
        }
        return "\(oneDecimal(value)) \(["KiB", "MiB", "GiB", "TiB", "PiB"][unit])"
    }

    /// `0:07`, `2:03`, `1:02:03`.
    package static func clock(_ seconds: Double) -> String {
        let total = Int(min(max(seconds, 0), 3_600_000).rounded())
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let hours = total / 3600
        let minutes = total / 60 % 60
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(total % 60))" : "\(minutes):\(two(total % 60))"
    }

    /// `0.4 s`, `12.3 s`, `2:03`.
    package static func duration(_ seconds: Double) -> String {
        seconds < 100 ? "\(oneDecimal(max(0, seconds))) s" : clock(seconds)
    }

    /// The share of `whole` that is not `part`, as whole percent; nil where there is nothing to compare.
    package static func savedPercent(stored part: Int, of whole: Int) -> Int? {
        guard whole > 0 else { return nil }
        return max(0, 100 - Int((Double(part) / Double(whole) * 100).rounded(.up)))
    }

    /// `1 file`, `2 files`.
    package static func count(_ number: Int, _ singular: String, _ plural: String? = nil) -> String {
        "\(grouped(number)) \(number == 1 ? singular : plural ?? singular + "s")"
    }

    /// `1,234,567`.
    package static func grouped(_ number: Int) -> String {
        var digits = String(number.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
