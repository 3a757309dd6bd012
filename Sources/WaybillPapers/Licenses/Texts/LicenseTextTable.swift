import Foundation
import WaybillFormat

/// The fingerprints of licence texts that this build knows.
package enum LicenseTextTable {
    /// In the table's order. A line that cannot be read is left out; a test proves that there is none.
    package static let templates = templates(lines)

    package static let lines = licenseTextTable.split(separator: "\n").filter { !$0.hasPrefix("#") }

    package static func templates(_ lines: [Substring]) -> [TextTemplate] { lines.compactMap(template) }

    /// `ids|pivot|anchor|words|SHA-256|elements|blocks`
    private static func template(_ line: Substring) -> TextTemplate? {
        let fields = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false)
        // The elements use the separator too.
        guard fields.count == 5, let end = fields[4].lastIndex(of: "|") else { return nil }
        let rest = fields[4][..<end].split(separator: "|", maxSplits: 1)
        guard rest.count == 2, let pivot = Int(fields[1]), let anchor = UInt64(fields[2], radix: 16), let count = Int(fields[3]),
            let digest = Digest(hex: rest[0]), let elements = TextTemplateParser.elements(rest[1]),
            elements.indices.contains(pivot), case .run(let run) = elements[pivot], run.count >= TextTemplate.anchorWidth,
            let colon = fields[4][end...].firstIndex(of: ":"), let step = Int(fields[4][fields[4].index(after: end)..<colon]), step > 0,
            let blocks = Data(base64Encoded: String(fields[4][fields[4].index(after: colon)...]))
        else { return nil }
        let bytes = Array(blocks)
        let hashes = stride(from: 0, to: bytes.count - 2, by: 3).map { index in
            bytes[index..<index + 3].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        }
        return TextTemplate(
            licenseIDs: fields[0].split(separator: ",").map(String.init), elements: elements, pivot: pivot, anchor: anchor,
            textDigest: digest, wordCount: count, blocks: hashes, blockStep: step)
    }
}
