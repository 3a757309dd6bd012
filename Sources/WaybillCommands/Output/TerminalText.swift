/// Text for a terminal. What the program's own literals say stands as it is; every interpolated value comes from outside
/// (names, reasons, messages of servers) and cannot move the cursor, change colours or reorder what is shown.
package struct TerminalText: Hashable, Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
    package let description: String

    package init(stringLiteral value: String) { description = value }

    package init(stringInterpolation: Interpolation) { description = stringInterpolation.text }

    /// Lines of our own, joined.
    package init(lines: [TerminalText]) { description = lines.map(\.description).joined(separator: "\n") }

    /// Text from outside.
    package init(_ outside: String) { description = Self.neutralised(outside) }

    /// The number of characters, for columns.
    package var width: Int { description.count }

    /// Filled with spaces to `width` characters.
    package func padded(to width: Int, rightAligned: Bool = false) -> TerminalText {
        let spaces = String(repeating: " ", count: max(0, width - self.width))
        return TerminalText(stringLiteral: rightAligned ? spaces + description : description + spaces)
    }

    package static func + (a: TerminalText, b: TerminalText) -> TerminalText {
        TerminalText(stringLiteral: a.description + b.description)
    }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity + 16 * interpolationCount) }

        package mutating func appendLiteral(_ literal: String) { text += literal }

        package mutating func appendInterpolation(_ value: TerminalText) { text += value.description }

        package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            text += TerminalText.neutralised(value.description)
        }
    }

    /// Control characters, line breaks and bidirectional marks as visible escapes.
    package static func neutralised(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isActive) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isActive(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Whether a terminal may do more with `scalar` than show it.
    static func isActive(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE007F:
            true
        default: false
        }
    }
}
