extension PickleMachine {
    private static let maximumNesting = 8
    private static let probeFuel = 65_536

    /// Joblib writes the bytes of an array into the middle of its pickle, behind the BUILD of a wrapper: passes over them.
    mutating func passArray(_ state: PickleValue, at offset: Int) throws(Fault) {
        guard case .dictionary(let node) = state, case .tuple(let shape)? = node.members["shape"],
            case .instance(let type)? = node.members["dtype"], let code = type.items.first?.text, !type.isStructured
        else { throw .broken("the array behind a joblib wrapper has no plain shape and type") }
        // Plain pickle takes the array's bytes for opcodes.
        var plain = self
        plain.followsArrays = false
        plain.fuel = Self.probeFuel
        let seen = observations.count
        do { _ = try plain.run() } catch { throw .reading(error) }
        // Numbers read as opcodes mean nothing: only what is unmistakable counts.
        for observation in plain.observations.dropFirst(seen) where observation.rule == .pickleDangerousGlobal {
            observe(observation.rule, at: observation.offset, observation.detail)
        }
        replaceTop(.other)
        if ElementCode(code)?.isObject == true {
            try nestedPickle()
            return
        }
        guard let width = ElementCode(code)?.byteCount else { throw .broken("the array behind a joblib wrapper has no plain type") }
        var count = width
        for dimension in shape.items {
            guard let dimension = dimension.integer, dimension >= 0 else { throw .broken("an array's shape is no list of sizes") }
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw .broken("an array is too large") }
            count = product
        }
        if let alignment = node.members["numpy_array_alignment_bytes"], alignment.integer != nil { try skip(Int(try unsigned(1))) }
        try skip(count)
    }

    /// An array of objects is a pickle of its own.
    private mutating func nestedPickle() throws(Fault) {
        guard nesting < Self.maximumNesting else { throw .limit("pickles inside one another, deeper than is followed") }
        var inner = PickleMachine(window)
        inner.nesting = nesting + 1
        inner.fuel = fuel
        let ending: Ending
        do { ending = try inner.run() } catch { throw .reading(error) }
        for observation in inner.observations { observe(observation.rule, at: observation.offset, observation.detail) }
        switch ending {
        case .stopped: window.seek(inner.window.position)
        case .broken(let cause): throw .broken(cause)
        case .limit(let cause): throw .limit(cause)
        }
    }
}

/// A type of numpy in its short form, `<f8`.
struct ElementCode {
    let isObject: Bool
    /// Nil for objects.
    let byteCount: Int?

    init?(_ text: String) {
        var rest = Substring(text)
        if let first = rest.first, "<>|=".contains(first) { rest = rest.dropFirst() }
        guard let kind = rest.popFirst() else { return nil }
        if kind == "O" {
            (isObject, byteCount) = (true, nil)
            return
        }
        isObject = false
        if kind == "?", rest.isEmpty {
            byteCount = 1
            return
        }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        // datetime64 has a unit behind its size.
        guard "biufcVSUmMa".contains(kind), let count = Int(digits), count <= 1 << 30,
            rest.isEmpty || "mM".contains(kind) && rest.hasPrefix("[") && rest.hasSuffix("]")
        else { return nil }
        byteCount = kind == "U" ? 4 * count : count
    }
}
