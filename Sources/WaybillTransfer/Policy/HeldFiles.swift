import WaybillFormat
import WaybillPapers
import WaybillSystem

/// The files of a revision that lie in a directory, for whoever reads its papers.
enum HeldFiles {
    /// The files of the revision that the directory holds, and whether those that papers are read from are as they were published.
    static func read(_ checkout: Checkout, in folder: CheckoutFolder) -> (files: [EvidenceFile], isWhole: Bool) {
        var tracked: [ModelPath: TrackedFile] = [:]
        for file in checkout.tracked { tracked[file.path] = file }
        var isWhole = true
        for file in checkout.manifest.files
        where PapersDerivation.reads(file.path, format: file.format) || LicenseFindings.reads(file.path) {
            let status = (try? folder.status(of: file.path)) ?? nil
            if let status, tracked[file.path]?.isUntouched(status) == true { continue }
            isWhole = false
        }
        let files = checkout.manifest.files.map { file in
            Self.file(file) { () throws(SystemError) in try folder.file(at: file.path) }
        }
        return (files, isWhole)
    }

    static func file(
        _ file: ManifestFile, _ open: @escaping @Sendable () throws(SystemError) -> OwnedFile?
    ) -> EvidenceFile {
        EvidenceFile(path: file.path, sha256: file.sha256, size: file.size, format: file.format) {
            (offset: Int, count: Int) throws(SystemError) in
            guard let opened = try open() else {
                throw SystemError(.conflict, subject: file.path.text, cause: "was taken away while it was needed", remedy: "Pull again")
            }
            return try opened.read(at: offset, count: count)
        }
    }
}
