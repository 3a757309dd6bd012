import Foundation

/// A folder of its own for a test, removed with it.
public final class TemporaryFolder: @unchecked Sendable {
    public let path: String

    public init(_ name: String = "waybill-test") {
        path = NSTemporaryDirectory() + "\(name)-\(UInt64.random(in: .min ... .max))"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of `name` inside.
    public func path(_ name: String) -> String { path + "/" + name }

    /// Writes a file inside, with its folders.
    @discardableResult
    public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = path(name)
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    @discardableResult
    public func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}

/// What files say.
public enum Files {
    public static func read(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    public static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Relative paths of all regular files below `root`, sorted; `.waybill` left out.
    public static func list(_ root: String) -> [String] {
        guard let walker = FileManager.default.enumerator(atPath: root) else { return [] }
        var found: [String] = []
        for case let name as String in walker where !name.split(separator: "/").contains(".waybill") {
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: root + "/" + name, isDirectory: &isFolder), !isFolder.boolValue { found.append(name) }
        }
        return found.sorted()
    }

    /// What differs between two trees, `.waybill` left out; empty if they are equal byte for byte.
    public static func differences(_ a: String, _ b: String) throws -> [String] {
        let result = try Tool.run("/usr/bin/diff", ["-r", "-x", ".waybill", a, b])
        return result.status == 0 ? [] : result.output.split(separator: "\n").map(String.init)
    }

    /// Changes one bit of a file.
    public static func flipBit(_ path: String, byte: Int, bit: Int = 0) throws {
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? handle.close() }
        try handle.seek(toOffset: UInt64(byte))
        guard let old = try handle.read(upToCount: 1)?.first else { return }
        try handle.seek(toOffset: UInt64(byte))
        try handle.write(contentsOf: Data([old ^ (1 << UInt8(bit))]))
    }
}

/// The repository that the tests belong to.
public enum Repository {
    public static let root: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.path
    }()

    public static func path(_ name: String) -> String { root + "/" + name }
}

/// SplitMix64: the same seed gives the same numbers everywhere.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// `count` random bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count { withUnsafeBytes(of: next().littleEndian) { bytes.append(contentsOf: $0) } }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// `count` bf16 numbers that look like weights: small, centred on zero.
    public mutating func weights(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 2)
        for _ in 0..<count {
            let sum = (0..<4).reduce(Float(0)) { total, _ in total + Float(Int64(truncatingIfNeeded: next() >> 40)) / Float(1 << 24) - 0.5 }
            let bits = UInt16(truncatingIfNeeded: (sum * 0.04).bitPattern >> 16)
            bytes.append(UInt8(truncatingIfNeeded: bits))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
        }
        return bytes
    }
}
