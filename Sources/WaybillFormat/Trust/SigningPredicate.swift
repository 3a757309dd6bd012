/// A file of a signed model. Names are compared byte for byte: two that differ by Unicode normalisation are two files.
public struct SignedFile: Hashable, Sendable {
    /// Relative to the model's directory; `.` for a model that is one file.
    public let path: String
    public let sha256: Digest

    public init(path: String, sha256: Digest) {
        self.path = path
        self.sha256 = sha256
    }

    public static func == (a: SignedFile, b: SignedFile) -> Bool {
        a.sha256 == b.sha256 && a.path.utf8.elementsEqual(b.path.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(sha256)
        for byte in path.utf8 { hasher.combine(byte) }
    }
}

/// The predicate of OpenSSF Model Signing v1.0: every file with its SHA-256, and what was left out.
public struct SigningPredicate: Hashable, Sendable {
    /// In the order in which the root digest takes them; each path once.
    public let files: [SignedFile]
    /// What the signer left out, as written.
    public let ignoredPaths: [String]

    public static let type = "https://model_signing/signature/v1.0"
    public static let maximumPathByteCount = 4_096
    public static let maximumIgnoredPaths = 1_024

    public init(files: [SignedFile], ignoredPaths: [String]) {
        self.files = files
        self.ignoredPaths = ignoredPaths
    }

    /// Reads what the reference tool writes, and what others do who follow the specification.
    /// - Throws: `.integrity` for a broken predicate, `.policy` for one with a method or hash that is not supported.
    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        var files: [SignedFile]?
        var serialization: Serialization?
        var scanner = JSONScanner(bytes, subject: subject, maximumDepth: 32)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "resources": try scanner.once(&files, key, Self.resources)
            case "serialization": try scanner.once(&serialization, key) { (scanner) throws(FormatError) in try Serialization(&scanner) }
            default: try scanner.skipValue()
            }
        }
        try scanner.finish()
        let found = try scanner.required(serialization, "serialization")
        try found.requireSupported(subject)
        self.init(files: try scanner.required(files, "resources"), ignoredPaths: found.ignoredPaths)
        try requireDistinct(subject)
        try requireNoneIgnored(subject)
    }

    private static func resources(_ scanner: inout JSONScanner) throws(FormatError) -> [SignedFile] {
        var files: [SignedFile] = []
        try scanner.enterArray()
        while try scanner.nextElement() {
            var name: String?
            var digest: String?
            var algorithm: String?
            try scanner.enterObject()
            while let key = try scanner.nextKey() {
                switch key {
                case "name": try scanner.once(&name, key) { (scanner) throws(FormatError) in try scanner.string() }
                case "digest": try scanner.once(&digest, key) { (scanner) throws(FormatError) in try scanner.string() }
                case "algorithm": try scanner.once(&algorithm, key) { (scanner) throws(FormatError) in try scanner.string() }
                default: try scanner.skipValue()
                }
            }
            let used = try scanner.required(algorithm, "algorithm")
            guard used == "sha256" else { throw unsupported(scanner.subject, "it hashes files with `\(shown(used))`, not with sha256") }
            guard let sha256 = Digest(hex: try scanner.required(digest, "digest")) else {
                throw scanner.broken("a digest is not 64 lower-case hexadecimal digits")
            }
            files.append(SignedFile(path: try path(try scanner.required(name, "name"), scanner.subject), sha256: sha256))
        }
        return files
    }

    /// A name that stays in the directory and has one form.
    private static func path(_ name: String, _ subject: String) throws(FormatError) -> String {
        let bytes = name.utf8
        let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isSafe = parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) }
        guard bytes.count <= maximumPathByteCount, !bytes.contains(0), isSafe || bytes.elementsEqual(".".utf8) else {
            throw .rejected(subject, "names a file by a path that is not relative and normalised: `\(shown(name))`")
        }
        return name
    }

    private func requireDistinct(_ subject: String) throws(FormatError) {
        let sorted = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        for (a, b) in zip(sorted, sorted.dropFirst()) where a.path.utf8.elementsEqual(b.path.utf8) {
            throw .rejected(subject, "names the file `\(Self.shown(a.path))` twice")
        }
        if files.count > 1, files.contains(where: { $0.path.utf8.elementsEqual(".".utf8) }) {
            throw .rejected(subject, "names the model itself (`.`) among its files")
        }
    }

    private func requireNoneIgnored(_ subject: String) throws(FormatError) {
        let ignored = IgnoredPaths(ignoredPaths)
        for file in files where ignored.contains(file.path) {
            throw .rejected(subject, "lists the file `\(Self.shown(file.path))` and says that it is ignored")
        }
    }

    /// Canonical JSON, method `files`.
    public func encoded() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("resources")
        writer.beginArray()
        for file in files {
            writer.beginObject()
            writer.key("algorithm")
            writer.string("sha256")
            writer.key("digest")
            writer.digest(file.sha256)
            writer.key("name")
            writer.string(file.path)
            writer.endObject()
        }
        writer.endArray()
        writer.key("serialization")
        writer.value(
            .object([
                "allow_symlinks": .bool(false), "hash_type": .string("sha256"), "method": .string("files"),
                "ignore_paths": .array(ignoredPaths.map { .string($0) }),
            ]))
        writer.endObject()
        return writer.bytes
    }

    fileprivate static func shown(_ text: String) -> String { StrangerText.neutralised(text, atMost: 256) }

    fileprivate static func unsupported(_ subject: String, _ cause: String) -> FormatError {
        FormatError(
            .policy, subject: subject, cause: "not supported: \(cause)",
            remedy: "Ask the signer for a signature with the method files and the hash sha256, which are what model_signing uses by itself")
    }
}

/// How the signer went through the files.
private struct Serialization {
    var method: String?
    var hash: String?
    var allowsLinks: Bool?
    var ignored: [String]??

    init(_ scanner: inout JSONScanner) throws(FormatError) {
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "method": try scanner.once(&method, key) { (scanner) throws(FormatError) in try scanner.string() }
            case "hash_type": try scanner.once(&hash, key) { (scanner) throws(FormatError) in try scanner.string() }
            case "allow_symlinks": try scanner.once(&allowsLinks, key) { (scanner) throws(FormatError) in try scanner.boolean() }
            case "ignore_paths": try scanner.once(&ignored, key, Self.paths)
            default: try scanner.skipValue()
            }
        }
        _ = try scanner.required(method, "method")
        _ = try scanner.required(hash, "hash_type")
        _ = try scanner.required(allowsLinks, "allow_symlinks")
    }

    var ignoredPaths: [String] { (ignored ?? nil) ?? [] }

    private static func paths(_ scanner: inout JSONScanner) throws(FormatError) -> [String]? {
        if try scanner.isNull() { return nil }
        var paths: [String] = []
        try scanner.enterArray()
        while try scanner.nextElement() {
            guard paths.count < SigningPredicate.maximumIgnoredPaths else {
                throw scanner.broken("more than \(SigningPredicate.maximumIgnoredPaths) ignored paths")
            }
            paths.append(try scanner.string())
        }
        return paths
    }

    func requireSupported(_ subject: String) throws(FormatError) {
        if let method, method != "files" {
            throw SigningPredicate.unsupported(subject, "it was made with the method `\(SigningPredicate.shown(method))`")
        }
        if let hash, hash != "sha256" {
            throw SigningPredicate.unsupported(subject, "it hashes files with `\(SigningPredicate.shown(hash))`")
        }
    }
}
