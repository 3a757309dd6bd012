import WaybillFormat
import WaybillSystem

/// What the files of a model say about it (Protocol/MANIFEST.md, "Papers").
public struct DerivedPapers: Sendable {
    public let papers: Papers
    /// By the UTF-8 bytes of their names, distinct; the names are the values of `ClaimKind.baseModels`.
    public let baseModels: [BaseModel]
    /// One sentence for everything that could not be read as a claim, with file and, in text, line; without control characters. By file.
    public let notices: [String]
    /// The first file, by path, that the system failed to give. Its claims are missing here: papers with this set are not what the files
    /// say, and must not be recorded or compared.
    public let readError: SystemError?
}
