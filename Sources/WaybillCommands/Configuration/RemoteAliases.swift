import WaybillFormat

/// What `waybill remote` declares, in `config.json`.
package struct RemoteAliases: Sendable {
    private static let file = "config.json"
    private static let member = "remotes"

    package let folder: ConfigurationFolder

    package init(_ folder: ConfigurationFolder) { self.folder = folder }

    /// Aliases and where they lead, never to another alias.
    /// - Throws: `.usage` for a file that says something else.
    package func all() throws(CommandError) -> [String: RemoteLocation] {
        var aliases: [String: RemoteLocation] = [:]
        for (name, value) in try entries(folder.read(Self.file)) {
            guard let text = value.text, let location = try? RemoteLocation(parsing: text), Self.isTarget(location) else {
                throw CommandError(
                    .usage, subject: "remote '\(name)'", cause: "config.json gives it no usable address",
                    remedy: "'waybill remote remove \(name)', then 'waybill remote add \(name) URL'")
            }
            aliases[name] = location
        }
        return aliases
    }

    /// Declares `name`; the same declaration again changes nothing.
    /// - Throws: `.conflict` if it leads elsewhere already.
    package func add(_ name: String, _ location: RemoteLocation) async throws(CommandError) {
        try await folder.update(Self.file, mode: 0o644) { (members) throws(CommandError) in
            var entries = try entries(members)
            if let old = entries[name]?.text, old != location.description {
                throw CommandError(
                    .conflict, subject: "remote '\(name)'", cause: "exists already, for \(old)",
                    remedy: "'waybill remote remove \(name)' first, or choose another name")
            }
            entries[name] = .string(location.description)
            members[Self.member] = .object(entries)
        }
    }

    /// - Returns: where it led.
    package func remove(_ name: String) async throws(CommandError) -> String {
        let known = try entries(folder.read(Self.file))
        guard let old = known[name] else { throw Self.unknown(name, known.keys.sorted()) }
        try await folder.update(Self.file, mode: 0o644) { (members) throws(CommandError) in
            var entries = try entries(members)
            entries[name] = nil
            members[Self.member] = .object(entries)
        }
        return old.text ?? ""
    }

    private func entries(_ members: [String: JSONValue]) throws(CommandError) -> [String: JSONValue] {
        guard let value = members[Self.member] else { return [:] }
        guard case .object(let entries) = value else {
            throw CommandError(
                .usage, subject: "\(folder.path ?? "")/\(Self.file)", cause: "\"remotes\" is not an object",
                remedy: "Mend the file, or remove it")
        }
        return entries
    }

    /// The error for an alias that nobody declared.
    static func unknown(_ name: String, _ known: [String]) -> CommandError {
        let remedy =
            if let nearest = Nearest.to(name, in: known) {
                "Did you mean '\(nearest)'?"
            } else if known.isEmpty {
                "Declare it with 'waybill remote add \(name) URL', or write a whole address: http://host:8090/org/name"
            } else {
                "Declared are: \(known.prefix(8).joined(separator: ", ")). 'waybill remote add \(name) URL' declares another"
            }
        return CommandError(.usage, subject: name, cause: "there is no remote of this name", remedy: remedy)
    }

    private static func isTarget(_ location: RemoteLocation) -> Bool {
        if case .alias = location { return false }
        return true
    }
}
