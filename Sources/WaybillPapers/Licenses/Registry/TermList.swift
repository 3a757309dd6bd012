/// Things that a licence asks for or excludes, and whether these are all of them.
public struct TermList<Element: Hashable & Sendable>: Sendable, Hashable {
    /// In the order in which they were found, each once.
    public private(set) var items: [Element]
    /// False: there may be others that nobody has recorded.
    public var isComplete: Bool

    public init(_ items: [Element], isComplete: Bool = true) {
        var seen: Set<Element> = []
        self.items = items.filter { seen.insert($0).inserted }
        self.isComplete = isComplete
    }

    /// Nothing is known, not even that there are none.
    public static var noAssertion: TermList { TermList([], isComplete: false) }
    /// There are none.
    public static var none: TermList { TermList([]) }

    public var isNoAssertion: Bool { items.isEmpty && !isComplete }

    /// The items of both; complete only if both are.
    public func union(_ other: TermList) -> TermList {
        TermList(items + other.items, isComplete: isComplete && other.isComplete)
    }

    /// None is least, what may have others is most.
    var weight: Int { isComplete ? items.count : Int.max }
}

/// A size beyond which a licence asks for more.
public struct UseThreshold: Sendable, Hashable {
    public enum Metric: String, Sendable, CaseIterable {
        case monthlyActiveUsers
        case annualRevenue
        case monthlyRevenue
    }

    public enum Effect: String, Sendable, CaseIterable {
        /// Beyond it, a separate licence must be had from the licensor.
        case licenseRequired
        /// Beyond it, the licensor must be named.
        case attribution
        /// Beyond it, the licence grants nothing.
        case prohibited
    }

    public let metric: Metric
    /// Users, or whole units of the currency.
    public let value: Int
    /// ISO 4217, for revenue.
    public let currency: String?
    public let effect: Effect

    public init(metric: Metric, value: Int, currency: String? = nil, effect: Effect) {
        self.metric = metric
        self.value = value
        self.currency = currency
        self.effect = effect
    }
}

/// Words that must accompany what is passed on.
public struct NamingDuty: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The name of a derived model begins with the text, or holds it.
        case prefix
        /// The text is displayed where the product is.
        case badge
        /// A file or a line of notice goes with the copies.
        case notice
        /// The author is named.
        case attribution
    }

    public let kind: Kind
    /// As the licence prescribes it; empty where it prescribes no wording.
    public let text: String

    public init(kind: Kind, text: String) {
        self.kind = kind
        self.text = text
    }
}
