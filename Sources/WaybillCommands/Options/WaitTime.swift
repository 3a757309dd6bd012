import ArgumentParser

/// A time to wait, as `--wait` takes it: `90`, `90s`, `5m`, `1h`, at most a day.
package struct WaitTime: Hashable, Sendable, ExpressibleByArgument {
    package let seconds: Double

    package init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        let unit = argument.dropFirst(digits.count).lowercased()
        guard let number = Int(digits), let scale = ["": 1, "s": 1, "m": 60, "h": 3600][unit] else { return nil }
        let (total, overflow) = number.multipliedReportingOverflow(by: scale)
        guard !overflow, total <= 86_400 else { return nil }
        seconds = Double(total)
    }
}
