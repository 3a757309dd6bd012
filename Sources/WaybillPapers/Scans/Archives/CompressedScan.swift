import WaybillCodec

/// gzip and zlib streams: what they inflate to is looked at in turn.
enum CompressedScan {
    /// - Returns: nil if it does not inflate, or what begins like a zlib stream is none: two bytes prove little. Else where the stream
    ///   ends, as far as that is known.
    static func scan(
        _ source: any ByteSource, _ wrapping: StreamInflater.Wrapping, _ session: ScanSession
    ) throws(ScanStop) -> Int? {
        let inflated = InflatedSource(source, wrapping, budget: session.budget)
        let held = try inflated.held(ScanSession.held)
        if wrapping == .zlib, held.bytes.count < 16 { return nil }
        session.looked(at: wrapping == .gzip ? .gzip : .zlib)
        if let damage = held.damage { session.report(.archiveMalformed, at: 0, damage) }
        guard session.depth < ScanSession.maximumDepth else {
            session.report(.archiveDepth, at: 0, "archives inside one another, deeper than is followed")
            session.markPartial("archives were not followed to their end")
            return .max
        }
        // What is small is held whole: its end can then be looked at, too.
        let inner: any ByteSource = held.isWhole ? MemorySource(held.bytes) : inflated
        let end = held.isWhole ? inflated.consumedCount : nil
        do {
            try session.inside(Self.name(session.name)) { () throws(ScanStop) in try ContentScan.scan(inner, session) }
        } catch {
            guard case .damaged(let cause) = error else { throw error }
            session.report(.archiveMalformed, at: 0, cause)
        }
        if let end, let size = source.size {
            ArchiveRules.checkRatio(stored: size, size: held.bytes.count, at: 0, session)
            if end < size { try EmbeddedPickles.search(source, from: end, session) }
        }
        return end ?? .max
    }

    /// The name without the ending that says it is compressed.
    private static func name(_ name: String) -> String {
        let file = name.split(separator: "/").last.map(String.init) ?? name
        if file.hasSuffix(".tgz") { return file.dropLast(4) + ".tar" }
        if file.hasSuffix(".gz") || file.hasSuffix(".z") { return String(file[..<(file.lastIndex(of: ".") ?? file.endIndex)]) }
        return file
    }
}
