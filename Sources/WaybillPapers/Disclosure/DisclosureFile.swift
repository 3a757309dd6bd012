import WaybillFormat
import WaybillSystem

/// disclosure.yaml among the files of a model.
public enum DisclosureFile {
    /// Whether that file is the model's disclosure: at the root, by exactly this name.
    public static func isDisclosure(_ path: ModelPath) -> Bool { path.text.utf8.elementsEqual(Disclosure.fileName.utf8) }

    /// What it states; nil if the model has none. `disclosure` is nil if it has errors.
    static func read(
        _ files: [EvidenceFile]
    ) throws(SystemError) -> (disclosure: Disclosure?, problems: [DocumentProblem])? {
        guard let file = files.first(where: { isDisclosure($0.path) }) else { return nil }
        return try read(file)
    }

    static func read(_ file: EvidenceFile) throws(SystemError) -> (disclosure: Disclosure?, problems: [DocumentProblem]) {
        guard file.size <= Disclosure.maximumByteCount else {
            return (nil, [DocumentProblem(.error, line: nil, place: "", problem: "is larger than 1 MiB")])
        }
        return Disclosure.read(try file.bytes(at: 0, count: file.size))
    }
}
