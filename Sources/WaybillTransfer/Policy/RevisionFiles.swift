import Foundation
import Synchronization
import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem

/// The files of a revision in a store, read a little at a time before anything is pulled. Only chunks that are asked for are fetched; each
/// is verified, and a small file also against the SHA-256 that the manifest gives for the whole.
final class RevisionFiles: Sendable {
    /// Where chunks may come from.
    enum Origin: Sendable {
        /// From evidence alone: whoever decides whether weights may move reads nothing of packs.
        case evidence
        /// From evidence where it is, which is cheaper to find; else from packs.
        case evidenceThenPacks
        case packs
    }

    private struct State {
        var locators: [Int: [ChunkPlace?]] = [:]
        /// Raw bytes of chunks by row, and the order in which they came.
        var chunks: [Int: [UInt8]] = [:]
        var order: [Int] = []
        var byteCount = 0
        var fetched = 0
        /// Small files whose SHA-256 was compared.
        var proved: Set<ModelPath> = []
        /// Files of which some chunk was no evidence: the others are not asked for as such.
        var unlisted: Set<ModelPath> = []
    }

    /// Of chunks that are kept: readers go through a file from front to back, some of them twice.
    private static let kept = 24 << 20
    /// Larger files are proved by the pull that follows.
    static let proved = 4 << 20

    private let origin: Origin
    private let sources: [any ChunkSource]
    private let manifest: Manifest
    private let rows: [ChunkRow]
    private let work: Work
    private let state = Mutex(State())

    init(_ manifest: Manifest, rows: [ChunkRow], from origin: Origin, of sources: [any ChunkSource], work: Work) {
        self.origin = origin
        self.manifest = manifest
        self.rows = rows
        self.sources = sources
        self.work = work
    }

    /// Bytes that came from the sources.
    var bytesFetched: Int { state.withLock { $0.fetched } }

    /// All files of the revision. Reading one waits for the network: not on the cooperative pool, and not on the threads of `work`.
    var evidence: [EvidenceFile] {
        manifest.files.map { file in
            EvidenceFile(path: file.path, sha256: file.sha256, size: file.size, format: file.format) {
                [self] (offset: Int, count: Int) throws(SystemError) in
                try read(file, offset, count)
            }
        }
    }

    private func read(_ file: ManifestFile, _ offset: Int, _ count: Int) throws(SystemError) -> [UInt8] {
        let wanted = max(0, offset)..<min(file.size, max(0, offset) + max(0, count))
        guard !wanted.isEmpty else { return [] }
        // A chunk is verified each time that it comes, so that what was proved once stays so.
        if file.size <= Self.proved, !state.withLock({ $0.proved.contains(file.path) }) {
            let whole = try bytes(of: file, 0..<file.size)
            let actual = SHA256.digest(of: whole)
            guard actual == file.sha256 else {
                throw SystemError(
                    .integrity, subject: file.path.text, cause: "the manifest says SHA-256 \(file.sha256), its chunks have \(actual)",
                    remedy: "The revision is false: tell its publisher")
            }
            state.withLock { _ = $0.proved.insert(file.path) }
            return Array(whole[wanted])
        }
        return try bytes(of: file, wanted)
    }

    private func bytes(of file: ManifestFile, _ wanted: Range<Int>) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(wanted.count)
        var start = 0
        for row in file.firstRow..<file.firstRow + file.rows {
            let end = start + rows[row].name.length
            defer { start = end }
            guard end > wanted.lowerBound else { continue }
            if start >= wanted.upperBound { break }
            let part = wanted.clamped(to: start..<end)
            bytes += try chunk(row, of: file)[part.lowerBound - start..<part.upperBound - start]
        }
        return bytes
    }

    private func chunk(_ row: Int, of file: ManifestFile) throws(SystemError) -> [UInt8] {
        if let known = state.withLock({ $0.chunks[row] }) { return known }
        let outcome = Mutex<Result<[UInt8], TransferError>?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        Task {
            let result: Result<[UInt8], TransferError>
            do throws(TransferError) { result = .success(try await fetch(row, of: file)) } catch { result = .failure(error) }
            outcome.withLock { $0 = result }
            isDone.signal()
        }
        isDone.wait()
        switch outcome.withLock({ $0 }) {
        case .success(let bytes)?:
            keep(bytes, row)
            return bytes
        case .failure(let error)?:
            throw SystemError(error.code, subject: error.subject, cause: error.cause, remedy: error.remedy)
        case nil: throw SystemError(.failure, subject: manifest.contentId.hex, cause: "a chunk was asked for and nothing came")
        }
    }

    private func keep(_ bytes: [UInt8], _ row: Int) {
        state.withLock { state in
            guard state.chunks.updateValue(bytes, forKey: row) == nil else { return }
            state.order.append(row)
            state.byteCount += bytes.count
            while state.byteCount > Self.kept, state.order.count > 1 {
                state.byteCount -= state.chunks.removeValue(forKey: state.order.removeFirst())?.count ?? 0
            }
        }
    }

    private func fetch(_ row: Int, of file: ManifestFile) async throws(TransferError) -> [UInt8] {
        switch origin {
        case .packs: break
        case .evidence:
            guard let bytes = try await evidence(row) else { throw withheld(file) }
            return bytes
        case .evidenceThenPacks:
            guard RevisionEvidence.mayRead(file), state.withLock({ !$0.unlisted.contains(file.path) }) else { break }
            if let bytes = try? await evidence(row) { return bytes }
            state.withLock { _ = $0.unlisted.insert(file.path) }
        }
        return try await packed(row)
    }

    /// A chunk that a source has as evidence; nil if none has.
    private func evidence(_ row: Int) async throws(TransferError) -> [UInt8]? {
        var failure: StoreError?
        for source in sources {
            do throws(StoreError) {
                let (bytes, received) = try await RevisionReader(source).evidence(rows[row].name, work: work)
                state.withLock { $0.fetched += received }
                return bytes
            } catch {
                if error.code != .notFound { failure = failure ?? error }
            }
        }
        if let failure { throw TransferError(failure) }
        return nil
    }

    private func withheld(_ file: ManifestFile) -> TransferError {
        TransferError(
            .policy, subject: sources[0].label, cause: "the mirror withholds the evidence: chunks of \(file.path.text)",
            remedy: "The mirror is hostile, or an older Waybill published the revision: 'waybill store repair' makes evidence there")
    }

    private func packed(_ row: Int) async throws(TransferError) -> [UInt8] {
        let name = rows[row].name
        let list = row / Limits.segmentRows
        let position = (segment: manifest.lists[list], rows: listRows(list), row: row % Limits.segmentRows)
        let box = Mutex<[UInt8]>([])
        let fetcher = ChunkFetcher(
            sources: sources, work: work,
            write: { chunk, _ in
                let bytes = chunk.withSpan { span in
                    var bytes: [UInt8] = []
                    bytes.reserveCapacity(span.count)
                    for index in span.indices { bytes.append(span[index]) }
                    return bytes
                }
                box.withLock { $0 = bytes }
            },
            received: { [self] count in state.withLock { $0.fetched += count } },
            position: { _ in position })
        guard let place = try await place(row, in: list), place.stored <= name.length + Limits.frameOverhead else {
            throw TransferError(
                .integrity, subject: "\(sources[0].label): chunk \(name.digest)", cause: "the mirror does not hold it",
                remedy: "Push the revision again, or pull from another mirror")
        }
        let piece = PullPlan.Piece(name: name, offset: place.offset, stored: place.stored)
        try await fetcher.fetch(
            PullPlan.Fetch(pack: place.pack, range: place.offset..<place.offset + place.stored, pieces: [piece]))
        return box.withLock { $0 }
    }

    private func listRows(_ list: Int) -> Int { min(Limits.segmentRows, rows.count - list * Limits.segmentRows) }

    private func place(_ row: Int, in list: Int) async throws(TransferError) -> ChunkPlace? {
        if let known = state.withLock({ $0.locators[list] }) { return known[row % Limits.segmentRows] }
        var failure: TransferError?
        for source in sources {
            do throws(StoreError) {
                let places = try await RevisionReader(source).locator(manifest.lists[list], rows: listRows(list)).places
                // One list at a time: a file's rows follow one another.
                state.withLock { $0.locators = [list: places] }
                return places[row % Limits.segmentRows]
            } catch {
                failure = failure ?? TransferError(error)
            }
        }
        throw failure ?? TransferError(.notFound, subject: manifest.lists[list].hex, cause: "no source has the locator")
    }
}
