import Synchronization
import WaybillFormat
import WaybillSystem

/// `.waybill/replaced/<run>/`: what a repair replaced in files that somebody had written to. A file that was moved aside keeps its
/// path; of a file that was mended in place, its path is a folder of the replaced ranges, each named by its offset.
///
/// Every call may block, and is durable when it returns.
final class ReplacedBytes: Sendable {
    private struct State {
        var run: Folder?
        var kept: [ModelPath: RepairReport.KeptBytes] = [:]
    }

    static let name = "replaced"
    private let checkout: Folder
    private let state = Mutex(State())

    /// - Parameter folder: `.waybill/`.
    init(state folder: Folder) { checkout = folder }

    /// By path.
    var kept: [RepairReport.KeptBytes] { state.withLock { $0.kept.values.sorted { $0.path < $1.path } } }

    /// Copies `range` of `file`. Zeros say nothing, and an interrupted repair leaves them behind: they are not kept.
    func keep(_ range: Range<Int>, of file: OwnedFile, path: ModelPath) throws(SystemError) {
        let step = Limits.chunk
        guard !range.isEmpty else { return }
        if range.count <= step, try file.read(at: range.lowerBound, count: range.count).allSatisfy({ $0 == 0 }) { return }
        let folder = try run().folder(path.components, create: true)
        // What an earlier write of this run put there was replaced by ourselves.
        guard try folder.status(String(range.lowerBound)) == nil else { return }
        let copy = try folder.file(String(range.lowerBound), .createNew)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let bytes = try file.read(at: offset, count: min(step, range.upperBound - offset))
            if bytes.isEmpty { break }
            try copy.write(bytes.span, at: offset - range.lowerBound)
            offset += bytes.count
        }
        try copy.sync()
        try folder.sync()
        note(path, place: folder.path, bytes: offset - range.lowerBound)
    }

    /// Moves the file `name` of `folder`, which is at `path`, out of the way.
    func setAside(_ name: String, in folder: Folder, path: ModelPath, bytes: Int) throws(SystemError) {
        let target = try run().folder(path.components.dropLast(), create: true)
        try folder.rename(name, to: name, in: target)
        try target.sync()
        try folder.sync()
        note(path, place: "\(target.path)/\(name)", bytes: bytes)
    }

    private func note(_ path: ModelPath, place: String, bytes: Int) {
        state.withLock { state in
            state.kept[path, default: RepairReport.KeptBytes(path: path, place: place, bytes: 0)].bytes += bytes
        }
    }

    /// The folder of this run, numbered after those of earlier ones.
    private func run() throws(SystemError) -> Folder {
        let result = state.withLock { state -> Result<Folder, SystemError> in
            if let run = state.run { return .success(run) }
            do throws(SystemError) {
                let all = try checkout.folder(Self.name, create: true)
                let last = try all.names().compactMap { Int($0) }.max() ?? 0
                let run = try all.folder(String(last + 1), create: true)
                state.run = run
                return .success(run)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
