/// The path of a file inside a model, safe to join to a directory on any system (the rules are in Protocol/MANIFEST.md).
///
/// Equality and order are those of the UTF-8 bytes, not Unicode's canonical equivalence.
public struct ModelPath: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    public static let maximumByteCount = 2_048
    public static let maximumComponents = 64
    public static let maximumComponentByteCount = 255

    /// Never part of a model, at any depth and in any case.
    public static let ignoredNames: Set<String> = [".waybill", ".git", ".cache"]

    private static let devices: Set<String> = Set(
        ["con", "prn", "aux", "nul"] + (1...9).flatMap { ["com\($0)", "lpt\($0)"] })

    /// - Throws: `.integrity`, as paths come from manifests.
    public init(_ text: String) throws(FormatError) {
        func refused(_ cause: String) -> FormatError {
            FormatError(
                .integrity, subject: text, cause: "not a path for a model's file: \(cause)",
                remedy: "Rename the file, or take the model from a publisher that does not use such names.")
        }
        guard !text.utf8.isEmpty else { throw refused("it is empty") }
        guard text.utf8.count <= Self.maximumByteCount else { throw refused("longer than \(Self.maximumByteCount) bytes") }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value >= 0x7F && $0.value < 0xA0 }) else {
            throw refused("it contains a control character")
        }
        guard !text.utf8.contains(UInt8(ascii: "\\")) else { throw refused("it contains a backslash") }
        // Split by bytes: a combining mark after "/" would hide it from Character.
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count <= Self.maximumComponents else { throw refused("more than \(Self.maximumComponents) components") }
        for part in parts {
            guard !part.isEmpty else { throw refused("a component is empty") }
            guard part.count <= Self.maximumComponentByteCount else {
                throw refused("a component is longer than \(Self.maximumComponentByteCount) bytes")
            }
            let name = String(Substring(part)).lowercased()
            guard name != ".", name != ".." else { throw refused("it contains \(name)") }
            guard part.last != UInt8(ascii: "."), part.last != UInt8(ascii: " ") else {
                throw refused("a component ends with a dot or a space")
            }
            guard !Self.ignoredNames.contains(name) else { throw refused("\(name) is never part of a model") }
            let stem = name.utf8.prefix { $0 != UInt8(ascii: ".") }
            guard !Self.devices.contains(String(Substring(stem))) else { throw refused("a component is the name of a device on Windows") }
        }
        self.text = text
    }

    /// The names between the slashes.
    public var components: [String] {
        text.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    }

    /// Equal for paths that a file system may take for one: lower case, compared (by `String`) up to canonical equivalence.
    public var collisionKey: String { text.lowercased() }

    public var description: String { text }

    public static func == (a: ModelPath, b: ModelPath) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    public static func < (a: ModelPath, b: ModelPath) -> Bool { a.text.utf8.lexicographicallyPrecedes(b.text.utf8) }

    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }

    /// Checks that the paths are in ascending order, distinct also where case or normalisation does not count, and that none is a
    /// folder of another (by the same measure).
    /// - Throws: `.integrity`, about the later path of the two.
    public static func requireDistinct(_ sorted: [ModelPath]) throws(FormatError) {
        func refused(_ path: ModelPath, _ cause: String) -> FormatError {
            FormatError(
                .integrity, subject: path.text, cause: cause,
                remedy: "Rename one of the two files, so that every file system can tell them apart.")
        }
        var keys: Set<String> = []
        keys.reserveCapacity(sorted.count)
        var previous: ModelPath?
        for path in sorted {
            if let previous, !(previous < path) {
                throw refused(path, previous == path ? "the path stands twice" : "the paths are not in the order of their UTF-8 bytes")
            }
            previous = path
            guard keys.insert(path.collisionKey).inserted else {
                throw refused(path, "it differs from another path in case or Unicode normalisation only")
            }
        }
        var folder = ""
        for path in sorted {
            let key = path.collisionKey
            guard let slash = key.utf8.lastIndex(of: UInt8(ascii: "/")) else { continue }
            let parent = String(Substring(key.utf8[..<slash]))
            // Neighbours mostly share their folder.
            if parent.utf8.elementsEqual(folder.utf8) { continue }
            folder = parent
            var rest = parent.utf8[...]
            while true {
                guard !keys.contains(String(Substring(rest))) else { throw refused(path, "a folder of it is itself a file") }
                guard let next = rest.lastIndex(of: UInt8(ascii: "/")) else { break }
                rest = rest[..<next]
            }
        }
    }
}
