import WaybillFormat
import WaybillStore
import WaybillSystem

/// What a running command works with.
package struct Session: Sendable {
    package let console: Console
    package let output: Output
    package let configuration: ConfigurationFolder

    package init(_ console: Console, output: Output) {
        self.console = console
        self.output = output
        configuration = ConfigurationFolder(console)
    }

    var aliases: RemoteAliases { RemoteAliases(configuration) }
    var credentials: Credentials { Credentials(configuration) }

    func resolver() throws(CommandError) -> AddressResolver {
        AddressResolver(
            aliases: try aliases.all(), currentDirectory: console.currentDirectory,
            exists: { (try? FileStatus.of($0)) != nil })
    }

    /// A path of the command line as an absolute one; needs no settings.
    func absolutePath(_ path: String) -> String {
        AddressResolver(aliases: [:], currentDirectory: console.currentDirectory, exists: { _ in false }).absolutePath(path)
    }

    /// Memory and threads for commands that read a few small objects.
    func lightWork() -> Work { Work(threads: min(2, Processors.count), memory: 32 << 20) }

    /// The tokens for a command whose first remote is `first`.
    /// - Parameter file: of `--token-file`.
    func tokens(first: ResolvedRemote, file: String?) throws(CommandError) -> TokenChoice {
        // The variable is there for all commands, also for those whose remote takes no token.
        let variable = first.location.origin == nil ? nil : console.environment("WAYBILL_TOKEN_FILE")
        guard let file = file ?? variable else { return TokenChoice(explicit: nil, credentials: credentials) }
        return TokenChoice(explicit: (try Credentials.read(file: file), first.location), credentials: credentials)
    }
}

/// Which token goes where.
package struct TokenChoice: Sendable {
    let explicit: (token: String, location: RemoteLocation)?
    let credentials: Credentials

    package init(explicit: (token: String, location: RemoteLocation)?, credentials: Credentials) {
        self.explicit = explicit
        self.credentials = credentials
    }

    /// The token for a location: the one named on the command line only for its own origin.
    package func token(for location: RemoteLocation) throws(CommandError) -> String? {
        if let explicit, explicit.location.hasSameOrigin(as: location) { return explicit.token }
        guard let origin = location.origin else { return nil }
        return try credentials.token(for: origin)
    }
}
