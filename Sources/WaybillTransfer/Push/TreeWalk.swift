import WaybillFormat
import WaybillSystem

/// A file that is to be pushed.
package struct SourceFile: Sendable {
    /// The model's directory.
    package let root: String
    package let path: ModelPath
    package let status: FileStatus

    /// The file itself, links resolved by opening it.
    package var location: String { "\(root)/\(path.text)" }
}

/// The files of a model directory, and what was passed over.
package struct SourceTree: Sendable {
    /// In order of paths.
    package var files: [SourceFile] = []
    package var ignored: [String] = []
    package var emptyFolders = 0

    /// Lists `directory`. Links are followed where they reach a regular file.
    /// - Throws: `.usage` for names that a manifest cannot hold, links that reach nothing, and things that are no files.
    package static func read(_ directory: String) throws(TransferError) -> SourceTree {
        var tree = SourceTree()
        let root = try lifting { () throws(SystemError) in try Folder.open(directory) }
        _ = try tree.walk(root, below: root.path, prefix: "")
        tree.files.sort { $0.path < $1.path }
        let paths = tree.files.map(\.path)
        do throws(FormatError) {
            try ModelPath.requireDistinct(paths)
        } catch {
            // In a manifest this is damage; here somebody chose the names.
            throw TransferError(.usage, subject: error.subject, cause: error.cause, remedy: error.remedy)
        }
        guard !tree.files.isEmpty else {
            throw TransferError(.usage, subject: directory, cause: "holds no files", remedy: "Name the directory of the model's files")
        }
        return tree
    }

    /// - Returns: whether anything was found inside.
    private mutating func walk(_ folder: Folder, below root: String, prefix: String) throws(TransferError) -> Bool {
        let names = try lifting { () throws(SystemError) in try folder.names() }
        var found = false
        for name in names.sorted() {
            if ModelPath.ignoredNames.contains(name) {
                if prefix + name != CheckoutFolder.name { ignored.append(prefix + name) }
                found = true
                continue
            }
            let location = "\(folder.path)/\(name)"
            guard let status = try lifting({ () throws(SystemError) in try folder.status(name) }) else { continue }
            switch status.kind {
            case .folder:
                let inner = try lifting { () throws(SystemError) in try folder.folder(name) }
                if try walk(inner, below: root, prefix: prefix + name + "/") { found = true } else { emptyFolders += 1 }
            case .file:
                files.append(SourceFile(root: root, path: try Self.path(prefix + name, location), status: status))
                found = true
            case .symlink:
                let target = try Self.target(location)
                files.append(SourceFile(root: root, path: try Self.path(prefix + name, location), status: target))
                found = true
            case .other:
                throw TransferError(
                    .usage, subject: location, cause: "is no regular file (a pipe, socket or device)",
                    remedy: "Move it out of the directory")
            }
        }
        return found
    }

    private static func path(_ text: String, _ location: String) throws(TransferError) -> ModelPath {
        do throws(FormatError) {
            return try ModelPath(text)
        } catch {
            throw TransferError(.usage, subject: location, cause: error.cause, remedy: error.remedy.isEmpty ? "Rename it" : error.remedy)
        }
    }

    private static func target(_ location: String) throws(TransferError) -> FileStatus {
        let status: FileStatus
        do throws(SystemError) {
            status = try FileStatus.of(location)
        } catch {
            throw TransferError(
                .usage, subject: location,
                cause: error.code == .conflict ? "is a symbolic link that leads back to itself" : "is a symbolic link that reaches nothing",
                remedy: "Mend or remove the link")
        }
        guard status.kind == .file else {
            throw TransferError(
                .usage, subject: location, cause: "is a symbolic link to something that is no regular file",
                remedy: "Put a real folder there, or remove the link")
        }
        return status
    }

    /// What a person should know of what is not recorded.
    package var notices: [String] {
        var notices: [String] = []
        if !ignored.isEmpty {
            let shown = ignored.prefix(3).joined(separator: ", ")
            notices.append("passed over \(ignored.count) ignored: \(shown)\(ignored.count > 3 ? ", ..." : "")")
        }
        if emptyFolders > 0 { notices.append("\(emptyFolders) empty folder\(emptyFolders == 1 ? " is" : "s are") not recorded") }
        return notices
    }
}
