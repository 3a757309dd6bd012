import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import WaybillFormat
import WaybillSystem

/// A store behind HTTP: any web server over a store directory can be read; `waybill serve` takes pushes too.
public final class HTTPStore: ChunkSource {
    public let label: String
    let transport: HTTPTransport
    let retry: RetryPolicy

    /// - Parameters:
    ///   - token: sent to this origin only, and over plain HTTP only on loopback.
    ///   - connections: open at once.
    public init(
        _ location: RemoteLocation, token: String? = nil, connections: Int = 8, retry: RetryPolicy = RetryPolicy()
    ) throws(StoreError) {
        transport = try HTTPTransport(location, token: token, connections: connections)
        label = transport.base
        self.retry = retry
    }

    /// Ends all connections; call once, last.
    public func close() async { await transport.close() }

    public func object(_ name: ObjectName, fresh: Bool) async throws(StoreError) -> [UInt8] {
        try await retry.run { () async throws(StoreError) in
            let headers = fresh ? [("Cache-Control", "no-cache"), ("Pragma", "no-cache")] : []
            let response = try await transport.send(.GET, name.path, headers: headers)
            let subject = "\(label)/\(name.path)"
            guard response.status == .ok else { throw await transport.refusal(response, subject: subject) }
            return try await collect(response, maximum: name.maximumBytes, subject: subject)
        }
    }

    private func collect(_ response: HTTPClientResponse, maximum: Int, subject: String) async throws(StoreError) -> [UInt8] {
        if let text = response.headers.first(name: "Content-Length"), let length = Int(text), length > maximum {
            throw tooLong(maximum, subject)
        }
        var bytes: [UInt8] = []
        do {
            for try await var part in response.body {
                guard part.readableBytes <= maximum - bytes.count else { throw tooLong(maximum, subject) }
                if let read = part.readBytes(length: part.readableBytes) { bytes += read }
            }
        } catch {
            throw HTTPTransport.failure(error, subject: subject)
        }
        return bytes
    }

    private func tooLong(_ maximum: Int, _ subject: String) -> StoreError {
        StoreError(
            .integrity, subject: subject, cause: "has more than the \(maximum) bytes that such an object may have",
            remedy: "The server sends something else (an error page?); check the address")
    }

    public func read(_ name: ObjectName, range: Range<Int>, into slab: Slab) async throws(StoreError) {
        let start = slab.count
        try await retry.run { () async throws(StoreError) in
            slab.resize(start)
            do throws(StoreError) {
                try await readOnce(name, range: range, into: slab)
            } catch {
                slab.resize(start)
                throw error
            }
        }
    }

    private func readOnce(_ name: ObjectName, range: Range<Int>, into slab: Slab) async throws(StoreError) {
        let subject = "\(label)/\(name.path)"
        let header = "bytes=\(range.lowerBound)-\(range.upperBound - 1)"
        let response = try await transport.send(.GET, name.path, headers: [("Range", header)])
        var skip = 0
        switch response.status.code {
        case 206:
            let text = response.headers.first(name: "Content-Range") ?? ""
            guard let content = ContentRange(header: text), content.start == range.lowerBound, content.end == range.upperBound - 1 else {
                throw StoreError(
                    .integrity, subject: subject, cause: "answered '\(text)' to the range \(header)",
                    remedy: "The server or a proxy is broken; use another mirror", isTransient: true)
            }
        case 200:
            // No range support: what comes before the range is read and dropped.
            skip = range.lowerBound
        case 416:
            throw StoreError(
                .integrity, subject: subject, cause: "is shorter than byte \(range.upperBound)",
                remedy: "The pack is truncated or was repacked; run the command again, or use another mirror")
        case 404, 410:
            throw StoreError(
                .integrity, subject: subject, cause: "is named by a locator and is not there (\(response.status.code))",
                remedy: "Push the revision again, or use another mirror")
        default:
            throw await transport.refusal(response, subject: subject)
        }
        var wanted = range.count
        do {
            for try await part in response.body {
                var part = part
                let dropped = min(skip, part.readableBytes)
                part.moveReaderIndex(forwardBy: dropped)
                skip -= dropped
                guard part.readableBytes > 0 else { continue }
                let taken = part.readSlice(length: min(wanted, part.readableBytes)) ?? ByteBuffer()
                slab.append(raw: taken.readableBytesSpan)
                wanted -= taken.readableBytes
                if wanted == 0 { break }
            }
        } catch {
            throw HTTPTransport.failure(error, subject: subject)
        }
        guard wanted == 0 else {
            throw StoreError(
                .unavailable, subject: subject, cause: "the body ended \(wanted) bytes early",
                remedy: "The server or a proxy cuts answers short, or the pack is truncated; use another mirror", isTransient: true)
        }
    }
}
