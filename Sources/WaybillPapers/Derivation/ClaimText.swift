import WaybillFormat

/// A text that can stand in papers: as it was written, without ASCII white space around it.
struct ClaimText: Sendable {
    let text: String

    enum Refusal: Error {
        /// Nothing but white space: no value, and nothing wrong either.
        case empty
        case tooLong
        /// It holds U+FFFD, which stands for bytes that are not UTF-8.
        case notUnicode

        var problem: String {
            switch self {
            case .empty: "is empty"
            case .tooLong: "is longer than \(Papers.maximumValueByteCount) bytes"
            case .notUnicode: "is not UTF-8"
            }
        }
    }

    init(_ written: String) throws(Refusal) {
        let bytes = written.utf8
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) }) else {
            throw .empty
        }
        let kept = bytes[first...last]
        guard kept.count <= Papers.maximumValueByteCount else { throw .tooLong }
        text = String(decoding: kept, as: UTF8.self)
        guard !text.unicodeScalars.contains("\u{FFFD}") else { throw .notUnicode }
    }
}
