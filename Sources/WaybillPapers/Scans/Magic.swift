import WaybillCodec

/// What files begin with.
enum Magic {
    static func isZip(_ head: [UInt8]) -> Bool {
        head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0x50, 0x4B, 0x05, 0x06])
    }

    static func isNumpy(_ head: [UInt8]) -> Bool { head.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) }

    static func isGGUF(_ head: [UInt8]) -> Bool { head.starts(with: "GGUF".utf8) }

    static func compression(_ head: [UInt8]) -> StreamInflater.Wrapping? {
        if head.starts(with: [0x1F, 0x8B, 0x08]) { return .gzip }
        guard head.count > 2, head[0] & 0x0F == 8, head[0] >> 4 <= 7, head[1] & 0x20 == 0,
            (Int(head[0]) << 8 | Int(head[1])).isMultiple(of: 31)
        else { return nil }
        return .zlib
    }

    /// The name of an archive or compression that is not read.
    static func unreadArchive(_ head: [UInt8]) -> String? {
        let magics: [(name: String, bytes: [UInt8])] = [
            ("7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]), ("RAR", [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07]),
            ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]), ("Zstandard", [0x28, 0xB5, 0x2F, 0xFD]), ("LZ4", [0x04, 0x22, 0x4D, 0x18]),
            ("lzma", [0x5D, 0x00, 0x00, 0x80, 0x00]), ("lzip", [0x4C, 0x5A, 0x49, 0x50, 0x01]),
        ]
        if let found = magics.first(where: { head.starts(with: $0.bytes) }) { return found.name }
        if head.count > 9, head.starts(with: "BZh".utf8), (0x31...0x39).contains(head[3]),
            head[4..<10].elementsEqual([0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
        {
            return "bzip2"
        }
        return nil
    }

    /// Whether this is a module as Python compiles it: the magic number of a version, CR LF, and a code object behind a header of 8,
    /// 12 or 16 bytes.
    static func isBytecode(_ head: [UInt8]) -> Bool {
        guard head.count > 8, head[2] == 0x0D, head[3] == 0x0A else { return false }
        let version = Int(head[0]) | Int(head[1]) << 8
        guard (3_000..<5_000).contains(version) || (50_000..<63_000).contains(version) else { return false }
        return [8, 12, 16].contains { $0 < head.count && (head[$0] == 0x63 || head[$0] == 0xE3) }
    }

    static func executable(_ head: [UInt8]) -> String? {
        if head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) { return "ELF" }
        if head.starts(with: [0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00]) { return "WebAssembly" }
        let machO: [[UInt8]] = [[0xFE, 0xED, 0xFA, 0xCE], [0xFE, 0xED, 0xFA, 0xCF], [0xCE, 0xFA, 0xED, 0xFE], [0xCF, 0xFA, 0xED, 0xFE]]
        if machO.contains(where: { head.starts(with: $0) }) { return "Mach-O" }
        // Fat Mach-O has few parts, a Java class a large version.
        if head.count >= 8, head.starts(with: [0xCA, 0xFE, 0xBA, 0xBE]) {
            return head[4...6].allSatisfy { $0 == 0 } && head[7] < 40 ? "Mach-O" : "Java"
        }
        if head.count >= 64, head.starts(with: "MZ".utf8) {
            let header = (0..<4).reduce(0) { $0 | Int(head[60 + $1]) << (8 * $1) }
            if header + 4 > head.count || head[header..<header + 4].elementsEqual([0x50, 0x45, 0x00, 0x00]) { return "PE" }
        }
        return nil
    }
}
