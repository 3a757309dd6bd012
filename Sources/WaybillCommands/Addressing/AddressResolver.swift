import WaybillFormat

/// Turns what a person writes into addresses, remotes and directories, by the rules of Protocol/CLI.md.
package struct AddressResolver: Sendable {
    package let aliases: [String: RemoteLocation]
    package let currentDirectory: String
    /// Whether there is something at a path, for telling a directory from a mistyped address.
    package let exists: @Sendable (String) -> Bool

    package init(aliases: [String: RemoteLocation], currentDirectory: String, exists: @escaping @Sendable (String) -> Bool) {
        self.aliases = aliases
        self.currentDirectory = currentDirectory
        self.exists = exists
    }

    /// - Throws: `.usage`, with the likely correction.
    package func address(_ text: String) throws(CommandError) -> ResolvedAddress {
        let address = try lifting { () throws(FormatError) in try Address(parsing: text) }
        let remote = try resolve(address.remote, text)
        return ResolvedAddress(remote: remote, model: address.model, ref: address.ref, revision: address.revision)
    }

    /// - Throws: `.usage`, with the likely correction.
    package func remote(_ text: String) throws(CommandError) -> ResolvedRemote {
        let location: RemoteLocation
        do throws(FormatError) {
            location = try RemoteLocation(parsing: text)
        } catch {
            let first = String(text.prefix { $0 != "/" })
            if text.contains("/"), aliases[first] != nil {
                throw CommandError.usage(text, "a remote alone was expected, without a model", "Write \(first)")
            }
            throw CommandError(error)
        }
        return try resolve(location, text)
    }

    /// A path or an address, as `show` takes it.
    package func target(_ text: String) throws(CommandError) -> Target {
        if isPath(text) { return .directory(text) }
        if hasScheme(text) { return .address(try address(text)) }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 3, aliases[parts[0]] != nil { return .address(try address(text)) }
        if exists(text) { return .directory(text) }
        // Nothing there: what was meant is an address, or a directory that is missing.
        guard parts.count >= 3 || text.contains(":") else {
            let looksLikeModel = parts.count == 2 && (try? ModelName(org: parts[0], name: parts[1])) != nil
            throw CommandError(
                .notFound, subject: text, cause: "there is no such directory",
                remedy: looksLikeModel
                    ? "For a model of a mirror write its whole address, for example \(aliases.keys.min() ?? "http://host:8090")/\(text)"
                    : "Check the path")
        }
        return .address(try address(text))
    }

    /// The directory of a store, as `serve` and `token` take it.
    package func storeDirectory(_ text: String) throws(CommandError) -> String {
        if isPath(text) { return text }
        guard hasScheme(text) || aliases[text] != nil else { return text }
        let remote = try remote(text)
        guard case .file(let path) = remote.location else {
            throw CommandError.usage(text, "this needs the directory of a store", "Run the command on the machine that holds the store")
        }
        return path
    }

    /// The bucket that `text` names as a store; nil for anything else.
    package func bucket(_ text: String) throws(CommandError) -> RemoteLocation? {
        guard !isPath(text), hasScheme(text) || aliases[text] != nil else { return nil }
        let location = try remote(text).location
        if case .s3 = location { return location }
        return nil
    }

    /// An absolute form of a remote for `remote add`.
    package func declared(_ text: String) throws(CommandError) -> RemoteLocation {
        let location = try lifting { () throws(FormatError) in try RemoteLocation(parsing: text) }
        if case .alias(let name) = location {
            throw CommandError.usage(
                text, "a remote is declared by its address",
                aliases[name] == nil
                    ? "Write for example http://host:8090, https://host/base or file:///dir" : "'\(name)' is a remote's name itself")
        }
        return absolute(location)
    }

    /// A path of the command line as an absolute one. The current directory is free of links, so `..` at the beginning is counted
    /// off from it; a later one may follow a link and stays for the system.
    package func absolutePath(_ path: String) -> String {
        var parts = path.hasPrefix("/") ? [] : currentDirectory.split(separator: "/")
        var mayClimb = !path.hasPrefix("/")
        for part in path.split(separator: "/") where part != "." {
            if part == "..", mayClimb {
                _ = parts.popLast()
            } else {
                parts.append(part)
                mayClimb = false
            }
        }
        return "/" + parts.joined(separator: "/")
    }

    private func isPath(_ text: String) -> Bool {
        text == "." || text == ".." || text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../") || text.hasPrefix("~")
    }

    private func hasScheme(_ text: String) -> Bool {
        guard let colon = text.firstIndex(of: ":") else { return false }
        return ["http", "https", "s3", "file"].contains(text[..<colon].lowercased()) || text.contains("://")
    }

    private func resolve(_ location: RemoteLocation, _ text: String) throws(CommandError) -> ResolvedRemote {
        guard case .alias(let name) = location else { return ResolvedRemote(location: absolute(location)) }
        if let found = aliases[name] { return ResolvedRemote(location: absolute(found)) }
        let known = aliases.keys.sorted()
        let error = RemoteAliases.unknown(name, known)
        if let nearest = Nearest.to(name, in: known) { throw error.advising("Did you mean '\(nearest)\(text.dropFirst(name.count))'?") }
        throw exists(text) ? error.advising("For a store in a directory write file:./\(text)") : error
    }

    private func absolute(_ location: RemoteLocation) -> RemoteLocation {
        guard case .file(let path) = location, !path.hasPrefix("/") else { return location }
        return .file(path: absolutePath(path))
    }
}
