import WaybillFormat
import WaybillSystem

/// What a user says of a bucket's endpoint; what is nil comes from the environment and the files of the AWS tools (Protocol/S3.md).
public struct S3Settings: Sendable {
    public enum Addressing: String, Sendable, CaseIterable {
        case path, virtual, auto
    }

    /// `http(s)://host[:port]`.
    public var endpoint: String?
    public var region: String?
    public var addressing: Addressing?
    public var profile: String?

    public init(endpoint: String? = nil, region: String? = nil, addressing: Addressing? = nil, profile: String? = nil) {
        self.endpoint = endpoint
        self.region = region
        self.addressing = addressing
        self.profile = profile
    }
}

/// Where a bucket is and who asks: settings, environment and files taken together. Pure: both come from the caller.
package struct S3Access: Sendable {
    /// A URL without a slash at its end; keys follow.
    package let base: String
    package let region: String
    /// nil: requests are not signed.
    package let credentials: S3Credentials?

    static let defaultRegion = "us-east-1"

    /// - Parameters:
    ///   - environment: the value of a variable; nil if unset or empty.
    ///   - file: the text of a file; nil if it cannot be read.
    /// - Throws: `.usage`, naming the setting that is wrong.
    package init(
        bucket: String, settings: S3Settings, environment: (String) -> String?, file: (String) -> String?
    ) throws(StoreError) {
        let home = environment("HOME") ?? ""
        let credentialsPath = environment("AWS_SHARED_CREDENTIALS_FILE") ?? "\(home)/.aws/credentials"
        let configPath = environment("AWS_CONFIG_FILE") ?? "\(home)/.aws/config"
        let name = settings.profile ?? environment("AWS_PROFILE")
        let secrets = file(credentialsPath).map { AWSProfiles(parsing: $0) }?.profile(name ?? "default", isConfig: false)
        let config = file(configPath).map { AWSProfiles(parsing: $0) }?.profile(name ?? "default", isConfig: true)
        if let name, secrets == nil, config == nil {
            throw Self.wrong("profile \(name)", "is in neither \(credentialsPath) nor \(configPath)", "Check AWS_PROFILE")
        }
        region = try Self.region(
            settings.region ?? environment("AWS_REGION") ?? environment("AWS_DEFAULT_REGION") ?? config?["region"] ?? Self.defaultRegion)
        credentials = try Self.credentials(
            environment: settings.profile == nil ? environment : { _ in nil }, profiles: [secrets, config].compactMap { $0 },
            name: name ?? "default")
        let endpoint =
            settings.endpoint ?? environment("AWS_ENDPOINT_URL_S3") ?? environment("AWS_ENDPOINT_URL") ?? config?["endpoint_url"]
        let configured = try Self.addressing(config?["s3.addressing_style"])
        base = try Self.base(bucket, endpoint: endpoint, region: region, style: settings.addressing ?? configured)
    }

    private static func wrong(_ subject: String, _ cause: String, _ remedy: String) -> StoreError {
        StoreError(.usage, subject: subject, cause: cause, remedy: remedy)
    }

    private static func region(_ text: String) throws(StoreError) -> String {
        // It becomes a part of a host name.
        guard (1...64).contains(text.utf8.count), text.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }) else {
            throw wrong("region", "'\(Shown.text(text))' is not the name of a region", "Check AWS_REGION, or 'region' of the profile")
        }
        return text
    }

    private static func addressing(_ text: String?) throws(StoreError) -> S3Settings.Addressing {
        guard let text else { return .auto }
        guard let style = S3Settings.Addressing(rawValue: text) else {
            throw wrong("addressing_style", "'\(Shown.text(text))' is unknown", "Write path, virtual or auto")
        }
        return style
    }

    private static func credentials(
        environment: (String) -> String?, profiles: [[String: String]], name: String
    ) throws(StoreError) -> S3Credentials? {
        let advice = "Set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or neither"
        func pair(_ key: String?, _ secret: String?, _ token: String?, _ place: String) throws(StoreError) -> S3Credentials? {
            if key == nil, secret == nil { return nil }
            guard let key, let secret else { throw wrong(place, "has an access key or a secret key, and not both", advice) }
            for text in [key, secret, token ?? ""] where !text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
                throw wrong(place, "has keys with spaces or other characters that no key has", "Look for a line that broke")
            }
            return S3Credentials(accessKey: key, secretKey: secret, sessionToken: token)
        }
        if let found = try pair(
            environment("AWS_ACCESS_KEY_ID"), environment("AWS_SECRET_ACCESS_KEY"), environment("AWS_SESSION_TOKEN"), "the environment")
        {
            return found
        }
        for profile in profiles {
            if let found = try pair(
                profile["aws_access_key_id"], profile["aws_secret_access_key"], profile["aws_session_token"], "profile \(name)")
            {
                return found
            }
        }
        let elsewhere = ["role_arn", "sso_session", "sso_start_url", "credential_process", "web_identity_token_file", "credential_source"]
        if let key = elsewhere.first(where: { key in profiles.contains { $0[key] != nil } }) {
            throw wrong(
                "profile \(name)", "gets its keys by '\(key)', which is not supported",
                "Run: eval \"$(aws configure export-credentials --profile \(name) --format env)\"")
        }
        return nil
    }

    private static func base(
        _ bucket: String, endpoint: String?, region: String, style: S3Settings.Addressing
    ) throws(StoreError) -> String {
        let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        let text = endpoint ?? "https://s3.\(region).\(suffix)"
        guard case .http(let scheme, let host, let port, let path)? = try? RemoteLocation(parsing: text) else {
            throw wrong("endpoint", "'\(Shown.text(text))' is no HTTP address", "Write http://host:port or https://host")
        }
        let isAddress = host.contains(":") || host.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: ".") }
        let isVirtual =
            switch style {
            case .virtual: true
            case .path: false
            // The certificate of *.s3.region.amazonaws.com does not cover a bucket with a dot.
            case .auto: endpoint == nil && !bucket.contains(".")
            }
        guard isVirtual else {
            return "\(RemoteLocation.http(scheme: scheme, host: host, port: port, base: "\(path)/\(bucket)"))"
        }
        guard !isAddress else {
            throw wrong("endpoint", "\(text) is an IP address, which has no virtual hosts", "Use path style (addressing_style = path)")
        }
        return "\(RemoteLocation.http(scheme: scheme, host: "\(bucket).\(host)", port: port, base: path))"
    }
}

/// Text from outside in a message.
enum Shown {
    static let maximum = 200

    /// Short, in one line and without control characters.
    static func text(_ text: String) -> String {
        let plain = text.unicodeScalars.map { $0.value < 0x20 || $0.value >= 0x7F && $0.value < 0xA0 ? " " : String($0) }
        return plain.prefix(maximum).joined()
    }
}
