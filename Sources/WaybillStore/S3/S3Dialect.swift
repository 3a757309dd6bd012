import NIOHTTP1
import Synchronization
import WaybillFormat
import WaybillSystem

/// Signs requests to a bucket, and knows what its refusals mean.
final class S3Dialect: HTTPDialect {
    private struct Clock: Sendable {
        /// Seconds to add to the wall clock, since the endpoint found it wrong.
        var offset = 0
        var corrections = 0
        /// The endpoint took a signature of ours: the keys are right.
        var isProven = false
    }

    private let access: S3Access
    private let signer: SigV4?
    private let label: String
    private let clock = Mutex(Clock())

    /// Seconds that the endpoint's clock and ours may differ before a correction is worth it; S3 tolerates 15 minutes.
    private static let tolerance = 300
    /// Twice as often as a clock that is set while we run would need.
    private static let maximumCorrections = 4

    init(_ access: S3Access, label: String) {
        self.access = access
        self.label = label
        signer = access.credentials.map { SigV4(credentials: $0, region: access.region) }
    }

    /// A redirect leads to another host, which must not see a signature of ours.
    var followsRedirects: Bool { false }

    /// The endpoint did what was asked.
    func accepted() { clock.withLock { $0.isProven = true } }

    // MARK: Signing

    func complete(_ headers: inout HTTPHeaders, of request: HTTPRequest, to url: String) {
        let (host, path, query) = Self.parts(of: url)
        headers.replaceOrAdd(name: "Host", value: host)
        guard let signer else { return }
        let stamp = SigV4.stamp(secondsSince1970: Host.unixSeconds() + clock.withLock { $0.offset })
        let payload = request.bodyDigest?.hex ?? SigV4.emptyPayload
        headers.replaceOrAdd(name: "x-amz-date", value: stamp)
        headers.replaceOrAdd(name: "x-amz-content-sha256", value: payload)
        if let token = signer.credentials.sessionToken { headers.replaceOrAdd(name: "x-amz-security-token", value: token) }
        let signed = headers.map { (name: $0.name.lowercased(), value: $0.value) }.filter { header in
            ["host", "range", "if-none-match", "content-type"].contains(header.name) || header.name.hasPrefix("x-amz-")
        }
        let message = SigV4.Message(method: request.method.rawValue, path: path, query: query, headers: signed, payload: payload)
        headers.replaceOrAdd(name: "Authorization", value: signer.authorization(message, at: stamp))
    }

    private static func parts(of url: String) -> (host: String, path: String, query: String) {
        let origin = HTTPTransport.origin(of: url)
        let rest = url.dropFirst(origin.count)
        let host = origin.firstRange(of: "://").map { String(origin[$0.upperBound...]) } ?? origin
        let pieces = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return (host, pieces.first.map(String.init) ?? "/", pieces.count > 1 ? String(pieces[1]) : "")
    }

    // MARK: Refusals

    func refusal(_ answer: HTTPAnswer) async -> RequestError {
        let body = (try? await answer.collect(maximum: S3Failure.maximumBytes)) ?? []
        let failure = S3Failure(parsing: body)
        let region = answer.header("x-amz-bucket-region") ?? failure?.region
        let date = answer.header("Date").flatMap { S3Time.microseconds(http: $0) }
        let retryAfter = answer.header("Retry-After").flatMap { Int($0) }.map { Double(min(max($0, 0), 86_400)) }
        return refusal(
            status: answer.status, subject: answer.subject, failure: failure, region: region, serverTime: date.map { $0 / 1_000_000 },
            retryAfter: retryAfter)
    }

    /// - Parameters:
    ///   - failure: nil where the body is none of S3's, as of every `HEAD`.
    ///   - serverTime: the answer's `Date`, in seconds since 1970.
    func refusal(
        status: Int, subject: String, failure: S3Failure?, region: String?, serverTime: Int?, retryAfter: Double?
    ) -> RequestError {
        let said = failure.map { $0.message.isEmpty ? $0.code : "\($0.code): \($0.message)" } ?? "\(status)"
        // An endpoint that repeats what it was sent must not make us print it.
        let words = access.credentials?.occur(in: said) == true ? failure?.code ?? "\(status)" : said
        func error(_ code: ErrorCode, _ cause: String, _ remedy: String, _ failure: RequestFailure? = nil) -> RequestError {
            RequestError(StoreError(code, subject: subject, cause: cause, remedy: remedy), failure)
        }
        let answered = "the endpoint answered \(words)"
        switch (status, failure?.code ?? "") {
        case (_, "RequestTimeTooSkewed"): return skewed(subject, serverTime)
        case (301, _), (302, _), (307, _), (308, _), (_, "AuthorizationHeaderMalformed"), (_, "IllegalLocationConstraintException"):
            return elsewhere(subject, words, region)
        case (_, "NoSuchBucket"):
            return error(
                .notFound, "there is no such bucket at this endpoint", "Create it, or check the endpoint (AWS_ENDPOINT_URL_S3) and the name"
            )
        case (404, _), (410, _): return RequestError(.missing(subject, in: label), nil)
        case (401, _), (403, _), (_, "ExpiredToken"), (_, "InvalidToken"), (_, "TokenRefreshRequired"), (_, "InvalidAccessKeyId"):
            return denied(subject, words, code: failure?.code)
        case (_, "BadDigest"), (_, "InvalidDigest"), (_, "XAmzContentSHA256Mismatch"), (_, "IncompleteBody"):
            return error(.integrity, "what was sent arrived damaged (\(words))", RequestError.wrongAdvice, .wrong)
        case (400, "RequestTimeout"), (409, _), (_, "OperationAborted"): return error(.unavailable, answered, RequestError.advice, .broken)
        case (408, _), (425, _), (429, _), (503, _):
            return error(.unavailable, answered, RequestError.advice, .busy(retryAfter: retryAfter))
        case (500, _), (502, _), (504, _): return error(.unavailable, answered, RequestError.advice, .broken)
        case (405, _), (501, _): return error(.failure, answered, "Use an endpoint that does what Protocol/S3.md demands")
        case (400, ""):
            // S3 says why; a proxy on the way may have read something else than we sent.
            return error(.unavailable, "the endpoint answered 400 and does not say why", "Check that it speaks S3 at this address", .wrong)
        default: return error(.unavailable, answered, "Check the endpoint and the bucket")
        }
    }

    private func skewed(_ subject: String, _ serverTime: Int?) -> RequestError {
        let now = Host.unixSeconds()
        let mayRetry = clock.withLock { clock -> Bool in
            guard let serverTime else { return false }
            // Another request may have found out first.
            guard abs(serverTime - (now + clock.offset)) > Self.tolerance else { return true }
            guard clock.corrections < Self.maximumCorrections else { return false }
            clock.corrections += 1
            clock.offset = serverTime - now
            return true
        }
        let error = StoreError(
            .unavailable, subject: subject, cause: "the endpoint finds that this machine's clock is wrong", remedy: "Set the clock")
        return RequestError(error, mayRetry ? .wrong : nil)
    }

    private func elsewhere(_ subject: String, _ words: String, _ region: String?) -> RequestError {
        guard let region, region != access.region else {
            return RequestError(
                StoreError(
                    .usage, subject: subject, cause: "the bucket is at another endpoint (\(words))",
                    remedy: "Set its endpoint (AWS_ENDPOINT_URL_S3) and region (AWS_REGION); redirects are not followed"), nil)
        }
        let shown = Shown.text(region)
        return RequestError(
            StoreError(
                .usage, subject: subject, cause: "the bucket is in the region \(shown), and was asked for in \(access.region)",
                remedy: "Set AWS_REGION=\(shown)"), nil)
    }

    private func denied(_ subject: String, _ words: String, code: String?) -> RequestError {
        func error(_ cause: String, _ remedy: String, _ failure: RequestFailure? = nil) -> RequestError {
            RequestError(StoreError(.authentication, subject: subject, cause: cause, remedy: remedy), failure)
        }
        guard signer != nil else {
            return error(
                "the bucket is not public, and no credentials were found", "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
            )
        }
        switch code {
        case "SignatureDoesNotMatch":
            // Keys that were right before are right now: the request was changed on the way.
            let isProven = clock.withLock { $0.isProven }
            return error("the signature does not match (\(words))", "Check the secret key and the region", isProven ? .wrong : nil)
        case "InvalidAccessKeyId": return error("the endpoint does not know the access key", "Check AWS_ACCESS_KEY_ID and the endpoint")
        case "ExpiredToken", "InvalidToken", "TokenRefreshRequired":
            return error("the session token is no longer valid", "Get new credentials, and run the command again: it continues")
        default:
            return error(
                "the endpoint refuses access (\(words))",
                "The key needs the permissions in Protocol/S3.md; without s3:ListBucket an object that is not there looks like this, too")
        }
    }
}
