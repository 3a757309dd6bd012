import ArgumentParser
import Logging
import Synchronization
import WaybillFormat
import WaybillServer
import WaybillStore
import WaybillTransfer

struct ServeCommand: StandardCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a store directory over HTTP, for pulls and pushes.",
        usage: "waybill serve <store> [--listen <host:port>] [<options>]",
        discussion: """
            Pushes need a token ('waybill token create STORE') unless --allow-anonymous-push is given. Every pushed chunk is \
            decoded and hashed before it is acknowledged. Listens on this machine only unless told otherwise; beyond it, put a \
            proxy with TLS in front. SIGTERM and SIGINT stop it when running requests are done.

            Example:
              waybill store init ./store
              waybill serve ./store
            """)

    @Argument(help: "The directory of a store.", completion: .directory)
    var store: String

    @Option(help: ArgumentHelp("Where to listen; port 0 picks a free one.", valueName: "host:port"))
    var listen = "127.0.0.1:8090"

    @Flag(name: .customLong("private"), help: "Reading needs a token too.")
    var isPrivate = false

    @Flag(help: "Whoever reaches the mirror may push.")
    var allowAnonymousPush = false

    @Option(
        help: ArgumentHelp(
            "Publish only what this policy allows: a file, or permissive-commercial, eu-documented, research.", valueName: "policy"),
        completion: .file())
    var policy: String?

    @OptionGroup var work: WorkOptions
    @OptionGroup var common: CommonOptions

    var handlesSignals: Bool { true }

    func run(in session: Session) async throws(CommandError) -> CommandResult {
        let address = try ListenAddress(listen)
        let path = try session.resolver().storeDirectory(store)
        let work = try work.makeWork()
        let store = try await lifting { () async throws(StoreError) in try await DirectoryStore.open(path, work: work, proof: .byStore) }
        var configuration = MirrorServer.Configuration()
        configuration.host = address.host
        configuration.port = address.port
        configuration.isPrivate = isPrivate
        configuration.allowsAnonymousPush = allowAnonymousPush
        configuration.version = RootCommand.version
        configuration.evidence = RevisionEvidence.rule
        if let enforcement = try session.enforcement(policy, command: "serve", log: "\(session.absolutePath(path))/private/decisions.jsonl")
        {
            let trust = session.publisherCheck
            configuration.admission = { (manifest, entry, store) async throws(StoreError) in
                try await enforcement.admit(manifest, by: entry, in: store, trust: trust)
            }
        }
        let logger = Logger(label: "waybill") { [common] _ in
            var handler = JSONLogHandler()
            if common.quiet { handler.logLevel = .error }
            return handler
        }
        let isPrivate = isPrivate
        let isAnonymous = allowAnonymousPush
        let output = session.output
        let place = try session.resolver().absolutePath(path)
        let server = try lifting { () throws(ServerError) in
            try MirrorServer(configuration: configuration, store: store, tokens: TokenRegistry(store: store), logger: logger) { port in
                let url = address.url(port: port)
                output.announce(
                    [
                        "address": .string(url), "store": .string(place), "push": isAnonymous ? "anonymous" : "token",
                        "private": .bool(isPrivate),
                    ], text: "waybill serves \(place) at \(url)")
            }
        }
        warn(address, output)
        do {
            try await server.run()
        } catch let error as ServerError {
            throw CommandError(error)
        } catch {
            throw CommandError(
                .failure, subject: listen, cause: "the server ended: \(error)", remedy: "See the log; check the address and the permissions"
            )
        }
        return CommandResult([:])
    }

    private func warn(_ address: ListenAddress, _ output: Output) {
        guard !address.isLoopback else { return }
        let push: TerminalText = allowAnonymousPush ? " Whoever reaches it may push." : ""
        output.warning(
            "\(listen) is reached from other machines, without TLS: what is sent can be read and changed on the way.\(push) Put a proxy with TLS in front; clients send tokens over https only."
        )
    }
}
