/// The components of a model, by the exact names of the Model Openness Framework 1.0.
public enum MOFComponent: String, Sendable, CaseIterable {
    case modelArchitecture = "Model architecture"
    case dataPreprocessingCode = "Data preprocessing code"
    case trainingCode = "Training code"
    case inferenceCode = "Inference code"
    case evaluationCode = "Evaluation code"
    case supportingLibraries = "Supporting libraries and tools"
    case finalParameters = "Model parameters (Final)"
    case intermediateParameters = "Model parameters (Intermediate)"
    case datasets = "Datasets"
    case evaluationData = "Evaluation data"
    case modelMetadata = "Model metadata"
    case sampleOutputs = "Sample model outputs"
    case modelCard = "Model card"
    case dataCard = "Data card"
    case technicalReport = "Technical report"
    case researchPaper = "Research paper"
    case evaluationResults = "Evaluation results"

    /// What licences are meant for.
    public enum ContentType: String, Sendable, CaseIterable {
        case code
        case data
        case document
    }

    public var contentType: ContentType {
        switch self {
        case .modelArchitecture, .dataPreprocessingCode, .trainingCode, .inferenceCode, .evaluationCode, .supportingLibraries: .code
        case .finalParameters, .intermediateParameters, .datasets, .evaluationData, .modelMetadata: .data
        case .sampleOutputs, .modelCard, .dataCard, .technicalReport, .researchPaper, .evaluationResults: .document
        }
    }
}

/// What became of a component.
public enum ComponentStatus: String, Sendable, CaseIterable {
    /// Everybody can get it.
    case released
    /// Its content is described, itself not given.
    case described
    /// It exists and is kept back.
    case withheld
    /// This model has nothing of the kind.
    case notApplicable
    case noAssertion
}

/// Who can get data, by OSI's four classes.
public enum DataAccess: String, Sendable, CaseIterable {
    /// May be copied and passed on.
    case open
    /// Can be looked at by everybody, and may vanish.
    case `public`
    /// Can be had from a third party, for a fee too.
    case obtainable
    /// Cannot be shared: it must be described so much the better.
    case unshareable
}
