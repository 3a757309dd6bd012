import Synchronization
import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem

/// Which chunks of a revision stand as evidence beside the packs (Protocol/STORE.md, Evidence): those that the papers gate reads,
/// found by letting it read.
public enum RevisionEvidence {
    /// For the check and the repair of a store.
    public static let rule: EvidenceRule = { (digest, source, work) async throws(StoreError) in
        let reader = RevisionReader(source)
        let manifest = try await reader.manifest(digest).manifest
        let rows = try await reader.rows(of: manifest)
        let files = RevisionFiles(manifest, rows: rows, from: .packs, of: [source], work: work).evidence
        // A thread of its own: what it reads comes by way of the other threads.
        return try await WorkerPool<Void>(threads: 1) {}.run { (_) throws(StoreError) in
            do throws(SystemError) { return try chunks(of: manifest, rows, files) } catch { throw StoreError(error) }
        }
    }

    /// Whether papers may be read from a file of that name: what is asked for as evidence by whoever may read packs as well.
    static func mayRead(_ file: ManifestFile) -> Bool {
        PapersDerivation.reads(file.path, format: file.format) || LicenseFindings.reads(file.path)
            || PolicyEnforcement.isNamedGGUF(file.path)
    }

    /// The chunks, each once. Blocks for as long as `files` do.
    /// - Parameter files: those of the manifest, in its order.
    static func chunks(of manifest: Manifest, _ rows: [ChunkRow], _ files: [EvidenceFile]) throws(SystemError) -> [ChunkName] {
        let reads = Reads()
        let watched = files.enumerated().map { number, file in
            EvidenceFile(path: file.path, sha256: file.sha256, size: file.size, format: file.format) {
                (offset: Int, count: Int) throws(SystemError) in
                reads.note(number, offset..<offset + max(0, count))
                return try file.read(offset, count)
            }
        }
        for file in watched where PolicyEnforcement.isNamedGGUF(file.path) { _ = try PolicyEnforcement.format(of: file) }
        if let error = PapersEvaluator.evaluate(files: watched).readError { throw error }
        var chunks: [ChunkName] = []
        var seen: Set<ChunkName> = []
        for (number, file) in manifest.files.enumerated() {
            guard let ranges = reads.ranges(of: number, size: file.size) else { continue }
            var start = 0
            for row in rows[file.firstRow..<file.firstRow + file.rows] {
                let end = start + row.name.length
                if ranges.contains(where: { $0.overlaps(start..<end) }), seen.insert(row.name).inserted { chunks.append(row.name) }
                start = end
            }
        }
        return chunks
    }

    /// What was read of each file.
    private final class Reads: Sendable {
        private let ranges = Mutex<[Int: [Range<Int>]]>([:])

        func note(_ file: Int, _ range: Range<Int>) {
            ranges.withLock { ranges in
                // Most reads begin where the one before ended.
                var known = ranges[file] ?? []
                if let last = known.last, range.lowerBound >= last.lowerBound, range.lowerBound <= last.upperBound {
                    known[known.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
                } else {
                    known.append(range)
                }
                ranges[file] = known
            }
        }

        /// Nil if nothing was read. A small file is read whole by whoever compares its SHA-256.
        func ranges(of file: Int, size: Int) -> [Range<Int>]? {
            guard let noted = ranges.withLock({ $0[file] }) else { return nil }
            return size <= RevisionFiles.proved ? [0..<size] : noted
        }
    }
}
