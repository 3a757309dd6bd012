import WaybillFormat
import WaybillSystem
import WaybillTrust

extension DirectoryStore: SignedObjectStore {
    public func put(attestation bytes: [UInt8]) async throws(StoreError) {
        let name = try Self.attestationName(bytes)
        try await work.run { [self] _ throws(StoreError) in try putObject(name, bytes) }
    }

    /// - Throws: `.integrity` for what is no attestation.
    static func attestationName(_ bytes: [UInt8]) throws(StoreError) -> ObjectName {
        let name = ObjectName.attestation(SHA256.digest(of: bytes))
        guard bytes.count <= name.maximumBytes, (try? JSONValue(parsing: bytes, maximumDepth: 64)).flatMap(\.members) != nil else {
            throw StoreError(
                .integrity, subject: name.path, cause: "is no JSON object of at most \(name.maximumBytes) bytes",
                remedy: "Attestations are DSSE envelopes, model signatures and indexes of them")
        }
        return name
    }

    public func append(keySet envelope: [UInt8], org: OrganizationName, n: Int) async throws(StoreError) {
        try await work.run { [self] _ throws(StoreError) in
            let lock = try storing { () throws(SystemError) in
                let file = try privateFolder.folder("locks", create: true).file("trust", .readWrite)
                try file.lock()
                return file
            }
            defer { withExtendedLifetime(lock) {} }
            let known = try storing { () throws(SystemError) in
                try root.status("trust") == nil ? [] : try root.folder("trust").names()
            }
            try Self.requireDistinct(org, among: known)
            if let present = try Self.read(root, .keySet(org, n)) {
                guard present != envelope else { return }
                throw Self.keySetMoved(org, n, "key set \(n) is there already, and is another one")
            }
            try Self.requireSuccession(envelope, after: n > 1 ? try Self.read(root, .keySet(org, n - 1)) : nil, org, n)
            try putObject(.keySet(org, n), envelope)
        }
    }

    /// A newcomer must not look like an organisation that is there.
    static func requireDistinct(_ org: OrganizationName, among known: [String]) throws(StoreError) {
        guard let twin = known.first(where: { $0 != org.text && $0.lowercased() == org.text.lowercased() }) else { return }
        throw StoreError(
            .conflict, subject: "trust/\(org.text)", cause: "differs only by case from the organisation '\(twin)' of this store",
            remedy: "Write \(twin)")
    }

    /// - Parameter before: key set n - 1, if there is one.
    static func requireSuccession(
        _ envelope: [UInt8], after before: [UInt8]?, _ org: OrganizationName, _ n: Int
    ) throws(StoreError) {
        guard n == 1 || before != nil else { throw keySetMoved(org, n, "there is no key set \(n - 1) that it could follow") }
        do throws(TrustError) {
            try KeySetChain.requireSuccession(of: envelope, after: before, org: org, n: n)
        } catch {
            throw StoreError(error.code, subject: error.subject, cause: error.cause, remedy: error.remedy)
        }
    }

    static func keySetMoved(_ org: OrganizationName, _ n: Int, _ cause: String) -> StoreError {
        StoreError(
            .conflict, subject: ObjectName.keySet(org, n).path, cause: cause,
            remedy: "'waybill trust show \(org.text) --from REMOTE' shows the newest; make the change again on top of it")
    }
}
