import Synchronization
import WaybillFormat
import WaybillSystem

/// A store in an S3 bucket (Protocol/S3.md). Read by anybody; written by one push at a time for each value of this type, and by any
/// number of processes.
public final class S3Store: ChunkSource {
    public let label: String
    let client: S3Client
    /// The push that works through this store.
    let push = Mutex(BucketPush())
    /// The endpoint was found to create objects once only.
    let isProbed = Mutex(false)

    /// Takes settings, environment and the files of the AWS tools together. Asks nothing of the endpoint.
    /// - Parameters:
    ///   - location: must be `.s3`.
    ///   - connections: open at once.
    ///   - notify: told, in words for people, when the endpoint does not answer and when it answers again.
    public convenience init(
        _ location: RemoteLocation, settings: S3Settings = S3Settings(), connections: Int = 8, retry: RetryPolicy = RetryPolicy(),
        notify: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(StoreError) {
        guard case .s3(let bucket, let prefix) = location else {
            throw StoreError(.usage, subject: "\(location)", cause: "is not the address of a bucket", remedy: "Write s3://bucket/prefix")
        }
        let access = try S3Access(bucket: bucket, settings: settings, environment: Host.environment) { path in
            guard let file = try? OwnedFile.open(path, .read), let bytes = try? file.readPrefix(AWSProfiles.maximumBytes) else {
                return nil
            }
            return String(decoding: bytes, as: UTF8.self)
        }
        self.init(access, prefix: prefix, label: "\(location)", connections: connections, retry: retry, notify: notify)
    }

    package init(
        _ access: S3Access, prefix: String, label: String, connections: Int = 8, retry: RetryPolicy = RetryPolicy(),
        notify: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.label = label
        client = S3Client(access, prefix: prefix, label: label, connections: connections, retry: retry, notify: notify)
    }

    /// Ends all connections; call once, last.
    public func close() async { await client.transport.close() }

    public func object(_ name: ObjectName, fresh: Bool) async throws(StoreError) -> [UInt8] {
        switch name {
        // A listing knows better than the hints.
        case .catalog: return try await catalog().encoded()
        case .refIndex(let model):
            guard let index = try await refIndex(model) else { throw .missing(name.path, in: label) }
            return index.encoded()
        default: return try await client.object(name.path, maximum: name.maximumBytes, fresh: fresh)
        }
    }

    public func read(_ name: ObjectName, range: Range<Int>, into slab: Slab) async throws(StoreError) {
        try await client.read(name.path, range: range, into: slab)
    }

    /// Makes an empty store of the bucket's prefix, or finds the one that is there.
    public func create() async throws(StoreError) {
        var strangers: [String] = []
        try await client.list("", isDeep: false) { (objects, folders) throws(StoreError) in
            strangers += objects.map(\.key) + folders
            return strangers.count < 16
        }
        let description = ObjectName.storeDescription.path
        if strangers.contains(description) {
            _ = try await RevisionReader(self).description()
            return
        }
        if let stranger = strangers.first(where: { $0 != "private/" }) {
            throw StoreError(
                .conflict, subject: label, cause: "is not empty and is not a store (it has \(Shown.text(stranger)))",
                remedy: "Choose an empty or a new prefix")
        }
        _ = try await createOnce(description, StoreDescription().encoded())
    }

    // MARK: Any object

    /// Writes an object, whatever is there. Durable when this returns.
    package func putObject(_ path: String, _ bytes: [UInt8]) async throws(StoreError) { try await client.put(path, .bytes(bytes)) }

    /// Takes an object away, whether it is there or not.
    package func removeObject(_ path: String) async throws(StoreError) { try await client.delete(path) }

    /// The paths of all objects below `folder`, which has a slash at its end.
    package func objectPaths(_ folder: String) async throws(StoreError) -> [String] { try await client.objects(folder).map(\.key) }

    /// Writes an object that is not there yet. Asks the endpoint before the first one whether it keeps its word.
    /// - Returns: false if the object is there with other bytes. The same bytes may be ours, whose answer was lost.
    package func createOnce(_ path: String, _ bytes: [UInt8]) async throws(StoreError) -> Bool {
        try await requireCreation()
        let creation = try await client.create(path, bytes)
        guard let found = try await client.objectIfAny(path, maximum: max(bytes.count, Limits.refEntry)) else {
            throw StoreError(
                .integrity, subject: "\(label)/\(path)", cause: "is gone, just after it was \(creation == .created ? "created" : "found")",
                remedy: "The endpoint does not show what was written, or somebody deletes there: see Protocol/S3.md for what it must do")
        }
        return found == bytes
    }

    /// Tries on a probe whether `If-None-Match: *` is obeyed; once a process.
    func requireCreation() async throws(StoreError) {
        guard !isProbed.withLock({ $0 }) else { return }
        let probe = "private/probe/\(PushName.random())"
        func refused(_ cause: String) -> StoreError {
            StoreError(
                .failure, subject: label, cause: cause,
                remedy: "Without it two pushes could overwrite each other's entries. Use an endpoint that has it (AWS S3, Ceph 16 or "
                    + "newer), or push to 'waybill serve'; Protocol/S3.md lists what an endpoint must do")
        }
        let first: S3Client.Creation
        do throws(StoreError) {
            first = try await client.create(probe, [])
        } catch  where error.code == .failure {
            throw refused("the endpoint does not know 'If-None-Match: *' (\(error.cause))")
        }
        // A random name that is there already can only be our own.
        if case .exists(isFirstTry: true) = first { throw refused("the endpoint says that an object is there which never was") }
        let second = try await client.create(probe, [])
        try? await client.delete(probe)
        guard second != .created else { throw refused("the endpoint ignores 'If-None-Match: *' and overwrites what is there") }
        isProbed.withLock { $0 = true }
    }

    /// The store's time: that of an object just written, in microseconds since 1970.
    func now() async throws(StoreError) -> Int {
        let probe = "private/probe/\(PushName.random())"
        try await putObject(probe, [])
        guard let status = try await client.status(probe) else {
            throw StoreError(
                .integrity, subject: "\(label)/\(probe)", cause: "is not there, just after it was written",
                remedy: "The endpoint does not show what was written: see Protocol/S3.md for what it must do")
        }
        try? await client.delete(probe)
        return status.modifiedAt
    }
}
