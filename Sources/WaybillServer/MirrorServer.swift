import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals
import WaybillFormat
import WaybillStore
import WaybillSystem

/// A served mirror (`waybill serve`): the static tier over a store directory, and the active tier that takes pushes
/// (Protocol/HTTP.md). HTTP/1.1 without TLS; beyond loopback a proxy in front ends TLS.
public struct MirrorServer: Sendable {
    private let configuration: Configuration
    private let store: DirectoryStore
    private let tokens: TokenRegistry
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - store: opened with `proof: .byStore`, otherwise pushed manifests would be believed.
    ///   - logger: gets a line for each request; `JSONLogHandler` writes them as JSON.
    ///   - onListening: called once with the port, when connections are accepted.
    /// - Throws: `.usage` for a configuration that contradicts itself.
    public init(
        configuration: Configuration, store: DirectoryStore, tokens: TokenRegistry, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws(ServerError) {
        self.configuration = try configuration.validated()
        self.store = store
        self.tokens = tokens
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until SIGTERM, SIGINT or the cancellation of the task. Requests that run then are finished, for
    /// `shutdownTimeout` at most.
    /// - Throws: `.failure` if the address cannot be had.
    public func run() async throws {
        var group = ServiceGroupConfiguration(
            services: [.init(service: application, successTerminationBehavior: .gracefullyShutdownGroup)], logger: logger)
        if configuration.handlesSignals { group.gracefulShutdownSignals = [.sigterm, .sigint] }
        group.maximumGracefulShutdownDuration = configuration.shutdownTimeout
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as IOError {
            throw ServerError(
                .failure, subject: "\(configuration.host):\(configuration.port)", cause: "cannot listen: \(error.description)",
                remedy: "Choose another port with --listen, or stop what holds this one")
        }
    }

    private var application: some Service {
        let metrics = MirrorMetrics()
        let responder = MirrorResponder(
            configuration: configuration, tokens: tokens, metrics: metrics,
            statics: StaticTier(store: store, isPrivate: configuration.isPrivate, pieceByteCount: configuration.pieceByteCount),
            active: ActiveTier(
                store: store, configuration: configuration, metrics: metrics, uploads: Gate(configuration.maximumConcurrentPackUploads),
                proofs: ProofBoard(places: configuration.maximumConcurrentProofs), pushes: PushBoard(store: store)),
            logger: logger)
        return Application(
            responder: responder, server: .mirror(idleTimeout: TimeAmount(configuration.idleTimeout)),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port), serverName: "waybill/\(configuration.version)",
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.maximumConnections, logger: logger)),
            onServerRunning: { [onListening] channel in onListening(channel.localAddress?.port ?? 0) },
            logger: logger)
    }
}

extension HTTPServerBuilder {
    /// HTTP/1.1 with small bounds on heads, and `100 Continue` for those who wait for it.
    static func mirror(idleTimeout: TimeAmount) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            HTTP1Channel(
                responder: { request, writer, channel in
                    // Not for a body that will be refused unread: the client then need not send it.
                    if request.headers[.expect]?.lowercased() == "100-continue",
                        let length = request.headers[.contentLength].flatMap({ Int($0) }), length <= Limits.pack
                    {
                        try await writer.writeInformationalHead(HTTPResponse(status: .continue))
                    }
                    try await responder(request, writer, channel)
                },
                configuration: .init(
                    idleTimeout: idleTimeout,
                    httpDecoderConfiguration: .init(maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100)))
        }
    }
}
