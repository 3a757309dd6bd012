/// Tar archives; old torch files are some.
enum TarScan {
    private static let block = 512
    private static let maximumMembers = 65_536
    private static let maximumExtension = 1 << 20

    private struct Header {
        let name: String
        let link: String
        let size: Int
        let type: UInt8

        /// Nil if the checksum is not right.
        init?(_ block: [UInt8]) {
            guard block.count == TarScan.block, let sum = TarScan.octal(block[148..<156]) else { return nil }
            var unsigned = 8 * 0x20
            var signed = 8 * 0x20
            for (index, byte) in block.enumerated() where !(148..<156).contains(index) {
                unsigned += Int(byte)
                signed += Int(Int8(bitPattern: byte))
            }
            guard sum == unsigned || sum == signed, let size = TarScan.octal(block[124..<136]) else { return nil }
            var name = TarScan.text(block[0..<100])
            if block[257..<262].elementsEqual("ustar".utf8), block[262] == 0 {
                let prefix = TarScan.text(block[345..<500])
                if !prefix.isEmpty { name = prefix + "/" + name }
            }
            self.name = name
            self.size = size
            link = TarScan.text(block[157..<257])
            type = block[156]
        }
    }

    /// - Returns: where it ends; nil if it is no tar archive.
    static func scan(_ source: any ByteSource, _ head: [UInt8], _ session: ScanSession) throws(ScanStop) -> Int? {
        guard head.count >= block, Header(Array(head[..<block])) != nil else { return nil }
        session.looked(at: .tar)
        var names: Set<String> = []
        var position = 0
        // What an extended header says about the next member.
        var (name, link, size): (String?, String?, Int?) = (nil, nil, nil)
        for _ in 0..<maximumMembers {
            let bytes = try source.read(position, block)
            if bytes.isEmpty { return position }
            if bytes.allSatisfy({ $0 == 0 }) {
                try scanBehind(source, position, session)
                return position
            }
            guard let header = Header(bytes) else {
                session.report(.archiveMalformed, at: position, "the tar archive breaks off")
                try EmbeddedPickles.search(source, from: position, session)
                return position
            }
            let data = position + block
            let count = size ?? header.size
            guard count >= 0, source.size.map({ count <= $0 - data }) ?? (count < 1 << 50) else {
                session.report(.archiveMalformed, at: position, "a member is longer than the archive")
                try EmbeddedPickles.search(source, from: position, session)
                return position
            }
            switch header.type {
            case UInt8(ascii: "L"): name = text(try source.readAll(data, min(count, maximumExtension))[...])
            case UInt8(ascii: "K"): link = text(try source.readAll(data, min(count, maximumExtension))[...])
            case UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "g"):
                for (key, value) in records(try source.readAll(data, min(count, maximumExtension))) {
                    switch key {
                    case "path": name = value
                    case "linkpath": link = value
                    case "size": size = Int(value)
                    default: break
                    }
                }
            default:
                let name = name ?? header.name
                ArchiveRules.checkName(name, at: position, session)
                if !names.insert(name).inserted {
                    session.report(.archiveDuplicateName, at: position, "the member \(quoted(name)) stands twice")
                }
                try scan(name, header.type, link ?? header.link, at: position, RangeSource(source, offset: data, count: count), session)
            }
            if !"LKxXg".utf8.contains(header.type) { (name, link, size) = (nil, nil, nil) }
            position = data + (count + block - 1) / block * block
        }
        session.report(.archiveMalformed, at: position, "more members than are followed")
        session.markPartial("an archive has more members than are followed")
        return position
    }

    private static func scan(
        _ name: String, _ type: UInt8, _ link: String, at offset: Int, _ content: RangeSource, _ session: ScanSession
    ) throws(ScanStop) {
        switch type {
        case UInt8(ascii: "1"), UInt8(ascii: "2"): ArchiveRules.checkLink(name, target: link, at: offset, session)
        case UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "6"):
            session.report(.archiveSpecialFile, at: offset, "\(quoted(name)) is a device or a pipe")
        case UInt8(ascii: "5"): break
        default:
            guard session.depth < ScanSession.maximumDepth else {
                session.report(.archiveDepth, at: offset, "archives inside one another, deeper than is followed")
                session.markPartial("archives were not followed to their end")
                return
            }
            try session.inside(name) { () throws(ScanStop) in try ContentScan.scan(content, session) }
        }
    }

    /// Behind the two blocks of zeros only padding may stand.
    private static func scanBehind(_ source: any ByteSource, _ position: Int, _ session: ScanSession) throws(ScanStop) {
        var position = position
        while true {
            let bytes = try source.read(position, ByteWindow.maximumRead)
            if bytes.isEmpty { return }
            if let index = bytes.firstIndex(where: { $0 != 0 }) {
                session.report(.archiveUnlistedData, at: position + index, "bytes behind the end of the tar archive")
                try EmbeddedPickles.search(source, from: position + index, session)
                return
            }
            position += bytes.count
        }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        if let first = field.first, first & 0x80 != 0 {
            var value = Int(first & 0x3F)
            for byte in field.dropFirst() {
                guard value < 1 << 54 else { return nil }
                value = value << 8 | Int(byte)
            }
            return first & 0x40 == 0 ? value : nil
        }
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        if digits.isEmpty { return 0 }
        return Int(String(decoding: digits, as: UTF8.self), radix: 8)
    }

    /// `length key=value\n`, again and again.
    private static func records(_ bytes: [UInt8]) -> [(key: String, value: String)] {
        var records: [(String, String)] = []
        var rest = bytes[...]
        while let space = rest.firstIndex(of: 0x20), let length = Int(String(decoding: rest[..<space], as: UTF8.self)), length > 0,
            length <= rest.count, records.count < 1_024, space - rest.startIndex < length
        {
            let record = rest[(space + 1)..<(rest.startIndex + length)]
            if let equals = record.firstIndex(of: UInt8(ascii: "=")) {
                records.append((String(decoding: record[..<equals], as: UTF8.self), text(record[(equals + 1)...].dropLast())))
            }
            rest = rest[(rest.startIndex + length)...]
        }
        return records
    }
}
