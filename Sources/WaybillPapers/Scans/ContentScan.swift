import WaybillCodec

/// Finds out what a source is, and hands it to those who know.
enum ContentScan {
    private static let head = 4_096

    static func scan(_ source: any ByteSource, _ session: ScanSession) throws(ScanStop) {
        let head = try source.read(0, head)
        guard !head.isEmpty else { return }
        let expected = ExpectedContent(name: session.name, isTop: session.depth == 0)
        if expected == .python { session.looked(at: .python) }
        let (found, end) = try scanHead(source, head, expected, session)
        if found != .zip { try scanTail(source, found, from: end, session) }
        try scanAsPickle(source, found, session)
        report(found, instead: expected, session)
    }

    /// - Returns: what it begins like, and where that ends if it has been followed there.
    private static func scanHead(
        _ source: any ByteSource, _ head: [UInt8], _ expected: ExpectedContent, _ session: ScanSession
    ) throws(ScanStop) -> (kind: ContentKind, end: Int) {
        if Magic.isZip(head) {
            try ZipScan.scan(source, session)
            return (.zip, .max)
        }
        if let wrapping = Magic.compression(head), let end = try CompressedScan.scan(source, wrapping, session) {
            return (wrapping == .gzip ? .gzip : .zlib, end)
        }
        if let end = try TarScan.scan(source, head, session) { return (.tar, end) }
        return (try scanPlain(source, head, expected, session), 0)
    }

    private static func scanPlain(
        _ source: any ByteSource, _ head: [UInt8], _ expected: ExpectedContent, _ session: ScanSession
    ) throws(ScanStop) -> ContentKind {
        if let archive = Magic.unreadArchive(head) {
            session.looked(at: .unreadArchive)
            session.report(.archiveUnreadable, at: 0, "\(archive) is not read here: nobody has looked inside")
            session.markPartial("\(archive) is not read")
            return .unreadArchive
        }
        if Magic.isNumpy(head) {
            try NumpyScan.scan(source, session)
            return .numpy
        }
        if Magic.isGGUF(head) {
            try GGUFScan.scan(source, session)
            return .gguf
        }
        if try HDF5Scan.scan(source, head, session) { return .hdf5 }
        if let program = Magic.executable(head) {
            session.looked(at: .executable)
            session.report(.executableBinary, at: 0, "a program (\(program))")
            return .executable
        }
        if Magic.isBytecode(head) {
            session.looked(at: .bytecode)
            session.report(.codeBytecode, at: 0, "a module of Python byte code: it is imported where its source is looked for")
            return .bytecode
        }
        if head.starts(with: "#!".utf8) {
            session.looked(at: .script)
            session.report(.executableScript, at: 0, "a script")
            return .script
        }
        if try SafetensorsScan.scan(source, head, isExpected: expected == .safetensors, session) { return .safetensors }
        if expected == .template {
            try TemplateFileScan.scan(source, session)
            return .chatTemplate
        }
        if try JSONScan.scan(source, head, isExpected: expected == .json, session) { return .json }
        if try PickleScan.scan(source, isExpected: expected == .pickle, session) { return .pickle }
        if let kind = try GraphScan.scan(source, head, isExpected: expected == .graph, session) { return kind }
        if expected == .python {
            session.report(.codePython, at: 0, "a Python file: it runs where remote code is trusted")
        } else if expected == .script {
            session.looked(at: .script)
            session.report(.executableScript, at: 0, "a script")
        } else {
            session.looked(at: .unknown)
        }
        try EmbeddedPickles.search(source, from: 0, session)
        return expected == .python ? .python : expected == .script ? .script : .unknown
    }

    /// A header of another format may be a pickle as well: the name of a tar's first member, the length of a safetensors header.
    private static func scanAsPickle(_ source: any ByteSource, _ found: ContentKind, _ session: ScanSession) throws(ScanStop) {
        // These have been tried.
        guard ![.pickle, .unknown, .python, .onnx, .tensorflow].contains(found) else { return }
        guard try PickleScan.scan(source, isExpected: false, session) else { return }
        session.report(.contentPolyglot, at: 0, "is \(found.rawValue) and a pickle")
    }

    /// A zip is read from its end: any file may be one as well.
    private static func scanTail(_ source: any ByteSource, _ found: ContentKind, from end: Int, _ session: ScanSession) throws(ScanStop) {
        // An archive inside a tar ends like one, too.
        guard try ZipDirectory.ends(source).contains(where: { $0 >= end }) else { return }
        if found != .unknown {
            session.report(.contentPolyglot, at: 0, "begins as \(found.rawValue) and ends as a zip archive")
        }
        try ZipScan.scan(source, session)
    }

    private static func report(_ found: ContentKind, instead expected: ExpectedContent, _ session: ScanSession) {
        guard let promised = expected.promise, !expected.accepts(found) else { return }
        if expected.isDataOnly, [.pickle, .executable, .bytecode, .zip, .tar].contains(found) || session.hasCode {
            session.report(.contentCodeInstead, at: 0, "is called \(promised), but is \(found.rawValue)")
        } else {
            session.report(.contentMismatch, at: 0, "is called \(promised), but is \(found.rawValue)")
        }
    }
}
