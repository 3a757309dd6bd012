/// What is known of a value on the stack of a pickle.
enum PickleValue {
    /// Nothing that matters here.
    case other
    case none
    case boolean(Bool)
    case integer(Int)
    /// The number with which an old torch file begins.
    case torchMagic
    case text(String)
    case global(PickleGlobal)
    case tuple(PickleNode)
    case dictionary(PickleNode)
    /// What a call of an imported name gave.
    case instance(PickleNode)

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    var integer: Int? {
        if case .integer(let value) = self { value } else { nil }
    }

    var global: PickleGlobal? {
        if case .global(let global) = self { global } else { nil }
    }
}

/// An imported name.
final class PickleGlobal {
    let module: String
    let name: String

    init(module: String, name: String) {
        // Python 3 reads protocols 0 to 2 with the names of Python 2.
        switch (module, name) {
        case ("__builtin__", "xrange"): (self.module, self.name) = ("builtins", "range")
        case ("__builtin__", "long"): (self.module, self.name) = ("builtins", "int")
        case ("__builtin__", "unicode"): (self.module, self.name) = ("builtins", "str")
        case ("__builtin__", _): (self.module, self.name) = ("builtins", name)
        case ("copy_reg", _): (self.module, self.name) = ("copyreg", name)
        default: (self.module, self.name) = (module, name)
        }
    }

    var text: String { module + "." + name }
}

/// A container or an instance, as far as it is remembered: shallow, without cycles, and only so many at a time.
final class PickleNode {
    static let maximumItems = 64
    private static let maximumDepth = 4

    final class Budget {
        fileprivate var live = 0
        static let maximum = 262_144
    }

    /// A tuple's items; the arguments of the call that made an instance.
    let items: [PickleValue]
    /// Of an instance.
    let global: PickleGlobal?
    /// A dictionary's members with texts for keys.
    private(set) var members: [String: PickleValue] = [:]
    /// Of a numpy.dtype: it has fields.
    var isStructured = false
    private let depth: Int
    private let budget: Budget

    /// Nil when there are too many, or they lie too deep in one another.
    init?(_ items: [PickleValue], global: PickleGlobal? = nil, isDictionary: Bool = false, budget: Budget) {
        guard items.count <= Self.maximumItems, budget.live < Budget.maximum else { return nil }
        var depth = isDictionary ? Self.maximumDepth - 1 : 0
        for item in items { depth = max(depth, 1 + Self.depth(of: item)) }
        guard depth <= Self.maximumDepth else { return nil }
        self.items = items
        self.global = global
        self.depth = depth
        self.budget = budget
        budget.live += 1
    }

    deinit { budget.live -= 1 }

    /// Remembers a member, unless it could hold this dictionary again.
    func set(_ key: String, _ value: PickleValue) {
        guard members.count < Self.maximumItems || members[key] != nil else { return }
        members[key] = Self.depth(of: value) < Self.maximumDepth - 1 ? value : .other
    }

    private static func depth(of value: PickleValue) -> Int {
        switch value {
        case .tuple(let node), .dictionary(let node), .instance(let node): node.depth
        default: 0
        }
    }
}
