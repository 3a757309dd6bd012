import WaybillFormat
import WaybillSystem

/// Whether a model card says anything to people.
enum CardText {
    /// Whether README.md has text after its front matter, within the first MiB.
    static func isThere(in files: [EvidenceFile]) throws(SystemError) -> Bool {
        for file in files where PapersDerivation.isModelCard(file.path) {
            let bytes = try file.bytes(at: 0, count: min(max(file.size, 0), FrontMatter.maximumByteCount))
            if hasText(bytes, isWhole: bytes.count == file.size) { return true }
        }
        return false
    }

    private static func hasText(_ bytes: [UInt8], isWhole: Bool) -> Bool {
        let text =
            switch FrontMatter.find(in: bytes, isWhole: isWhole) {
            case .absent: bytes[...]
            case .unclosed: bytes[bytes.endIndex...]
            case .found(let frontMatter): bytes[frontMatter.text.upperBound...].drop { $0 == 0x0A || $0 == 0x0D }.dropFirst(3)
            }
        return text.contains { $0 > 0x20 }
    }
}
