/// Keys to a bucket. Printed, dumped or put into a message it shows nothing.
public struct S3Credentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let accessKey: String
    package let secretKey: String
    package let sessionToken: String?

    public init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }

    public var description: String { "credentials" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Whether `text` gives any of them away.
    package func occur(in text: String) -> Bool {
        [accessKey, secretKey, sessionToken ?? ""].contains { !$0.isEmpty && text.contains($0) }
    }
}
