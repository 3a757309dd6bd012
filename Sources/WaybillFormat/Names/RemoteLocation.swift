/// Where a store is, in the canonical form of its text: two spellings of one place are equal values.
public enum RemoteLocation: Hashable, Sendable, CustomStringConvertible {
    /// - scheme: `http` or `https`.
    /// - host: lower case; an IPv6 address without its brackets, in RFC 5952's form.
    /// - port: nil where it is the scheme's own (80, 443).
    /// - base: empty, or a path with a slash in front and none behind.
    case http(scheme: String, host: String, port: Int?, base: String)
    /// - prefix: empty, or a path with no slash at either end.
    case s3(bucket: String, prefix: String)
    /// - path: absolute (`/srv/store`), or relative beginning with `.` or `..`; as written, without percent-decoding.
    case file(path: String)
    /// A name that `waybill remote add` declared.
    case alias(String)

    /// - Parameter text: `http(s)://host[:port][/base]`, `s3://bucket[/prefix]`, `file:///dir`, `file:./dir` or an alias.
    /// - Throws: `.usage`, with the likely correction as remedy.
    public init(parsing text: String) throws(FormatError) {
        let parser = RemoteParser(text)
        self = try parser.remote(trailingSegments: 0).remote
    }

    public var description: String {
        switch self {
        case .http(let scheme, let host, let port, let base):
            "\(scheme)://\(host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host)\(port.map { ":\($0)" } ?? "")\(base)"
        case .s3(let bucket, let prefix): prefix.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(prefix)"
        case .file(let path): path.utf8.first == UInt8(ascii: "/") ? "file://\(path)" : "file:\(path)"
        case .alias(let name): name
        }
    }

    /// Whether requests stay on this machine: `localhost`, 127.0.0.0/8, `::1`, or a directory.
    public var isLoopback: Bool {
        switch self {
        case .http(_, let host, _, _): host == "localhost" || host == "::1" || HostName.isIPv4Loopback(host)
        case .file: true
        case .s3, .alias: false
        }
    }

    /// The port that is connected to; nil where there is none.
    public var effectivePort: Int? {
        guard case .http(let scheme, _, let port, _) = self else { return nil }
        return port ?? (scheme == "https" ? 443 : 80)
    }

    /// Whether a token for this place may go to `other`: the same scheme, host and port. Never true but between HTTP locations.
    public func hasSameOrigin(as other: RemoteLocation) -> Bool {
        guard case .http(let scheme, let host, _, _) = self, case .http(let otherScheme, let otherHost, _, _) = other else { return false }
        return scheme == otherScheme && host == otherHost && effectivePort == other.effectivePort
    }
}
