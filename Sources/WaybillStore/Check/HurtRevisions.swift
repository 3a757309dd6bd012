import WaybillFormat
import WaybillSystem

/// Turns damage to objects into problems that name the revisions and files that suffer.
struct HurtRevisions: Sendable {
    let check: StoreCheck

    private struct Touched: Sendable {
        let damage: Int
        let manifest: Digest
        let paths: [ModelPath]
    }

    func problems(_ findings: StoreFindings) async throws(StoreError) -> [StoreProblem] {
        let entries = findings.entriesByManifest
        var hurts = [[StoreProblem.Hurt]](repeating: [], count: findings.damages.count)
        // Which damages touch a list.
        var byList: [Digest: [(damage: Int, rows: [UInt16]?)]] = [:]
        for (index, damage) in findings.damages.enumerated() {
            for manifest in damage.manifests {
                hurts[index].append(.init(manifest: manifest, entries: entries[manifest] ?? [], paths: []))
            }
            for (list, rows) in damage.rows { byList[list, default: []].append((index, rows)) }
        }
        if !byList.isEmpty {
            let touched = byList
            let revisions = findings.manifests.filter { $0.value.contains { touched[$0] != nil } }.map(\.key).sorted()
            var found: [Touched] = []
            try await check.work.each(revisions) { [check] (digest, _) throws(StoreError) in
                try Self.touched(digest, touched, check.root)
            } take: {
                found += $0
            }
            for item in found.sorted(by: { $0.manifest < $1.manifest }) {
                hurts[item.damage].append(.init(manifest: item.manifest, entries: entries[item.manifest] ?? [], paths: item.paths))
            }
        }
        let problems = zip(findings.damages, hurts).map { StoreProblem(object: $0.object, cause: $0.cause, hurts: $1) }
        return problems.sorted { ($0.object, $0.cause) < ($1.object, $1.cause) }
    }

    private static func touched(
        _ digest: Digest, _ byList: [Digest: [(damage: Int, rows: [UInt16]?)]], _ root: Folder
    ) throws(StoreError) -> [Touched] {
        let found = try StoredObject.verified(.manifest(digest), digest, root)
        guard let bytes = found.bytes, let manifest = try? Manifest(decoding: bytes, subject: "manifest", sha256: SHA256.digest(of:)) else {
            return []
        }
        var files: [Int: Set<Int>] = [:]
        for (number, list) in manifest.lists.enumerated() {
            let start = number * Limits.segmentRows
            let end = min(start + Limits.segmentRows, manifest.rowCount)
            for (damage, rows) in byList[list] ?? [] {
                if let rows {
                    for row in rows where start + Int(row) < end {
                        files[damage, default: []].insert(file(at: start + Int(row), manifest))
                    }
                } else if start < end {
                    files[damage, default: []].formUnion(file(at: start, manifest)...file(at: end - 1, manifest))
                }
            }
        }
        return files.map { damage, numbers in
            // Empty files have no rows, and nothing can happen to them.
            let paths = numbers.sorted().filter { manifest.files[$0].rows > 0 }.map { manifest.files[$0].path }
            return Touched(damage: damage, manifest: digest, paths: paths)
        }
    }

    /// The number of the file that holds a row of the chunk table.
    private static func file(at row: Int, _ manifest: Manifest) -> Int {
        var low = 0
        var high = manifest.files.count
        while low < high {
            let middle = (low + high) / 2
            if manifest.files[middle].firstRow + manifest.files[middle].rows <= row { low = middle + 1 } else { high = middle }
        }
        return min(low, manifest.files.count - 1)
    }
}
