import ArgumentParser

/// A number of bytes as `--memory` takes it: `256M`, `1G`, `512MiB`, `1048576`.
package struct ByteSize: Hashable, Sendable, ExpressibleByArgument {
    package let bytes: Int

    package init(bytes: Int) { self.bytes = bytes }

    package init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        var unit = argument.dropFirst(digits.count).lowercased()
        if unit.hasSuffix("ib") { unit.removeLast(2) } else if unit.count == 2, unit.hasSuffix("b") { unit.removeLast() }
        guard let number = Int(digits), let shift = ["": 0, "b": 0, "k": 10, "m": 20, "g": 30, "t": 40][unit] else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow, bytes > 0 else { return nil }
        self.bytes = bytes
    }

    package var defaultValueDescription: String { Self.text(bytes) }

    /// The shortest exact form.
    package static func text(_ bytes: Int) -> String {
        for (unit, shift) in [("T", 40), ("G", 30), ("M", 20), ("K", 10)] where bytes >= 1 << shift && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return String(bytes)
    }
}
