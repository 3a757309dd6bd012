import WaybillCodec
import WaybillFormat
import WaybillSystem

extension StoreCheck {
    /// Chunks decoded in one job.
    private static let batch = 8
    private static let emptyDigest = SHA256.digest(of: [])

    /// A file version: its SHA-256 and its chunks. Revisions share most of theirs.
    private struct Version: Sendable {
        let manifest: Digest
        let file: ManifestFile
        /// The list segments that hold its rows.
        let lists: [Digest]
    }

    /// The running digest of one file, handed from job to job.
    private final class Running: @unchecked Sendable {
        private var hasher = SHA256()

        func update(_ chunk: borrowing VerifiedChunk) { chunk.withSpan { span in hasher.update(span) } }
        func finish() -> Digest { hasher.finish() }
    }

    private enum Outcome: Sendable {
        case proved
        case isFalse
        /// A chunk of it is lost: that is reported as what it is.
        case incomplete
    }

    private struct Judged: Sendable {
        let index: Int
        let outcome: Outcome
        var error: StoreError?
    }

    /// Decodes every file of every revision and compares its SHA-256 with what the manifest says.
    func proveFiles(_ findings: inout StoreFindings) async throws(StoreError) {
        let elsewhere = try await placesElsewhere(findings)
        var seen: Set<Digest> = []
        advance {
            $0 = StoreCheckProgress()
            $0.objectsTotal = findings.manifests.count
        }
        for (digest, lists) in findings.manifests.sorted(by: { $0.key < $1.key }) {
            let versions = try await work.run { [root] _ throws(StoreError) in try Self.versions(digest, lists, root) }
            let open = versions.filter { seen.insert($0.key).inserted }.map(\.version)
            let size = open.reduce(0) { $0 + $1.file.size }
            advance { $0.bytesTotal += size }
            let outcomes = try await prove(open, findings, elsewhere)
            for (version, outcome) in zip(open, outcomes) {
                switch outcome {
                case .proved: findings.report.filesProved += 1
                case .incomplete: break
                case .isFalse:
                    findings.falseFiles.append((version.manifest, version.file.path))
                    findings.damages.append(
                        .init(
                            object: ObjectName.manifest(version.manifest).path,
                            cause: "is false: the chunks of \(version.file.path) do not make the SHA-256 that it says",
                            manifests: [version.manifest]))
                }
            }
            advance { $0.objectsDone += 1 }
        }
    }

    /// The files of a manifest, each with a key that says which bytes and chunks it has; files with unreadable lists are left out.
    private static func versions(
        _ digest: Digest, _ lists: [Digest], _ root: Folder
    ) throws(StoreError) -> [(version: Version, key: Digest)] {
        let found = try StoredObject.verified(.manifest(digest), digest, root)
        guard let bytes = found.bytes, let manifest = try? Manifest(decoding: bytes, subject: "manifest", sha256: SHA256.digest(of:)) else {
            return []
        }
        let known = ListRows()
        var current: (number: Int, rows: [ChunkRow]?)?
        var versions: [(version: Version, key: Digest)] = []
        for file in manifest.files {
            var hasher = SHA256()
            hasher.update(file.sha256.bytes.span)
            let first = file.firstRow / Limits.segmentRows
            let end = file.rows == 0 ? first : (file.firstRow + file.rows - 1) / Limits.segmentRows + 1
            guard end <= lists.count else { return versions }
            var isReadable = true
            for number in first..<end where isReadable {
                if current?.number != number { current = (number, try known.rows(lists[number], root)) }
                let start = max(0, file.firstRow - number * Limits.segmentRows)
                let stop = min(Limits.segmentRows, file.firstRow + file.rows - number * Limits.segmentRows)
                guard let rows = current?.rows, stop <= rows.count else {
                    isReadable = false
                    continue
                }
                for row in rows[start..<stop] { hasher.update(row.name.digest.bytes.span) }
            }
            guard isReadable else { continue }
            versions.append((Version(manifest: digest, file: file, lists: Array(lists[first..<end])), hasher.finish()))
        }
        return versions
    }

    /// Places of chunks whose locators do not lead to them, as many as one lookup takes.
    private func placesElsewhere(_ findings: StoreFindings) async throws(StoreError) -> [ChunkName: ChunkPlace] {
        var all: [ChunkName: ChunkPlace] = [:]
        var lists: [StoreFindings.ListPlaces] = []
        var count = 0
        for list in findings.places where count + list.unresolved.count <= Self.lookup {
            lists.append(list)
            count += list.unresolved.count
        }
        try await search(lists, findings) { (_, _, found) in all = found }
        return all
    }

    private func prove(
        _ versions: [Version], _ findings: StoreFindings, _ elsewhere: [ChunkName: ChunkPlace]
    ) async throws(StoreError) -> [Outcome] {
        var outcomes = [Outcome](repeating: .incomplete, count: versions.count)
        var failure: StoreError?
        await withTaskGroup(of: Judged.self) { group in
            var running = 0
            func take(_ result: Judged) {
                running -= 1
                outcomes[result.index] = result.outcome
                failure = failure ?? result.error
            }
            for (index, version) in versions.enumerated() {
                if running >= work.pool.threads * 2, let result = await group.next() { take(result) }
                if failure != nil { break }
                running += 1
                group.addTask {
                    do throws(StoreError) {
                        return Judged(index: index, outcome: try await self.prove(version, findings, elsewhere))
                    } catch {
                        return Judged(index: index, outcome: .incomplete, error: error)
                    }
                }
            }
            while let result = await group.next() { take(result) }
        }
        if let failure { throw failure }
        return outcomes
    }

    private func prove(
        _ version: Version, _ findings: StoreFindings, _ elsewhere: [ChunkName: ChunkPlace]
    ) async throws(StoreError) -> Outcome {
        let file = version.file
        if file.rows == 0 { return file.sha256 == Self.emptyDigest ? .proved : .isFalse }
        let running = Running()
        var left = file.rows
        var first = file.firstRow % Limits.segmentRows
        for list in version.lists {
            let start = first
            first = 0
            let count = min(left, Limits.segmentRows - start)
            left -= count
            let rows = try await work.run { [self] _ throws(StoreError) -> [(ChunkName, ChunkPlace)]? in
                guard let rows = try ListRows().rows(list, root), start + count <= rows.count else { return nil }
                let locator = try? readLocator(list, rows: rows.count)
                var places: [(ChunkName, ChunkPlace)] = []
                for row in start..<start + count {
                    let name = rows[row].name
                    if let place = locator?.places[row], case .yes = try footers.confirms(name, at: place),
                        findings.isGood(place.pack, offset: place.offset)
                    {
                        places.append((name, place))
                    } else if let place = elsewhere[name] {
                        places.append((name, place))
                    } else {
                        return nil
                    }
                }
                return places
            }
            guard let rows else { return .incomplete }
            for next in stride(from: 0, to: rows.count, by: Self.batch) {
                let batch = Array(rows[next..<min(next + Self.batch, rows.count)])
                let isRight = try await work.run { [root, label] context throws(StoreError) in
                    for (name, place) in batch {
                        do throws(StoreError) {
                            running.update(try StoredChunk.read(name, at: place, root: root, label: label, context: &context))
                        } catch  where error.code == .integrity {
                            return false
                        }
                    }
                    return true
                }
                guard isRight else { return .incomplete }
                let bytes = batch.reduce(0) { $0 + $1.0.length }
                advance { $0.bytesDone += bytes }
            }
        }
        return running.finish() == file.sha256 ? .proved : .isFalse
    }
}

/// Reads, decodes and verifies one chunk of a store's directory; blocks. The chunk lives in the context's scratch memory, its frame
/// in `context.frame`.
enum StoredChunk {
    static func read(
        _ name: ChunkName, at place: ChunkPlace, root: Folder, label: String, context: inout WorkContext
    ) throws(StoreError) -> VerifiedChunk {
        context.frame.resize(0)
        let object = ObjectName.pack(place.pack)
        let subject = "\(label)/\(object.path)"
        guard place.stored <= context.frame.capacity else {
            throw StoreError(.integrity, subject: subject, cause: "a frame of \(place.stored) bytes is too long", remedy: "Push again")
        }
        try DirectoryStore.read(root, object, range: place.offset..<place.offset + place.stored, into: context.frame, label: label)
        let (decoder, source, output) = (context.decoder, context.frame, context.chunk)
        try decoding { () throws(CodecError) in
            try decoder.decode(source, range: 0..<source.count, rawLength: name.length, into: output, subject: subject)
        }
        do throws(SystemError) {
            return try VerifiedChunk.verifying(output, range: 0..<output.count, as: name, subject: subject)
        } catch {
            throw StoreError(error)
        }
    }
}
