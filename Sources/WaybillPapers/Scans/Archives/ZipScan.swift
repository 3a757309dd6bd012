import WaybillCodec

/// Zip archives: torch, npz, Keras and any other.
enum ZipScan {
    private static let localHeader = 30
    /// A descriptor behind the data, and the padding that writers leave.
    private static let slack = 24

    static func scan(_ source: any ByteSource, _ session: ScanSession) throws(ScanStop) {
        session.looked(at: .zip)
        let ends = try ZipDirectory.ends(source)
        guard let last = ends.first else {
            session.report(.archiveMalformed, at: 0, "the zip archive has no directory that can be read")
            if source.size == nil { session.markPartial("a compressed zip archive is too large to be read from its end") }
            try unlisted(source, 0..<(source.size ?? .max), session)
            return
        }
        var spans: [Range<Int>] = []
        for end in ends {
            // An archive that is a member has an end record of its own.
            guard end == last || !spans.contains(where: { $0.contains(end) }), let directory = try ZipDirectory(source, end: end) else {
                continue
            }
            if end != last { session.report(.archiveAmbiguousEnd, at: end, "the archive has another end record") }
            if directory.isCut {
                session.report(
                    .archiveMalformed, at: directory.start, "the directory breaks off, or does not have as many members as it says")
                session.markPartial("members of an archive that its directory does not name rightly")
            }
            spans += try scanEntries(of: directory, source, session)
            spans.append(directory.start..<max(directory.start, min(directory.end, source.size ?? 0)))
            if directory.base > 0 { session.report(.archiveUnlistedData, at: 0, "\(directory.base) bytes stand before the archive") }
        }
        try scanGaps(spans, source, session)
    }

    /// - Returns: what the members take up.
    private static func scanEntries(
        of directory: ZipDirectory, _ source: any ByteSource, _ session: ScanSession
    ) throws(ScanStop) -> [Range<Int>] {
        var names: Set<[UInt8]> = []
        var spans: [Range<Int>] = []
        let tensors = tensorFolders(directory)
        reportTorchScript(directory, session)
        for entry in directory.entries {
            ArchiveRules.checkName(entry.text, at: entry.offset, session)
            if !names.insert(entry.name).inserted {
                session.report(.archiveDuplicateName, at: entry.offset, "the member \(quoted(entry.text)) stands twice")
            }
            guard let data = try checkedData(of: entry, source, session) else { continue }
            spans.append(entry.offset..<data.upperBound + (entry.hasDescriptor ? slack : 0))
            ArchiveRules.checkRatio(stored: entry.stored, size: entry.size, at: entry.offset, session)
            let wasTensorData = session.isTensorData
            session.isTensorData = wasTensorData || tensors.contains { entry.name.starts(with: $0) }
            defer { session.isTensorData = wasTensorData }
            try scan(entry, data, source, session)
        }
        let sorted = spans.sorted { $0.lowerBound < $1.lowerBound }
        for (one, next) in zip(sorted, sorted.dropFirst()) where next.lowerBound + slack < one.upperBound {
            session.report(.archiveOverlap, at: next.lowerBound, "members share bytes")
        }
        return spans
    }

    /// TorchScript keeps its methods as text beside its pickles: `archive/code/`.
    private static func reportTorchScript(_ directory: ZipDirectory, _ session: ScanSession) {
        let pickles = ["data.pkl", "constants.pkl"].map { Array($0.utf8) }
        for entry in directory.entries {
            guard let pickle = pickles.first(where: { entry.name.suffix($0.count).elementsEqual($0) }) else { continue }
            let folder = Array(entry.name.dropLast(pickle.count)) + Array("code/".utf8)
            guard let code = directory.entries.first(where: { $0.name.starts(with: folder) && $0.name.count > folder.count }) else {
                continue
            }
            session.report(
                .codeTorchScript, at: code.offset, "a program of TorchScript: its methods run when it is loaded and called")
            return
        }
    }

    /// The folders in which torch keeps tensors, beside its `data.pkl`: `archive/data/`.
    private static func tensorFolders(_ directory: ZipDirectory) -> [[UInt8]] {
        let pickle = Array("data.pkl".utf8)
        return directory.entries.filter { $0.name.suffix(pickle.count).elementsEqual(pickle) }.prefix(4).map {
            Array($0.name.dropLast(pickle.count)) + Array("data/".utf8)
        }
    }

    /// Where the data of a member lies, if its local header says the same as the directory.
    private static func checkedData(
        of entry: ZipDirectory.Entry, _ source: any ByteSource, _ session: ScanSession
    ) throws(ScanStop) -> Range<Int>? {
        guard let size = source.size, entry.offset >= 0, entry.stored >= 0, entry.size >= 0,
            let local = try LocalHeader(source, at: entry.offset), local.data <= size, entry.stored <= size - local.data
        else {
            session.report(
                .archiveMalformed, at: max(entry.offset, 0),
                "the member \(quoted(entry.text)) lies outside of the archive, or has no header")
            session.markPartial("a member of an archive was not found")
            return nil
        }
        var differences: [String] = []
        if local.name != entry.name { differences.append("name") }
        if local.method != entry.method { differences.append("compression") }
        if local.flags & 1 != entry.flags & 1 { differences.append("encryption") }
        if local.flags & 8 == 0, !local.isZip64, local.stored != entry.stored || local.size != entry.size { differences.append("size") }
        if entry.method == 0, !entry.isEncrypted, entry.stored != entry.size { differences.append("size") }
        if !differences.isEmpty {
            session.report(
                .archiveHeaderMismatch, at: entry.offset,
                "the two headers of \(quoted(entry.text)) disagree about \(differences.joined(separator: ", "))")
        }
        // A member whose local header names another compression is looked at both ways.
        if local.method != entry.method {
            try scan(
                ZipDirectory.Entry(
                    name: local.name, method: local.method, flags: entry.flags, stored: entry.stored, size: max(local.size, entry.size),
                    offset: entry.offset, attributes: 0, isUnix: false), local.data..<local.data + entry.stored, source, session)
        }
        return local.data..<local.data + entry.stored
    }

    private static func scan(
        _ entry: ZipDirectory.Entry, _ data: Range<Int>, _ source: any ByteSource, _ session: ScanSession
    ) throws(ScanStop) {
        let stored = RangeSource(source, offset: data.lowerBound, count: data.count)
        if entry.isLink {
            ArchiveRules.checkLink(
                entry.text, target: String(decoding: try stored.read(0, 4_096), as: UTF8.self), at: entry.offset, session)
            return
        }
        guard !entry.isEncrypted else {
            session.report(.archiveEncrypted, at: entry.offset, "the member \(quoted(entry.text)) is encrypted")
            session.markPartial("an encrypted member of an archive")
            return
        }
        guard session.depth < ScanSession.maximumDepth else {
            session.report(.archiveDepth, at: entry.offset, "archives inside one another, deeper than is followed")
            session.markPartial("archives were not followed to their end")
            return
        }
        let content: any ByteSource
        switch entry.method {
        case 0: content = stored
        case 8:
            let inflated = InflatedSource(stored, .none, budget: session.budget)
            guard entry.size <= ScanSession.held else {
                content = inflated
                break
            }
            // Not the size that the archive names counts, but what is there.
            let held = try inflated.held(ScanSession.held)
            content = held.isWhole ? MemorySource(held.bytes) : inflated
            if let damage = held.damage {
                session.report(.archiveMalformed, at: entry.offset, "\(quoted(entry.text)): \(damage)")
            } else if held.bytes.count != entry.size {
                session.report(
                    .archiveHeaderMismatch, at: entry.offset, "\(quoted(entry.text)) unpacks to another size than the archive names")
            }
        default:
            session.report(
                .archiveUnreadable, at: entry.offset,
                "the member \(quoted(entry.text)) is compressed by method \(entry.method), which is not read here")
            session.markPartial("a member of an archive that is compressed in a way that is not read")
            return
        }
        do {
            try session.inside(entry.text) { () throws(ScanStop) in try ContentScan.scan(content, session) }
        } catch {
            guard case .damaged(let cause) = error else { throw error }
            session.report(.archiveMalformed, at: entry.offset, "\(quoted(entry.text)): \(cause)")
        }
    }

    // MARK: What the directory does not list

    private static func scanGaps(_ spans: [Range<Int>], _ source: any ByteSource, _ session: ScanSession) throws(ScanStop) {
        guard let size = source.size else { return }
        var position = 0
        for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) + [size..<size] {
            if span.lowerBound > position { try scanGap(position..<span.lowerBound, source, session) }
            position = max(position, span.upperBound)
        }
    }

    private static func scanGap(_ gap: Range<Int>, _ source: any ByteSource, _ session: ScanSession) throws(ScanStop) {
        let head = try source.read(gap.lowerBound, min(gap.count, 64))
        // The record and locator of zip64 stand between the directory and the end.
        guard !head.starts(with: [0x50, 0x4B, 0x06, 0x06]) || gap.count > 76 else { return }
        guard gap.count > slack || Magic.isZip(head) || head.first == 0x80 else { return }
        session.report(.archiveUnlistedData, at: gap.lowerBound, "\(gap.count) bytes that the directory does not list")
        try unlisted(source, gap, session)
    }

    /// Looks at members without an entry in the directory, and at anything else.
    private static func unlisted(_ source: any ByteSource, _ range: Range<Int>, _ session: ScanSession) throws(ScanStop) {
        var position = range.lowerBound
        for _ in 0..<1_024 {
            guard position < range.upperBound, let local = try LocalHeader(source, at: position) else { break }
            let room = range.upperBound - local.data
            guard room >= 0 else { break }
            let count = local.flags & 8 == 0 ? min(local.stored, room) : room
            guard count >= 0 else { break }
            let entry = ZipDirectory.Entry(
                name: local.name, method: local.method, flags: local.flags, stored: count, size: max(local.size, 0), offset: position,
                attributes: 0, isUnix: false)
            try scan(entry, local.data..<local.data + count, source, session)
            position = local.data + count
        }
        try EmbeddedPickles.search(source, from: position, to: range.upperBound, session)
    }

    private struct LocalHeader {
        let name: [UInt8]
        let method: Int
        let flags: Int
        let stored: Int
        let size: Int
        let data: Int
        let isZip64: Bool

        init?(_ source: any ByteSource, at offset: Int) throws(ScanStop) {
            let fixed = try source.read(offset, localHeader)
            guard fixed.count == localHeader, fixed.starts(with: [0x50, 0x4B, 0x03, 0x04]) else { return nil }
            func number(_ at: Int, _ width: Int) -> Int { (0..<width).reduce(0) { $0 | Int(fixed[at + $1]) << (8 * $1) } }
            name = try source.read(offset + localHeader, number(26, 2))
            method = number(8, 2)
            flags = number(6, 2)
            stored = number(18, 4)
            size = number(22, 4)
            isZip64 = stored == 0xFFFF_FFFF || size == 0xFFFF_FFFF
            data = offset + localHeader + number(26, 2) + number(28, 2)
        }
    }
}
