import WaybillFormat
import WaybillSystem

/// An accepted ref entry and the digest of its bytes.
public struct ReadEntry: Sendable {
    public let entry: RefEntry
    public let digest: Digest
    /// The envelope, with its signatures, none of which is verified.
    public let bytes: [UInt8]

    /// An entry that is about to be written.
    /// - Parameter digest: the SHA-256 of `bytes`.
    public init(entry: RefEntry, digest: Digest, bytes: [UInt8]) {
        self.entry = entry
        self.digest = digest
        self.bytes = bytes
    }
}

/// Reads what a source holds and verifies it: whatever leaves this type has the digest it was asked for.
public struct RevisionReader: Sendable {
    public let source: any ChunkSource

    /// Entries looked at beyond the hint before a log is taken for endless.
    private static let maximumProbes = 65_536
    /// Burnt entries in a row; honest logs have one now and then.
    private static let maximumUnparsable = 32
    /// Times that an object is read before its bytes are called damaged: a link or a cache that damages some is not a damaged store.
    package static let tries = 6

    public init(_ source: any ChunkSource) { self.source = source }

    /// Checks that this is a store that we understand.
    public func description() async throws(StoreError) -> StoreDescription {
        do throws(StoreError) {
            return try await checked(.storeDescription) { (bytes) throws(StoreError) in
                try parsing { () throws(FormatError) in try StoreDescription(decoding: bytes, subject: subject(.storeDescription)) }
            }
        } catch  where error.code == .notFound {
            throw StoreError(
                .notFound, subject: source.label, cause: "is not a Waybill store (it has no waybill.json)",
                remedy: "Check the address; 'waybill store init DIR' makes a store")
        }
    }

    /// Reads an object, again where `check` finds that its bytes are wrong: past caches, and on another connection.
    private func checked<T>(
        _ name: ObjectName, fresh: Bool = false, _ check: ([UInt8]) throws(StoreError) -> T
    ) async throws(StoreError) -> T {
        var reads = 0
        while true {
            let bytes = try await source.object(name, fresh: fresh || reads > 0)
            reads += 1
            do throws(StoreError) {
                return try check(bytes)
            } catch {
                guard reads < Self.tries else { throw error }
            }
        }
    }

    func subject(_ name: ObjectName) -> String { "\(source.label)/\(name.path)" }

    /// The newest entry of a ref (Protocol/REFS.md).
    /// - Throws: `.notFound` if the ref has no entry; `.integrity` if the newest is damaged.
    public func newestEntry(_ model: ModelName, _ ref: RefName) async throws(StoreError) -> ReadEntry {
        guard let newest = try await newestEntryBytes(model, ref) else {
            throw StoreError(
                .notFound, subject: "\(source.label)/\(model.path):\(ref.text)", cause: "there is no such model or ref",
                remedy: "'waybill list' shows what the mirror holds")
        }
        return try decode(newest.bytes, model, ref, newest.n)
    }

    /// The newest entry, or nil if the ref has none.
    public func newestEntryIfAny(_ model: ModelName, _ ref: RefName) async throws(StoreError) -> ReadEntry? {
        guard let newest = try await newestEntryBytes(model, ref) else { return nil }
        return try decode(newest.bytes, model, ref, newest.n)
    }

    /// Entry `n` of a ref.
    public func entry(_ model: ModelName, _ ref: RefName, n: Int) async throws(StoreError) -> ReadEntry {
        try await checked(.refEntry(model, ref, n)) { (bytes) throws(StoreError) in try decode(bytes, model, ref, n) }
    }

    /// The newest entry's number and bytes, unparsed: a burnt entry counts.
    public func newestEntryBytes(_ model: ModelName, _ ref: RefName) async throws(StoreError) -> (n: Int, bytes: [UInt8])? {
        var found: (n: Int, bytes: [UInt8])?
        if let hint = try await hint(model, ref), let bytes = try await entryBytes(model, ref, hint) { found = (hint, bytes) }
        var probes = 0
        var unparsable = 0
        while let bytes = try await entryBytes(model, ref, (found?.n ?? 0) + 1) {
            let n = (found?.n ?? 0) + 1
            probes += 1
            unparsable = (try? decode(bytes, model, ref, n)) == nil ? unparsable + 1 : 0
            // A server that answers every path with a page would otherwise be asked for ever.
            guard probes <= Self.maximumProbes, unparsable <= Self.maximumUnparsable else {
                throw StoreError(
                    .integrity, subject: "\(source.label)/\(model.path):\(ref.text)",
                    cause: unparsable > Self.maximumUnparsable
                        ? "answers \(unparsable) entries in a row that are none" : "its log has no end after \(probes) entries",
                    remedy: "The server answers what it does not have, or is hostile: check the address, or use another mirror")
            }
            found = (n, bytes)
        }
        return found
    }

    private func hint(_ model: ModelName, _ ref: RefName) async throws(StoreError) -> Int? {
        do throws(StoreError) {
            let bytes = try await source.object(.refHint(model, ref), fresh: true)
            return RefHint.decode(bytes)
        } catch  where error.code == .notFound || error.code == .integrity {
            return nil
        }
    }

    /// The bytes of an entry, right if they can be had right: a burnt one is the same each time it is read.
    private func entryBytes(_ model: ModelName, _ ref: RefName, _ n: Int) async throws(StoreError) -> [UInt8]? {
        do throws(StoreError) {
            var bytes = try await source.object(.refEntry(model, ref, n), fresh: true)
            for _ in 1..<Self.tries where (try? decode(bytes, model, ref, n)) == nil {
                bytes = try await source.object(.refEntry(model, ref, n), fresh: true)
            }
            return bytes
        } catch  where error.code == .notFound {
            return nil
        }
    }

    private func decode(_ bytes: [UInt8], _ model: ModelName, _ ref: RefName, _ n: Int) throws(StoreError) -> ReadEntry {
        let entry = try parsing { () throws(FormatError) in
            try RefEntry(decodingEnvelope: bytes, model: model, ref: ref, n: n, sha256: SHA256.digest(of:))
        }
        return ReadEntry(entry: entry, digest: SHA256.digest(of: bytes), bytes: bytes)
    }

    /// A manifest, verified.
    public func manifest(_ digest: Digest) async throws(StoreError) -> (manifest: Manifest, bytes: [UInt8]) {
        let bytes = try await verified(.manifest(digest), digest)
        let name = subject(.manifest(digest))
        let manifest = try parsing { () throws(FormatError) in
            try Manifest(decoding: bytes, subject: name, sha256: SHA256.digest(of:))
        }
        return (manifest, bytes)
    }

    /// An attestation or an index of them, whose bytes have that digest.
    public func attestation(_ digest: Digest) async throws(StoreError) -> [UInt8] { try await verified(.attestation(digest), digest) }

    /// The index of attestations of an entry that has one.
    public func attestations(of entry: RefEntry) async throws(StoreError) -> AttestationIndex? {
        guard let digest = entry.attestations else { return nil }
        let bytes = try await attestation(digest)
        let name = subject(.attestation(digest))
        let index = try parsing { () throws(FormatError) in try AttestationIndex(decoding: bytes, subject: name) }
        guard index.manifest == entry.manifest else {
            throw StoreError(
                .integrity, subject: name, cause: "replay: the index of attestations belongs to another revision, \(index.manifest)",
                remedy: "The mirror is damaged or hostile: pull from another one, and tell the publisher")
        }
        return index
    }

    /// A list segment, verified.
    public func segment(_ digest: Digest) async throws(StoreError) -> ListSegment {
        let bytes = try await verified(.list(digest), digest)
        let name = subject(.list(digest))
        return try parsing { () throws(FormatError) in try ListSegment(decoding: bytes, subject: name) }
    }

    /// The chunk table of a manifest: every row, in order. Forty-eight bytes a row in memory.
    /// - Throws: `.integrity` if the segments do not add up to the manifest's files.
    public func rows(of manifest: Manifest) async throws(StoreError) -> [ChunkRow] {
        guard manifest.rowCount <= Limits.revisionRows else {
            throw StoreError(
                .failure, subject: "\(source.label): revision \(manifest.contentId)",
                cause: "has \(manifest.rowCount) chunks; at most \(Limits.revisionRows) are read",
                remedy: "Publish the model in parts; if its size does not explain the number, the revision is hostile")
        }
        var rows: [ChunkRow] = []
        rows.reserveCapacity(manifest.rowCount)
        for (index, digest) in manifest.lists.enumerated() {
            let segment = try await segment(digest)
            let expected = min(Limits.segmentRows, manifest.rowCount - index * Limits.segmentRows)
            guard segment.rows.count == expected else {
                throw StoreError(
                    .integrity, subject: subject(.list(digest)),
                    cause: "has \(segment.rows.count) rows where the manifest needs \(expected)",
                    remedy: "The revision was published wrongly; tell its publisher")
            }
            rows += segment.rows
        }
        for file in manifest.files {
            var size = 0
            for row in rows[file.firstRow..<file.firstRow + file.rows] { size += row.name.length }
            guard size == file.size else {
                throw StoreError(
                    .integrity, subject: "\(source.label): \(file.path.text)",
                    cause: "its chunks have \(size) bytes, the manifest says \(file.size)",
                    remedy: "The revision was published wrongly; tell its publisher")
            }
        }
        return rows
    }

    /// Where the chunks of a segment lie: a hint, whole but unverified.
    public func locator(_ segment: Digest, rows: Int, fresh: Bool = false) async throws(StoreError) -> Locator {
        let name = ObjectName.locator(segment)
        let label = subject(name)
        do throws(StoreError) {
            return try await checked(name, fresh: fresh) { (bytes) throws(StoreError) in
                let locator = try parsing { () throws(FormatError) in try Locator(decoding: bytes, subject: label) }
                guard locator.segment == segment, locator.places.count == rows else {
                    throw StoreError(
                        .integrity, subject: label, cause: "belongs to another list segment", remedy: "Pull from another mirror")
                }
                return locator
            }
        } catch  where error.code == .notFound {
            throw StoreError(
                .integrity, subject: label, cause: "the mirror does not say where these chunks lie",
                remedy: "Pull from another mirror; 'waybill store repair' mends the store, or push the revision again")
        }
    }

    private func verified(_ name: ObjectName, _ digest: Digest) async throws(StoreError) -> [UInt8] {
        do throws(StoreError) {
            return try await checked(name) { (bytes) throws(StoreError) in
                let actual = SHA256.digest(of: bytes)
                guard actual == digest else {
                    throw StoreError(
                        .integrity, subject: subject(name), cause: "is damaged: its SHA-256 is \(actual)",
                        remedy: "Pull from another mirror; 'waybill store repair' mends the store, or push the revision again")
                }
                return bytes
            }
        } catch  where error.code == .notFound {
            throw StoreError(
                .integrity, subject: subject(name), cause: "the store names this object and does not hold it",
                remedy: "Pull from another mirror; 'waybill store repair' mends the store, or push the revision again")
        }
    }
}
