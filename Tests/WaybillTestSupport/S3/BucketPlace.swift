import WaybillFormat
import WaybillStore

/// A prefix of a bucket.
package struct BucketPlace: Sendable {
    package let endpoint: String
    package let bucket: String
    package let prefix = "t\(UInt64.random(in: .min ... .max))/store"
    package var accessKey = "AK"
    package var secretKey = "SK"
    /// Where faults are set.
    package let small: SmallGateway?

    package init(_ small: SmallGateway) {
        self.small = small
        endpoint = small.endpoint
        bucket = SmallGateway.bucket
    }

    package init(endpoint: String, bucket: String, accessKey: String, secretKey: String) {
        small = nil
        self.endpoint = endpoint
        self.bucket = bucket
        self.accessKey = accessKey
        self.secretKey = secretKey
    }

    /// Another process's view of the store.
    /// - Parameter environment: beside, or instead of, endpoint and keys.
    package func open(
        patience: Double = 20, environment: [String: String] = [:], settings: S3Settings = S3Settings(),
        notify: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> S3Store {
        let all = ["AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": accessKey, "AWS_SECRET_ACCESS_KEY": secretKey]
            .merging(environment) { $1 }
        let access = try S3Access(
            bucket: bucket, settings: settings, environment: { all[$0].flatMap { $0.isEmpty ? nil : $0 } }, file: { _ in nil })
        return S3Store(access, prefix: prefix, label: "s3://\(bucket)/\(prefix)", retry: RetryPolicy(patience: patience)) { [small] text in
            // The endpoint lives as long as a store that uses it.
            withExtendedLifetime(small) { notify(text) }
        }
    }

    /// Opens an empty store there.
    package func create() async throws -> S3Store {
        let store = try open()
        try await store.create()
        return store
    }
}
