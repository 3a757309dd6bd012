/// Which class of the Model Openness Framework 1.0 a release reaches, by the rules of the Model Openness Tool.
public struct MOFEvaluation: Sendable, Equatable {
    /// A component that is present and what was stated about it.
    public struct Component: Sendable, Equatable {
        public let component: MOFComponent
        /// As written, after the release's own licences were consulted; nil if there is none.
        public let license: String?
        /// Whether the licence is open; nil if it is not known here.
        public let isOpen: Bool?
        /// Nil where nothing else is wrong.
        public let fault: String?
        /// The licence is open but was made for another type of content: a warning only.
        public let isForOtherContent: Bool

        var isValid: Bool { isOpen == true && fault == nil }
    }

    /// How many of the components that a class asks for are present under an open licence.
    public struct Progress: Sendable, Equatable {
        public let met: Int
        public let required: Int

        public init(met: Int, required: Int) {
            self.met = met
            self.required = required
        }

        public var percent: Double { required == 0 ? 0 : Double(met) / Double(required) * 100 }
    }

    public static let version = "1.0"

    public let reached: MOFClass
    /// Present components, in the order of `MOFComponent`.
    public let components: [Component]
    /// Whether a valid research paper stands for the technical report.
    public let hasResearchPaper: Bool

    /// Evaluates what is present. Of a component that is listed twice the first counts.
    public init(_ present: [Component]) {
        let components = MOFComponent.allCases.compactMap { name in present.first { $0.component == name } }
        let hasPaper = components.contains { $0.component == .researchPaper && $0.isValid }
        let valid = Set(components.filter(\.isValid).map(\.component))
        self.components = components
        hasResearchPaper = hasPaper
        reached = MOFClass.ascending.last { $0.required(hasResearchPaper: hasPaper).allSatisfy(valid.contains) } ?? .unclassified
    }

    /// Progress towards a class; nothing of it counts before the class below is complete, as in the Model Openness Tool.
    public func progress(towards wanted: MOFClass) -> Progress {
        let required = wanted.required(hasResearchPaper: hasResearchPaper)
        let below = MOFClass.ascending.filter { $0 < wanted }
        let isOpen = below.allSatisfy { unmet(for: $0).isEmpty }
        return Progress(met: isOpen ? required.count - unmet(for: wanted).count : 0, required: required.count)
    }

    /// What the class asks for and is not present, or not under an open licence.
    public func unmet(for wanted: MOFClass) -> [MOFComponent] {
        let valid = Set(components.filter(\.isValid).map(\.component))
        return wanted.required(hasResearchPaper: hasResearchPaper).filter { !valid.contains($0) }
    }

    /// What the class asks for and is not present at all.
    public func missing(for wanted: MOFClass) -> [MOFComponent] {
        let present = Set(components.map(\.component))
        return wanted.required(hasResearchPaper: hasResearchPaper).filter { !present.contains($0) }
    }

    /// Present, but not valid.
    public var invalid: [Component] { components.filter { !$0.isValid } }
}
