import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import WaybillFormat
import WaybillStore
import WaybillSystem

/// Takes a request through admission, handler, connection rules and log.
struct MirrorResponder: HTTPResponder {
    typealias Context = MirrorContext

    let configuration: MirrorServer.Configuration
    let tokens: TokenRegistry
    let metrics: MirrorMetrics
    let statics: StaticTier
    let active: ActiveTier
    let logger: Logger

    /// After an answer that ends the connection, what the client still sends is read for this time, so that it sees the answer
    /// rather than a reset.
    private static let lingering: TimeAmount = .seconds(2)

    func respond(to request: Request, context: MirrorContext) async throws -> Response {
        let target = request.head.path ?? ""
        let route = Route(target: target, basePath: configuration.basePath)
        var record = AccessRecord(
            id: context.requestID, method: request.method.rawValue, target: target, route: route.label,
            remote: context.channel.remoteAddress.map { $0.ipAddress ?? "local" } ?? "unknown")
        metrics.began()
        var body = IncomingBody(request, subject: Self.subject(target), patience: configuration.idleTimeout / 2)
        var answer: Answer
        do throws(Refusal) {
            answer = try await handle(route, request, &body, &record)
        } catch {
            metrics.refused(error.code)
            record.cause = error.cause
            answer = error.answer
            answer.endsConnection = error.endsConnection
        }
        record.status = answer.status.code
        record.bytesIn = body.received
        if answer.endsConnection || body.hasCostlyRemainder { end(context.channel, &answer) }
        return response(answer, isHead: request.method == .head, record, context)
    }

    private func handle(
        _ route: Route, _ request: Request, _ body: inout IncomingBody, _ record: inout AccessRecord
    ) async throws(Refusal) -> Answer {
        let subject = Self.subject(record.target)
        guard route != .unknown else { throw .notFound(subject) }
        guard route.methods.contains(request.method) else {
            var refusal = Refusal(
                .methodNotAllowed, .usage, subject: subject, cause: "does not take \(request.method.rawValue)",
                remedy: "Use \(route.methods.map(\.rawValue).joined(separator: " or "))")
            refusal.headers[.allow] = route.methods.map(\.rawValue).joined(separator: ", ")
            throw refusal
        }
        if route == .health {
            return .bytes(.ok, Array("ok\n".utf8), type: "text/plain; charset=utf-8", headers: [.cacheControl: "no-store"])
        }
        if route == .server { return active.description }
        let isRead = if case .object = route { true } else { route == .metrics }
        let admission = try await Admission(
            request.headers, subject: subject, isRead: isRead, configuration: configuration, tokens: tokens)
        record.token = admission.token?.id
        switch route {
        case .object(let name):
            try admission.requireRead()
            return try await statics.answer(name, headers: request.headers, isHead: request.method == .head)
        case .metrics:
            try admission.requireRead()
            return .bytes(
                .ok, Array(metrics.text.utf8), type: "text/plain; version=0.0.4; charset=utf-8", headers: [.cacheControl: "no-store"])
        case .whoami: return try admission.describeToken()
        case .entry(let model, let ref):
            try admission.requirePush(model)
            let push = try PushTag(request.headers, admission, subject: subject)
            let answer = try await active.append(model, ref, &body)
            await active.pushes.end(push)
            return answer
        default: break
        }
        if case .keySet(let org, let n) = route {
            try admission.requirePush(org: org)
            return try await active.putKeySet(org, n, &body)
        }
        try admission.requirePush()
        let push = try PushTag(request.headers, admission, subject: subject)
        if case .push(let name) = route {
            await active.pushes.end(PushTag(owner: push.owner, name: name))
            return Answer(.ok)
        }
        // Before the answer: what it promises is the intent's to keep.
        try await active.storing(subject) { () async throws(StoreError) in try await active.pushes.keep(push) }
        switch route {
        case .have: return try await active.have(&body)
        case .pack(let digest): return try await active.putPack(digest, &body)
        case .evidence: return try await active.keepEvidence(&body)
        case .list(let digest): return try await active.putList(digest, &body)
        case .locator(let digest): return try await active.makeLocator(digest)
        case .manifest(let digest): return try await active.putManifest(digest, &body)
        case .attestation(let digest): return try await active.putAttestation(digest, &body)
        default: throw .notFound(subject)
        }
    }

    /// The path without its query, cut: for messages.
    private static func subject(_ target: String) -> String { String(target.prefix { $0 != "?" }.prefix(300)) }

    private func end(_ channel: any Channel, _ answer: inout Answer) {
        answer.headers[.connection] = "close"
        let linger = Self.lingering
        channel.eventLoop.scheduleTask(in: linger) { channel.close(promise: nil) }
    }

    private func response(_ answer: Answer, isHead: Bool, _ record: AccessRecord, _ context: MirrorContext) -> Response {
        var headers = answer.headers
        headers[.waybillRequest] = context.requestID
        headers[.waybillPath] = Self.subject(record.target)
        headers[.xContentTypeOptions] = "nosniff"
        if let length = answer.contentLength { headers[.contentLength] = "\(length)" }
        if isHead || answer.status == .notModified {
            finish(record, bytesOut: 0)
            return Response(status: answer.status, headers: headers)
        }
        switch answer.body {
        case .bytes(let buffer):
            finish(record, bytesOut: buffer.readableBytes)
            return Response(status: answer.status, headers: headers, body: ResponseBody(byteBuffer: buffer))
        case .stream(let length, let write):
            let timeout = TimeAmount(configuration.idleTimeout)
            let body = ResponseBody(contentLength: length) { writer in
                var outgoing = OutgoingBody(writer, channel: context.channel, timeout: timeout)
                do {
                    try await write(&outgoing)
                    try await outgoing.finish()
                } catch {
                    var broken = record
                    broken.cause = "broke off: \(error)"
                    self.finish(broken, bytesOut: outgoing.byteCount)
                    throw error
                }
                self.finish(record, bytesOut: outgoing.byteCount)
            }
            return Response(status: answer.status, headers: headers, body: body)
        }
    }

    private func finish(_ record: AccessRecord, bytesOut: Int) {
        metrics.ended(route: record.route, status: record.status, bytesIn: record.bytesIn, bytesOut: bytesOut)
        record.log(to: logger, bytesOut: bytesOut)
    }
}
