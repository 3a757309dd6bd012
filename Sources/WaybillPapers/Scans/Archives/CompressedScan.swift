import WaybillCodec

/// gzip and zlib streams: what they inflate to is looked at in turn.
enum CompressedScan {
    /// - Returns: false if it does not inflate, or what begins like a zlib stream is none: two bytes prove little.
    static func scan(
        _ source: any ByteSource, _ wrapping: StreamInflater.Wrapping, _ session: ScanSession
    ) throws(ScanStop) -> Bool {
        var inner: any ByteSource = InflatedSource(source, wrapping, budget: session.budget)
        do {
            guard try !inner.read(0, 64).isEmpty else { return wrapping == .gzip }
        } catch {
            guard case .damaged(let cause) = error else { throw error }
            guard wrapping == .gzip else { return false }
            session.looked(at: .gzip)
            session.report(.archiveMalformed, at: 0, cause)
            return true
        }
        session.looked(at: wrapping == .gzip ? .gzip : .zlib)
        guard session.depth < ScanSession.maximumDepth else {
            session.report(.archiveDepth, at: 0, "archives inside one another, deeper than is followed")
            session.markPartial("archives were not followed to their end")
            return true
        }
        do {
            // What is small is held whole: its end can then be looked at, too.
            let held = try inner.readAll(0, ScanSession.held)
            if let size = inner.size, size <= held.count {
                inner = MemorySource(held)
                try scanBehind(source, session, inner: held.count)
            }
            try session.inside(Self.name(session.name)) { () throws(ScanStop) in try ContentScan.scan(inner, session) }
        } catch {
            guard case .damaged(let cause) = error else { throw error }
            session.report(.archiveMalformed, at: 0, cause)
        }
        return true
    }

    /// The bomb's measure.
    private static func scanBehind(_ source: any ByteSource, _ session: ScanSession, inner: Int) throws(ScanStop) {
        guard let outer = source.size else { return }
        ArchiveRules.checkRatio(stored: outer, size: inner, at: 0, session)
    }

    /// The name without the ending that says it is compressed.
    private static func name(_ name: String) -> String {
        let file = name.split(separator: "/").last.map(String.init) ?? name
        if file.hasSuffix(".tgz") { return file.dropLast(4) + ".tar" }
        if file.hasSuffix(".gz") || file.hasSuffix(".z") { return String(file[..<(file.lastIndex(of: ".") ?? file.endIndex)]) }
        return file
    }
}
