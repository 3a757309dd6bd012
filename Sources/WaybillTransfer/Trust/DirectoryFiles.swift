import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTrust

/// Every file of a directory that a signature is held against, whoever made the directory: nothing may lie in it unseen.
///
/// Names need not be names that a manifest takes. Of a directory's top, folders that are no part of a model (`.waybill`, `.git`, `.cache`) are
/// left out, unless the signature lists files in them; anywhere else they are folders like others.
public enum DirectoryFiles {
    /// Hashes all files, on all threads.
    /// - Throws: `.usage` for what is neither a file nor a folder, and for links that reach no file.
    public static func read(
        _ directory: String, signed: [SignedFile], work: Work, progress: @escaping ProgressHandler
    ) async throws(TransferError) -> [SignedFile] {
        let meter = Meter(progress)
        let paths = try await work.perform { _ throws(TransferError) in
            var paths: [String] = []
            let top = try lifting { () throws(SystemError) in try Folder.open(directory) }
            let omitted = SignedModel.ownIgnoredPaths.filter { name in !signed.contains { $0.path.hasPrefix("\(name)/") || $0.path == name }
            }
            try list(top, below: "", except: omitted, into: &paths)
            return paths
        }
        meter.update {
            $0.phase = .verifying
            $0.filesTotal = paths.count
        }
        return try await work.map(paths, perJob: 1) { (path, context) throws(TransferError) in
            let digest = try lifting { () throws(SystemError) in try hash("\(directory)/\(path)", &context) }
            meter.update { $0.filesDone += 1 }
            return SignedFile(path: path, sha256: digest)
        }
    }

    private static func list(_ folder: Folder, below prefix: String, except omitted: [String], into paths: inout [String])
        throws(TransferError)
    {
        for name in try lifting({ () throws(SystemError) in try folder.names() }).sorted() where !omitted.contains(name) {
            guard let status = try lifting({ () throws(SystemError) in try folder.status(name) }) else { continue }
            switch status.kind {
            case .folder:
                let inner = try lifting { () throws(SystemError) in try folder.folder(name) }
                try list(inner, below: "\(prefix)\(name)/", except: [], into: &paths)
            case .file: paths.append(prefix + name)
            case .symlink:
                guard (try? FileStatus.of("\(folder.path)/\(name)"))?.kind == .file else { throw Self.noFile("\(folder.path)/\(name)") }
                paths.append(prefix + name)
            case .other: throw Self.noFile("\(folder.path)/\(name)")
            }
        }
    }

    private static func noFile(_ path: String) -> TransferError {
        TransferError(
            .usage, subject: path, cause: "is no file, and a signature can only be about files", remedy: "Move it out of the directory")
    }

    private static func hash(_ path: String, _ context: inout WorkContext) throws(SystemError) -> Digest {
        let file = try OwnedFile.open(path, .read)
        let buffer = context.chunk
        var hasher = SHA256()
        var position = 0
        while true {
            buffer.resize(0)
            let count = try file.read(at: position, count: 1 << 20, into: buffer)
            hasher.update(buffer, range: 0..<count)
            position += count
            if count < 1 << 20 { return hasher.finish() }
        }
    }
}
