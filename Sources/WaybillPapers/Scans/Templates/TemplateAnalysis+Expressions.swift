extension TemplateAnalysis {
    private static let maximumText = 4_096

    // MARK: Grammar, loosest first

    /// Expressions with commas between them.
    mutating func tuple(hasCondition: Bool = true) throws(TemplateFault) -> TemplateFacts {
        var facts = hasCondition ? try expression() : try either()
        while take(mark: ",") {
            guard let token = current, token.kind != .blockEnd, token.kind != .outputEnd, !isMark(")"), !isMark("=") else { break }
            facts = facts.merged(hasCondition ? try expression() : try either())
        }
        return facts
    }

    /// `a if b else c`
    mutating func expression() throws(TemplateFault) -> TemplateFacts {
        try enter()
        defer { leave() }
        var facts = try either()
        while take(name: "if") {
            _ = try either()
            let other = take(name: "else") ? try expression() : TemplateFacts()
            facts = facts.merged(other)
        }
        return facts
    }

    private mutating func either() throws(TemplateFault) -> TemplateFacts {
        var facts = try both()
        while take(name: "or") { facts = facts.merged(try both()) }
        return facts
    }

    private mutating func both() throws(TemplateFault) -> TemplateFacts {
        var facts = try negation()
        while take(name: "and") { facts = facts.merged(try negation()) }
        return facts
    }

    private mutating func negation() throws(TemplateFault) -> TemplateFacts {
        guard take(name: "not") else { return try comparison() }
        try enter()
        defer { leave() }
        return try negation().derived
    }

    private mutating func comparison() throws(TemplateFault) -> TemplateFacts {
        var left = try sum()
        while true {
            let offset = place
            let isComparison = ["==", "!=", ">", ">=", "<", "<="].contains { isMark($0) }
            if isComparison || isName("in") {
                position += 1
            } else if isName("not"), isName("in", ahead: 1) {
                position += 2
            } else {
                return left
            }
            let right = try sum()
            checkComparison(left, right, at: offset)
            left = TemplateFacts()
        }
    }

    private mutating func sum() throws(TemplateFault) -> TemplateFacts {
        var left = try concatenation()
        while isMark("+") || isMark("-") {
            let offset = place
            let isPlus = take(mark: "+")
            if !isPlus { position += 1 }
            let right = try concatenation()
            left = isPlus ? joined(left, right, isText: left.text != nil || right.text != nil, at: offset) : left.merged(right)
        }
        return left
    }

    private mutating func concatenation() throws(TemplateFault) -> TemplateFacts {
        var left = try product()
        while isMark("~") {
            let offset = place
            position += 1
            left = joined(left, try product(), isText: true, at: offset)
        }
        return left
    }

    private mutating func product() throws(TemplateFault) -> TemplateFacts {
        var left = try unary(hasFilters: true)
        while let mark = current, mark.kind == .mark, ["*", "/", "//", "%"].contains(mark.text) {
            position += 1
            let right = try unary(hasFilters: true)
            if mark.text == "*", let text = left.text ?? right.text, let count = left.number ?? right.number,
                (0...64).contains(count), text.utf8.count * count <= Self.maximumText
            {
                left = known(String(repeating: text, count: count), at: mark.offset)
            } else {
                let isText = left.text != nil || left.isComputed
                left = left.merged(right)
                // `'%s' % x` makes text.
                left.isComputed = isText
            }
        }
        return left
    }

    private mutating func unary(hasFilters: Bool) throws(TemplateFault) -> TemplateFacts {
        try enter()
        defer { leave() }
        var facts: TemplateFacts
        if isMark("-") || isMark("+") {
            position += 1
            facts = try unary(hasFilters: false).derived
        } else {
            facts = try primary()
        }
        facts = try postfix(facts)
        if take(mark: "**") { facts = facts.merged(try unary(hasFilters: false)) }
        return hasFilters ? try filtersAndTests(facts) : facts
    }

    private mutating func primary() throws(TemplateFault) -> TemplateFacts {
        guard let token = current else { throw .malformed("an expression was expected", place) }
        position += 1
        switch token.kind {
        case .text:
            var text = token.text
            // Neighbours are one text.
            while let next = current, next.kind == .text {
                text += next.text
                position += 1
            }
            return known(text, at: token.offset)
        case .number: return TemplateFacts(number: Int(token.text))
        case .name: return named(token)
        case .mark where token.text == "(":
            if take(mark: ")") { return TemplateFacts() }
            let facts = try tuple()
            try expect(mark: ")")
            return facts
        case .mark where token.text == "[": return try list()
        case .mark where token.text == "{": return try dictionary()
        default: throw .malformed("an expression was expected", token.offset)
        }
    }

    private mutating func named(_ token: TemplateToken) -> TemplateFacts {
        if ["true", "false", "none", "True", "False", "None"].contains(token.text) { return TemplateFacts() }
        if token.text.hasPrefix("__") {
            report(.templateUnderscoreAttribute, at: token.offset, "uses the name \(quoted(token.text))")
        } else if TemplateNames.escapeRoots.contains(token.text) {
            report(
                .templateEscapeRoot, unlessBound: token.text, at: token.offset, "uses \(quoted(token.text)), with which escapes begin")
        }
        var facts = variables[token.text] ?? TemplateFacts()
        facts.name = token.text
        if token.text == "messages" || token.text == "message" || token.text == "loop_messages" { facts.isMessages = true }
        return facts
    }

    private mutating func list() throws(TemplateFault) -> TemplateFacts {
        var facts = TemplateFacts()
        var texts: [String]? = []
        while !isMark("]") {
            let item = try expression()
            facts = facts.merged(item)
            if let text = item.text, texts?.count ?? 64 < 64 { texts?.append(text) } else { texts = nil }
            guard take(mark: ",") else { break }
        }
        try expect(mark: "]")
        facts.texts = texts
        return facts
    }

    private mutating func dictionary() throws(TemplateFault) -> TemplateFacts {
        var facts = TemplateFacts()
        while !isMark("}") {
            _ = try expression()
            try expect(mark: ":")
            facts = facts.merged(try expression())
            guard take(mark: ",") else { break }
        }
        try expect(mark: "}")
        return facts
    }

    // MARK: Texts

    /// A text that stands in the template.
    mutating func known(_ text: String, at offset: Int) -> TemplateFacts {
        if Self.hasBuiltName(text) { report(.templateBuiltName, at: offset, "has \(quoted(text)), a name between double underscores") }
        return TemplateFacts(text: text)
    }

    mutating func joined(_ left: TemplateFacts, _ right: TemplateFacts, isText: Bool, at offset: Int) -> TemplateFacts {
        if let one = left.text ?? left.number.map(String.init), let other = right.text ?? right.number.map(String.init),
            left.text != nil || right.text != nil, one.utf8.count + other.utf8.count <= Self.maximumText
        {
            return known(one + other, at: offset)
        }
        var facts = left.merged(right)
        facts.isComputed = facts.isComputed || isText
        return facts
    }

    /// `__word__`, or one of its halves beside a letter, as in `__cla`.
    private static func hasBuiltName(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var run = 0
        var begins = false
        for byte in bytes + [0] {
            if byte == UInt8(ascii: "_") {
                run += 1
                continue
            }
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            if run >= 2 {
                if begins { return true }
                begins = isLetter
            } else if run == 0, !isLetter, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                begins = false
            }
            run = 0
        }
        return false
    }
}
