import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

/// Files in memory to scan, and what came of it.
enum Samples {
    static func scan(_ bytes: [UInt8], _ name: String = "file.bin") throws -> FileScan {
        try ContentScanner.scan(ModelFiles.file(name, bytes))
    }

    static func scan(_ text: String, _ name: String) throws -> FileScan { try scan(Array(text.utf8), name) }

    static func template(_ text: String) throws -> FileScan { try scan(text, "chat_template.jinja") }

    /// A file of zeros of any size, with some bytes at some places; counts what is read of it.
    static func sparse(_ name: String, size: Int, _ parts: [(offset: Int, bytes: [UInt8])], reads: ReadCounter) throws -> EvidenceFile {
        EvidenceFile(path: try ModelPath(name), sha256: SHA256.digest(of: []), size: size, format: .opaque) {
            (offset: Int, count: Int) throws(SystemError) in
            reads.count(count)
            var bytes = [UInt8](repeating: 0, count: min(count, size - offset))
            for part in parts {
                for (index, byte) in part.bytes.enumerated() where (offset..<offset + bytes.count).contains(part.offset + index) {
                    bytes[part.offset + index - offset] = byte
                }
            }
            return bytes
        }
    }
}

final class ReadCounter: @unchecked Sendable {
    private(set) var total = 0
    private(set) var largest = 0

    func count(_ bytes: Int) {
        total += bytes
        largest = max(largest, bytes)
    }
}

extension FileScan {
    var rules: Set<ScanRule> { Set(findings.map(\.rule)) }
    var isClean: Bool { findings.isEmpty && completeness == .complete }
    var isUnsafe: Bool { worst == .unsafe }

    func members(_ rule: ScanRule) -> [String] { findings.filter { $0.rule == rule }.map { $0.member.joined(separator: " > ") } }
    func details(_ rule: ScanRule) -> [String] { findings.filter { $0.rule == rule }.map(\.detail) }
}

/// Writes pickles opcode by opcode.
struct PickleBuilder {
    var bytes: [UInt8] = []

    init(protocol version: UInt8? = nil) { if let version { bytes = [0x80, version] } }

    func op(_ character: Character) -> PickleBuilder { raw([character.asciiValue ?? 0]) }
    func op(_ byte: UInt8) -> PickleBuilder { raw([byte]) }

    func raw(_ more: [UInt8]) -> PickleBuilder {
        var builder = self
        builder.bytes += more
        return builder
    }

    func line(_ opcode: Character, _ lines: String...) -> PickleBuilder {
        raw([opcode.asciiValue ?? 0] + lines.flatMap { Array($0.utf8) + [0x0A] })
    }

    func global(_ module: String, _ name: String) -> PickleBuilder { line("c", module, name) }

    /// SHORT_BINUNICODE.
    func text(_ text: String) -> PickleBuilder { raw([0x8C, UInt8(text.utf8.count)] + text.utf8) }

    func stackGlobal(_ module: String, _ name: String) -> PickleBuilder { text(module).text(name).op(0x93) }

    /// A tuple of one text, REDUCE.
    func call(_ argument: String) -> PickleBuilder { text(argument).op(0x85).op("R") }

    var stopped: [UInt8] { bytes + [UInt8(ascii: ".")] }

    static let osSystem = PickleBuilder(protocol: 4).stackGlobal("os", "system").call("id").stopped
    static let harmless = PickleBuilder(protocol: 2).raw(Array("}q\u{0}X".utf8) + [1, 0, 0, 0] + Array("aK\u{1}s".utf8)).stopped
}

/// Writes zip archives, right ones and wrong ones.
struct ZipBuilder {
    struct Member {
        var name: String
        var data: [UInt8]
        var method = 0
        var flags = 0
        var localName: String?
        var localMethod: Int?
        var size: Int?
        var attributes: UInt32 = 0
        var isListed = true
        var isLocal = true
        /// Of another member, whose bytes it shares.
        var offset: Int?
    }

    var members: [Member] = []
    var prefix: [UInt8] = []
    var comment: [UInt8] = []

    mutating func add(_ name: String, _ data: [UInt8]) { members.append(Member(name: name, data: data)) }

    static func archive(_ members: (String, [UInt8])...) -> [UInt8] {
        var builder = ZipBuilder()
        for member in members { builder.add(member.0, member.1) }
        return builder.bytes
    }

    var bytes: [UInt8] {
        var result: [UInt8] = []
        var directory: [UInt8] = []
        var count = 0
        for member in members {
            let offset = member.offset ?? result.count
            let size = member.size ?? member.data.count
            let sizes = Self.number(Int(CRC32.checksum(member.data)), 4) + Self.number(member.data.count, 4) + Self.number(size, 4)
            if member.isLocal {
                let name = Array((member.localName ?? member.name).utf8)
                result += [0x50, 0x4B, 3, 4, 20, 0] + Self.number(member.flags, 2) + Self.number(member.localMethod ?? member.method, 2)
                result += [0, 0, 0, 0] + sizes + Self.number(name.count, 2) + [0, 0] + name + member.data
            }
            guard member.isListed else { continue }
            count += 1
            let name = Array(member.name.utf8)
            directory += [0x50, 0x4B, 1, 2, 20, 3, 20, 0] + Self.number(member.flags, 2) + Self.number(member.method, 2) + [0, 0, 0, 0]
            directory += sizes + Self.number(name.count, 2) + [0, 0, 0, 0, 0, 0, 0, 0] + Self.number(Int(member.attributes), 4)
            directory += Self.number(offset, 4) + name
        }
        let end =
            [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + Self.number(count, 2) + Self.number(count, 2) + Self.number(directory.count, 4)
            + Self.number(result.count, 4) + Self.number(comment.count, 2) + comment
        return prefix + result + directory + end
    }

    static func number(_ value: Int, _ width: Int) -> [UInt8] { (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    /// DEFLATE without compression.
    static func stored(_ data: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = data[...]
        repeat {
            let piece = rest.prefix(65_535)
            rest = rest.dropFirst(piece.count)
            result += [rest.isEmpty ? 1 : 0] + number(piece.count, 2) + number(~piece.count, 2) + piece
        } while !rest.isEmpty
        return result
    }

    static func gzip(_ data: [UInt8]) -> [UInt8] {
        [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255] + stored(data) + number(Int(CRC32.checksum(data)), 4) + number(data.count, 4)
    }
}

/// Writes tar archives.
enum TarBuilder {
    static func member(
        _ name: String, _ data: [UInt8] = [], type: Character = "0", link: String = "", size: Int? = nil, isDamaged: Bool = false
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func set(_ offset: Int, _ text: String) { for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte } }
        set(0, name)
        set(100, "0000644\u{0}")
        let octal = String(size ?? data.count, radix: 8)
        set(124, String(repeating: "0", count: 11 - octal.count) + octal)
        block[156] = type.asciiValue ?? 0
        set(157, link)
        set(257, "ustar\u{0}00")
        set(148, "        ")
        let sum = String(block.reduce(0) { $0 + Int($1) } + (isDamaged ? 1 : 0), radix: 8)
        set(148, String(repeating: "0", count: 6 - sum.count) + sum + "\u{0} ")
        return block + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
    }

    static func archive(_ members: [UInt8]...) -> [UInt8] { members.joined() + [UInt8](repeating: 0, count: 1_024) }
}
