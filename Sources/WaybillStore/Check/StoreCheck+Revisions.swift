import Synchronization
import WaybillFormat
import WaybillSystem

extension StoreCheck {
    private struct Revision: Sendable {
        let digest: Digest
        var lists: [Digest]?
        var cause = ""
        /// Lists that it could not be compared with.
        var damages: [StoreFindings.Damage] = []
    }

    /// Manifests and lists: each has its digest and parses, and every manifest's files fit its lists.
    func checkRevisions(_ findings: inout StoreFindings) async throws(StoreError) {
        let (present, strangers, allLists, listStrangers, attestations) = try await work.run { [root] _ throws(StoreError) in
            let manifests = try StoreTree.digests("manifests", root)
            let lists = try StoreTree.digests("lists", root)
            let attestations = try StoreTree.digests("attestations", root).digests
            return (manifests.digests, manifests.strangers, lists.digests, lists.strangers, attestations)
        }
        findings.report.notices += (strangers + listStrangers).map { "\($0) has no place in a store" }
        let gone = try await collected(findings, present: Set(present))
        if !gone.isEmpty { findings.report.notices.append("\(gone.count) revisions that only older entries name were collected") }
        let all = Set(present).union(findings.entriesByManifest.keys).subtracting(gone).sorted()
        findings.report.manifests = present.count
        findings.report.lists = allLists.count
        advance {
            $0.objectsTotal = all.count
            $0.objectsDone = 0
        }
        // Rows of each list that was read; nil for one that is not right.
        let known = ListRows()
        var revisions: [Revision] = []
        try await work.each(all) { [self] (digest, _) throws(StoreError) in
            let revision = try inspect(digest, known)
            advance { $0.objectsDone += 1 }
            return revision
        } take: {
            revisions.append($0)
        }
        for revision in revisions.sorted(by: { $0.digest < $1.digest }) {
            if let lists = revision.lists {
                findings.manifests[revision.digest] = lists
            } else {
                findings.badManifests[revision.digest] = revision.cause
                findings.damages.append(
                    .init(object: ObjectName.manifest(revision.digest).path, cause: revision.cause, manifests: [revision.digest]))
            }
            findings.damages += revision.damages
        }
        let unread = allLists.filter { !known.contains($0) }
        try await work.each(unread) { [root] (digest, _) throws(StoreError) in
            _ = try known.rows(digest, root)
        } take: { _ in
        }
        let (good, bad) = known.all
        findings.lists = good
        findings.badLists = bad
        for (digest, cause) in bad.sorted(by: { $0.key < $1.key }) {
            findings.damages.append(.init(object: ObjectName.list(digest).path, cause: cause, rows: [(digest, nil)]))
        }
        for digest in attestations {
            let name = ObjectName.attestation(digest)
            let found = try await work.run { [root] _ throws(StoreError) in try StoredObject.verified(name, digest, root) }
            if found.bytes == nil { findings.damages.append(.init(object: name.path, cause: found.cause)) }
        }
    }

    /// Revisions that a collector let go; what the newest readable entry of a ref names is never among them.
    private func collected(_ findings: StoreFindings, present: Set<Digest>) async throws(StoreError) -> Set<Digest> {
        let noted = try await work.run { [root] _ throws(StoreError) in CollectedRevisions.read(root) }
        let newest = Set(findings.logs.compactMap { $0.newestReadable?.manifest })
        return noted.intersection(findings.entriesByManifest.keys).subtracting(present).subtracting(newest)
    }

    private func inspect(_ digest: Digest, _ known: ListRows) throws(StoreError) -> Revision {
        var revision = Revision(digest: digest)
        let name = ObjectName.manifest(digest)
        let found = try StoredObject.verified(name, digest, root)
        guard let bytes = found.bytes else {
            revision.cause = found.cause
            return revision
        }
        let manifest: Manifest
        do throws(FormatError) {
            manifest = try Manifest(decoding: bytes, subject: name.path, sha256: SHA256.digest(of:))
        } catch {
            // Of a newer Waybill: nothing can be said of it.
            if error.code == .failure { throw StoreError(error) }
            revision.cause = error.cause
            return revision
        }
        revision.lists = manifest.lists
        var sizes = FileSizes(manifest)
        for (number, list) in manifest.lists.enumerated() {
            let expected = min(Limits.segmentRows, manifest.rowCount - number * Limits.segmentRows)
            guard let rows = try known.rows(list, root) else {
                sizes.skip(expected)
                continue
            }
            if rows.count != expected {
                revision.damages.append(
                    .init(
                        object: name.path, cause: "needs \(expected) rows of list \(list), which has \(rows.count)", manifests: [digest]))
                return revision
            }
            sizes.add(rows)
        }
        if let path = sizes.wrong.first {
            revision.damages.append(
                .init(object: name.path, cause: "the chunks of \(path) do not add up to its size", manifests: [digest]))
        }
        return revision
    }
}

/// Adds the lengths of chunks up to files, row by row.
struct FileSizes {
    private let files: [ManifestFile]
    private var file = 0
    private var row = 0
    private var size = 0
    /// A list of the current file could not be read.
    private var isOpen = false
    private(set) var wrong: [ModelPath] = []

    init(_ manifest: Manifest) {
        files = manifest.files
        close()
    }

    mutating func add(_ rows: [ChunkRow]) {
        for chunk in rows {
            size += chunk.name.length
            step()
        }
    }

    mutating func skip(_ count: Int) {
        for _ in 0..<count {
            isOpen = true
            step()
        }
    }

    private mutating func step() {
        row += 1
        close()
    }

    /// Goes on to the file of the current row.
    private mutating func close() {
        while file < files.count, row >= files[file].firstRow + files[file].rows {
            if !isOpen, size != files[file].size { wrong.append(files[file].path) }
            file += 1
            size = 0
            isOpen = false
        }
    }
}

/// Lists that were read, each judged once. Their rows are parsed again when they are asked for again: they are not kept.
final class ListRows: Sendable {
    private let state = Mutex<[Digest: Result<Int, StoreError>]>([:])

    func contains(_ digest: Digest) -> Bool { state.withLock { $0[digest] != nil } }

    /// Good lists with their number of rows, and what is wrong with the others.
    var all: (good: [Digest: Int], bad: [Digest: String]) {
        let all = state.withLock { $0 }
        let bad = all.compactMapValues { result in if case .failure(let error) = result { error.cause } else { nil } }
        return (all.compactMapValues { try? $0.get() }, bad)
    }

    /// The rows of a list; nil if it is not right. Blocks.
    func rows(_ digest: Digest, _ root: Folder) throws(StoreError) -> [ChunkRow]? {
        if case .failure? = state.withLock({ $0[digest] }) { return nil }
        let name = ObjectName.list(digest)
        let found = try StoredObject.verified(name, digest, root)
        var cause = found.cause
        if let bytes = found.bytes {
            do throws(FormatError) {
                let rows = try ListSegment(decoding: bytes, subject: name.path).rows
                state.withLock { $0[digest] = .success(rows.count) }
                return rows
            } catch {
                cause = error.cause
            }
        }
        let error = StoreError(.integrity, subject: name.path, cause: cause)
        state.withLock { $0[digest] = .failure(error) }
        return nil
    }
}
