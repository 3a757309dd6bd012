/// A release as the Model Openness Framework sees it: components that are present, and licences that stand for those without their own.
public struct MOFRelease: Sendable {
    public struct Item: Sendable {
        public let component: MOFComponent
        /// `unlicensed` and `NONE` say that there is no licence.
        public let license: String?
        /// Why the component does not count, other than its licence.
        public let fault: String?

        public init(_ component: MOFComponent, license: String? = nil, fault: String? = nil) {
            self.component = component
            self.license = license
            self.fault = fault
        }
    }

    public var items: [Item]
    /// By type of content.
    public var licenses: [MOFComponent.ContentType: String]
    /// Of the whole, where nothing else is said.
    public var distribution: String?

    public init(items: [Item] = [], licenses: [MOFComponent.ContentType: String] = [:], distribution: String? = nil) {
        self.items = items
        self.licenses = licenses
        self.distribution = distribution
    }

    /// The licence of a component: its own, else that of its type of content, else that of the whole.
    public func license(of item: Item) -> String? { item.license ?? licenses[item.component.contentType] ?? distribution }

    public func evaluated(by registry: LicenseRegistry = .current) -> MOFEvaluation {
        MOFEvaluation(
            items.map { item in
                let text = license(of: item)
                let stated = StatedLicense(text, registry)
                return MOFEvaluation.Component(
                    component: item.component, license: text, isOpen: text == nil ? false : stated.isOpen, fault: item.fault,
                    isForOtherContent: stated.isOpen == true && !stated.suits(item.component.contentType, registry))
            })
    }
}
