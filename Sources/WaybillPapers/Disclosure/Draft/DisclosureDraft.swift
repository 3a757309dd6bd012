import WaybillFormat
import WaybillSystem

/// Makes a first disclosure.yaml from what a model's files already say.
///
/// It states nothing that no file says: what is missing stands in comments marked TODO. The draft passes `DisclosureCheck` without errors.
public enum DisclosureDraft {
    /// The text of a disclosure.yaml for these files, which are all files of the model.
    ///
    /// - Throws: only if a file cannot be read from the disk.
    public static func text(for files: [EvidenceFile], registry: LicenseRegistry = .current) throws(SystemError) -> String {
        // What a disclosure.yaml states already is not evidence for a new one.
        let files = files.filter { !DisclosureFile.isDisclosure($0.path) }
        let derived = PapersDerivation.derive(files, plan: "p1")
        if let error = derived.readError { throw error }
        let facts = try DraftFacts(files)
        let card = try card(files)
        let hasCardText = try CardText.isThere(in: files)
        func draft(escapesMarks: Bool) -> String {
            var writer = DraftWriter(text: YAMLText(escapesMarks: escapesMarks))
            writer.head()
            writer.model(facts, card, derived.papers)
            writer.license(derived.papers, facts, registry)
            writer.components(weights: ModelWeights.paths(in: files), card: hasCardText ? cardPath(files) : nil)
            writer.baseModels(derived.baseModels, facts)
            writer.data(derived.papers[.datasets].map(\.value))
            writer.training(card)
            writer.summary()
            return writer.lines
        }
        let plain = draft(escapesMarks: false)
        return AliasScan.line(in: Array(plain.utf8)[...]) == nil ? plain : draft(escapesMarks: true)
    }

    private static func cardPath(_ files: [EvidenceFile]) -> String? { files.first { PapersDerivation.isModelCard($0.path) }?.path.text }

    private static func card(_ files: [EvidenceFile]) throws(SystemError) -> CardSections? {
        guard let file = files.filter({ PapersDerivation.isModelCard($0.path) }).min(by: { $0.path < $1.path }) else { return nil }
        let bytes = try file.bytes(at: 0, count: min(max(file.size, 0), FrontMatter.maximumByteCount))
        return CardSections(bytes, isWhole: bytes.count == file.size)
    }
}
