/// A class of the Model Openness Framework 1.0. Classes are cumulative: II asks for all of III, I for all of II.
public enum MOFClass: Int, Sendable, CaseIterable, Comparable {
    case unclassified = 0
    case openScience = 1
    case openTooling = 2
    case openModel = 3

    /// As the Model Openness Tool writes it.
    public var name: String {
        switch self {
        case .unclassified: "Unclassified"
        case .openScience: "Class I - Open Science Model"
        case .openTooling: "Class II - Open Tooling Model"
        case .openModel: "Class III - Open Model"
        }
    }

    /// From the class that asks for least to the one that asks for most.
    public static let ascending: [MOFClass] = [.openModel, .openTooling, .openScience]

    /// What this class asks for beyond the one below.
    var added: [MOFComponent] {
        switch self {
        case .unclassified: []
        case .openModel: [.modelArchitecture, .finalParameters, .evaluationResults, .modelCard, .dataCard, .technicalReport]
        case .openTooling: [.trainingCode, .inferenceCode, .evaluationCode, .evaluationData]
        case .openScience: [.datasets, .dataPreprocessingCode, .intermediateParameters, .researchPaper]
        }
    }

    /// Everything that this class asks for. A valid research paper stands for the technical report.
    public func required(hasResearchPaper: Bool) -> [MOFComponent] {
        guard self != .unclassified else { return [] }
        let all = Self.ascending.filter { $0.rawValue >= rawValue }.flatMap(\.added)
        guard hasResearchPaper else { return all }
        let replaced: [MOFComponent] = all.map { $0 == .technicalReport ? .researchPaper : $0 }
        return MOFComponent.allCases.filter(replaced.contains)
    }

    /// A class is less than another that asks for more.
    public static func < (a: MOFClass, b: MOFClass) -> Bool { a.openness < b.openness }

    private var openness: Int { self == .unclassified ? 0 : 4 - rawValue }
}
