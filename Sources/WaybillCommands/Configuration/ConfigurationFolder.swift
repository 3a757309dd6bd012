import WaybillFormat
import WaybillSystem

/// The folder of the user's settings. Files in it are small JSON objects, written whole or not at all, by one command at a time.
package struct ConfigurationFolder: Sendable {
    /// Nil where the environment names no home.
    package let path: String?

    private static let maximumByteCount = 1 << 20

    package init(_ console: Console) {
        if let folder = console.environment("XDG_CONFIG_HOME"), folder.hasPrefix("/") {
            path = "\(folder)/waybill"
        } else {
            path = console.environment("HOME").map { "\($0)/.config/waybill" }
        }
    }

    /// The members of a file; none if it is not there.
    package func read(_ name: String) throws(CommandError) -> [String: JSONValue] {
        guard let path else { return [:] }
        let subject = "\(path)/\(name)"
        let bytes: [UInt8]
        do throws(SystemError) {
            let file = try OwnedFile.open(subject, .read)
            bytes = try file.read(at: 0, count: Self.maximumByteCount + 1)
        } catch {
            if error.code == .notFound { return [:] }
            throw CommandError(error)
        }
        guard bytes.count <= Self.maximumByteCount, let value = try? JSONValue(parsing: bytes, subject: subject),
            case .object(let members) = value
        else {
            throw CommandError(.usage, subject: subject, cause: "is not the JSON object that it should be", remedy: "Mend it, or remove it")
        }
        return members
    }

    /// Changes the members of a file under a lock.
    package func update(
        _ name: String, mode: UInt32, _ change: (inout [String: JSONValue]) throws(CommandError) -> Void
    ) async throws(CommandError) {
        guard let path else {
            throw CommandError(
                .usage, subject: name, cause: "there is no place for settings: neither XDG_CONFIG_HOME nor HOME is set", remedy: "Set HOME")
        }
        let folder = try lifting { () throws(SystemError) in try Folder.create(path, mode: 0o700) }
        let lock = try lifting { () throws(SystemError) in try OwnedFile.open("\(path)/lock", .readWrite) }
        var tries = 0
        while !lock.tryLock() {
            tries += 1
            guard tries < 100, (try? await Task.sleep(for: .milliseconds(50))) != nil else {
                throw CommandError(.conflict, subject: path, cause: "another command holds the settings", remedy: "Run the command again")
            }
        }
        var members = try read(name)
        try change(&members)
        members["schema"] = .integer(1)
        let bytes = JSONValue.object(members).canonical + [10]
        try lifting { () throws(SystemError) in try folder.replace(name, with: bytes, mode: mode) }
    }
}
