/// What holds for the members of any archive.
enum ArchiveRules {
    private static let bombRatio = 100
    private static let bombSize = 100 << 20

    static func checkRatio(stored: Int, size: Int, at offset: Int, _ session: ScanSession) {
        guard size > bombSize, size / max(stored, 1) > bombRatio else { return }
        session.report(.archiveBomb, at: offset, "\(stored) bytes unpack to \(size)")
    }

    static func checkName(_ name: String, at offset: Int, _ session: ScanSession) {
        if let problem = problem(name) {
            session.report(.archivePath, at: offset, "the member \(quoted(name)) \(problem): unpacking writes somewhere else")
        }
    }

    static func checkLink(_ name: String, target: String, at offset: Int, _ session: ScanSession) {
        if escapes(target, from: name) {
            session.report(.archiveLinkEscape, at: offset, "the link \(quoted(name)) leads out of the archive, to \(quoted(target))")
        } else {
            session.report(.archiveLink, at: offset, "\(quoted(name)) is a link to \(quoted(target))")
        }
    }

    /// Why a path does not stay in its folder; nil if it does.
    static func problem(_ path: String) -> String? {
        let bytes = Array(path.utf8)
        if bytes.first == UInt8(ascii: "/") { return "has an absolute path" }
        if bytes.contains(UInt8(ascii: "\\")) { return "has a backslash in its path" }
        if bytes.count > 1, bytes[1] == UInt8(ascii: ":"), Character(Unicode.Scalar(bytes[0])).isLetter { return "names a drive" }
        if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "has a control character in its path" }
        if bytes.split(separator: UInt8(ascii: "/")).contains(where: { $0.elementsEqual("..".utf8) }) { return "has .. in its path" }
        return nil
    }

    private static func escapes(_ target: String, from name: String) -> Bool {
        if target.utf8.first == UInt8(ascii: "/") || target.utf8.contains(UInt8(ascii: "\\")) { return true }
        var depth = name.utf8.split(separator: UInt8(ascii: "/")).count - 1
        for part in target.utf8.split(separator: UInt8(ascii: "/")) {
            if part.elementsEqual("..".utf8) { depth -= 1 } else if !part.elementsEqual(".".utf8) { depth += 1 }
            if depth < 0 { return true }
        }
        return false
    }
}
