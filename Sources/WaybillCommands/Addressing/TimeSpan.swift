import ArgumentParser

/// A length of time as `--grace` takes it: `24h`, `30d`, `90m`, `0s`.
package struct TimeSpan: Hashable, Sendable, ExpressibleByArgument {
    package let seconds: Int

    private static let units: [(name: Character, seconds: Int)] = [("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]

    package init(seconds: Int) { self.seconds = seconds }

    /// A unit is demanded: a bare number would be taken for days by one person and for seconds by another.
    package init?(argument: String) {
        guard let unit = Self.units.first(where: { $0.name == argument.last }), let number = Int(argument.dropLast()), number >= 0,
            argument.first?.isNumber == true
        else { return nil }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit.seconds)
        // A hundred years: more is a slip, and would overflow in microseconds.
        guard !overflow, seconds <= 3_155_760_000 else { return nil }
        self.seconds = seconds
    }

    package var defaultValueDescription: String { Self.text(seconds) }

    /// The shortest exact form; weeks are written as days.
    package static func text(_ seconds: Int) -> String {
        for unit in units where unit.name != "w" && (unit.name != "d" || seconds >= 7 * 86_400) {
            if seconds >= unit.seconds, seconds % unit.seconds == 0 { return "\(seconds / unit.seconds)\(unit.name)" }
        }
        return "\(seconds)s"
    }
}
