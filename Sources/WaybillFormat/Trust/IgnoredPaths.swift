/// Files and folders that are left out, with everything below them.
public struct IgnoredPaths: Sendable {
    private var entries: Set<[UInt8]> = []
    private var isEverything = false

    /// - Parameter paths: relative; `./` before and `/` behind do not count. One that leaves the directory matches nothing.
    public init(_ paths: [String]) {
        for path in paths {
            let parts = path.utf8.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
            if path.utf8.first == UInt8(ascii: "/") { continue }
            if parts.isEmpty { isEverything = true } else { entries.insert(Array(parts.joined(separator: [UInt8(ascii: "/")]))) }
        }
    }

    /// Whether `path`, relative and normalised, or a folder of it is among them.
    public func contains(_ path: String) -> Bool {
        if isEverything { return true }
        if entries.isEmpty { return false }
        let bytes = Array(path.utf8)
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "/") {
            if entries.contains(Array(bytes[..<index])) { return true }
        }
        return entries.contains(bytes)
    }
}
