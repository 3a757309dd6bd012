import WaybillFormat
import WaybillPapers
import WaybillSystem

/// Scans of files that want to be more than they seem: the same report twice, nothing read that is not there, nothing in it that a
/// terminal would obey. Accepted is what has no finding.
extension FuzzTarget {
    public static let pickle = FuzzTarget("pickle") { (input) throws(BrokenProperty) in
        let scan = try scan(input, as: "model.pkl")
        // An import that is not harmless shows in any case, also under another name.
        if scan.findings.contains(where: { $0.rule == .pickleDangerousGlobal }) {
            try require(scan.worst == .unsafe, "a danger that is not unsafe")
        }
        return scan.findings.isEmpty
    }

    public static let template = FuzzTarget("template") { (input) throws(BrokenProperty) in
        let scan = try scan(input, as: "chat_template.jinja")
        try require(scan.templates.count <= 1, "more than one template")
        return scan.findings.isEmpty
    }

    public static let archive = FuzzTarget("archive") { (input) throws(BrokenProperty) in
        let scan = try scan(input, as: "model.bin")
        for finding in scan.findings { try require(finding.member.count <= 4, "members deeper than is followed") }
        return scan.findings.isEmpty && scan.kinds != [.unknown]
    }

    private static func scan(_ input: [UInt8], as name: String) throws(BrokenProperty) -> FileScan {
        guard let path = try parsed({ () throws(FormatError) in try ModelPath(name) }) else {
            throw BrokenProperty(description: "the path")
        }
        let file = EvidenceFile(path: path, sha256: .zero, size: input.count, format: .opaque) { (offset, count) throws(SystemError) in
            guard offset >= 0, count > 0, count <= 1 << 20, count <= input.count - offset else {
                throw SystemError(.failure, subject: name, cause: "a read of \(count) bytes at \(offset) of \(input.count)", remedy: "")
            }
            return Array(input[offset..<offset + count])
        }
        let scan: FileScan
        let again: FileScan
        do {
            scan = try ContentScanner.scan(file)
            again = try ContentScanner.scan(file)
        } catch {
            throw BrokenProperty(description: error.cause)
        }
        try require(scan == again, "two reports of the same bytes")
        try require(scan.findings.count <= 256, "\(scan.findings.count) findings")
        for finding in scan.findings {
            try require(finding.offset >= 0, "an offset of \(finding.offset)")
            try require(finding.detail.utf8.count <= 4_096, "a detail of \(finding.detail.utf8.count) bytes")
            try require(
                !finding.detail.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }, "a control character")
        }
        return scan
    }
}
