import WaybillFormat
import WaybillPapers
import WaybillSystem

/// The audit record: one line for every decision of a policy, appended and durable before the decision takes effect.
public struct DecisionLog: Sendable {
    /// Of the file.
    public let path: String

    /// - Parameter path: of the file, which is created with its folder.
    public init(path: String) { self.path = path }

    /// Blocks.
    /// - Throws: what the disk says: a decision that is not recorded must not be acted upon.
    func append(_ record: DecisionRecord) throws(TransferError) {
        try lifting { () throws(SystemError) in
            if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
                _ = try Folder.create(String(path[..<slash]), mode: 0o700)
            }
            let file = try OwnedFile.open(path, .append)
            try file.lock()
            let size = try file.status().size
            var line = record.line
            // What a crash tore off stays as a line of its own.
            if size > 0, try file.read(at: size - 1, count: 1) != [0x0A] { line.insert(0x0A, at: 0) }
            try file.write(line.span, at: size)
            try file.syncData()
        }
    }
}
