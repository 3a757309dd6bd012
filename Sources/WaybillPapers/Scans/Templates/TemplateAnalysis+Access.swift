extension TemplateAnalysis {
    /// Methods whose argument is compared with the text.
    private static let comparing: Set<String> = ["startswith", "endswith", "find", "rfind", "count", "index"]
    /// Filters that leave text as text.
    private static let textFilters: Set<String> = [
        "join", "replace", "upper", "lower", "title", "capitalize", "format", "string", "reverse", "trim", "center", "truncate",
        "urlencode",
    ]
    private static let attributeFilters: Set<String> = [
        "map", "selectattr", "rejectattr", "groupby", "sort", "sum", "unique", "min", "max",
    ]

    // MARK: Behind a value

    mutating func postfix(_ start: TemplateFacts) throws(TemplateFault) -> TemplateFacts {
        var facts = start
        while true {
            if isMark(".") {
                position += 1
                guard let token = current, token.kind == .name || token.kind == .number else {
                    throw .malformed("an attribute was expected", place)
                }
                position += 1
                noteAttribute(facts)
                facts = member(facts, token.text, at: token.offset)
            } else if isMark("[") {
                noteAttribute(facts)
                facts = try item(facts)
            } else if isMark("(") {
                facts = try call(facts)
            } else {
                noteAttribute(facts)
                facts.attribute = nil
                return facts
            }
        }
    }

    /// An attribute that is not called is a key.
    private mutating func noteAttribute(_ facts: TemplateFacts) {
        guard let attribute = facts.attribute, !TemplateNames.keys.contains(attribute.name), noted.count < 256,
            !Self.isEscape(attribute.name), !attribute.name.allSatisfy({ $0.isNumber })
        else { return }
        noted.append(attribute)
    }

    /// The value under a key or attribute.
    private mutating func member(_ facts: TemplateFacts, _ name: String, at offset: Int) -> TemplateFacts {
        checkAttribute(name, at: offset)
        let isContent = name == "content" || name == "text"
        var result = variables["\(facts.name ?? "").\(name)"] ?? TemplateFacts()
        result.name = nil
        result.isContent = result.isContent || isContent || facts.isContent && !TemplateNames.keys.contains(name)
        result.attribute = (name, offset)
        result.isMessages = facts.isMessages
        // A method is judged with what it is called on.
        if TemplateNames.methods.contains(name), !TemplateNames.keys.contains(name) || facts.isContent {
            result.isContent = facts.isContent
            result.isTime = facts.isTime
            result.isComputed = facts.isComputed || facts.text != nil
        }
        return result
    }

    private static func isEscape(_ name: String) -> Bool { name.hasPrefix("_") || TemplateNames.escapeAttributes.contains(name) }

    mutating func checkAttribute(_ name: String, at offset: Int) {
        if Self.isEscape(name) {
            report(.templateUnderscoreAttribute, at: offset, "reaches for \(quoted(name)): how sandboxes are left")
        }
    }

    private mutating func item(_ facts: TemplateFacts) throws(TemplateFault) -> TemplateFacts {
        let offset = place
        try expect(mark: "[")
        var key: TemplateFacts?
        var isSlice = false
        while !isMark("]") {
            if take(mark: ":") {
                isSlice = true
                continue
            }
            let part = try expression()
            key = key.map { $0.merged(part) } ?? part
            if !isMark("]"), !isMark(":") { try expect(mark: ",") }
        }
        try expect(mark: "]")
        if isSlice { return facts.derived }
        if let name = key?.text {
            var result = member(facts, name, at: offset)
            result.attribute = nil
            return result
        }
        if key?.isComputed == true {
            report(.templateComputedItem, at: offset, "takes an item by a name that is put together while rendering")
        }
        return facts.derived
    }

    private mutating func call(_ facts: TemplateFacts) throws(TemplateFault) -> TemplateFacts {
        let offset = place
        let arguments = try arguments(collectsAttributes: facts.name == "namespace")
        if let attribute = facts.attribute {
            if !TemplateNames.methods.contains(attribute.name), !Self.isEscape(attribute.name) {
                report(
                    .templateUnusualMethod, at: attribute.offset,
                    "calls the method \(quoted(attribute.name)), which chat templates do not need")
            }
            if Self.comparing.contains(attribute.name) {
                for argument in arguments { checkComparison(facts, argument, at: offset) }
            }
            if attribute.name == "join", let texts = arguments.first?.texts {
                return known(texts.joined(separator: facts.text ?? ""), at: offset)
            }
        } else if let name = facts.name {
            if !TemplateNames.functions.contains(name), !TemplateNames.escapeRoots.contains(name) {
                report(.templateUnknownCall, unlessBound: name, at: offset, "calls \(quoted(name)), which no chat template is given")
            }
            if name == "strftime_now" { return TemplateFacts(isTime: true) }
        } else {
            report(.templateUnknownCall, at: offset, "calls something that has no name")
        }
        return arguments.reduce(facts.derived) { $0.merged($1) }
    }

    private mutating func arguments(collectsAttributes: Bool) throws(TemplateFault) -> [TemplateFacts] {
        var arguments: [TemplateFacts] = []
        try expect(mark: "(")
        while !isMark(")") {
            if isMark("*") || isMark("**") {
                position += 1
            } else if let name = current, name.kind == .name, isMark("=", ahead: 1) {
                position += 2
                if collectsAttributes { attributes.insert(name.text) }
                checkAttribute(name.text, at: name.offset)
            }
            arguments.append(try expression())
            guard take(mark: ",") else { break }
        }
        try expect(mark: ")")
        return arguments
    }

    // MARK: Filters and tests

    mutating func filtersAndTests(_ start: TemplateFacts) throws(TemplateFault) -> TemplateFacts {
        var facts = start
        while true {
            if isMark("|") {
                facts = try filters(facts, isFirst: false)
            } else if isName("is") {
                position += 1
                try test(facts)
                facts = TemplateFacts()
            } else if isMark("(") {
                facts = try call(facts)
            } else {
                return facts
            }
        }
    }

    /// `|name(...)`, again and again; the first without its bar for a filter block.
    mutating func filters(_ start: TemplateFacts, isFirst: Bool) throws(TemplateFault) -> TemplateFacts {
        var facts = start
        var isFirst = isFirst
        while isFirst || take(mark: "|") {
            isFirst = false
            let name = try dotted()
            let arguments = isMark("(") ? try arguments(collectsAttributes: false) : []
            facts = filtered(facts, name, arguments)
        }
        return facts
    }

    private mutating func dotted() throws(TemplateFault) -> TemplateToken {
        let first = try expect(.name)
        var text = first.text
        while take(mark: ".") { text += "." + (try expect(.name)).text }
        return TemplateToken(kind: .name, text: text, offset: first.offset)
    }

    private mutating func filtered(_ facts: TemplateFacts, _ filter: TemplateToken, _ arguments: [TemplateFacts]) -> TemplateFacts {
        let name = filter.text
        if name == "attr" {
            report(.templateAttrFilter, at: filter.offset, "takes an attribute with the filter 'attr'")
        } else if !TemplateNames.filters.contains(name) {
            report(.templateUnknownFilter, at: filter.offset, "the filter \(quoted(name)) is not one of Jinja's")
        }
        var result = arguments.reduce(facts.derived) { $0.merged($1) }
        if Self.attributeFilters.contains(name) {
            for argument in arguments {
                guard let text = argument.text else { continue }
                if name == "map", text == "attr" {
                    report(.templateAttrFilter, at: filter.offset, "takes an attribute with the filter 'attr'")
                }
                for part in text.split(separator: ".") {
                    checkAttribute(String(part), at: filter.offset)
                    if part == "content" || part == "text" { result.isContent = true }
                }
            }
            if name == "map", arguments.first.map({ $0.text == nil && $0.isComputed }) ?? false {
                report(.templateComputedItem, at: filter.offset, "maps by a name that is put together while rendering")
            }
        }
        if name == "join", let texts = facts.texts { return known(texts.joined(separator: arguments.first?.text ?? ""), at: filter.offset) }
        if name == "reverse", let text = facts.text { return known(String(text.reversed()), at: filter.offset) }
        if ["lower", "upper", "trim", "string", "safe"].contains(name), let text = facts.text {
            return known(name == "lower" ? text.lowercased() : name == "upper" ? text.uppercased() : text, at: filter.offset)
        }
        if Self.textFilters.contains(name) { result.isComputed = true }
        // All messages as one text are what people wrote.
        if ["string", "tojson", "join"].contains(name), facts.isMessages { result.isContent = true }
        return result
    }

    private mutating func test(_ facts: TemplateFacts) throws(TemplateFault) {
        _ = take(name: "not")
        let name = try dotted()
        if !TemplateNames.tests.contains(name.text), !["None", "True", "False"].contains(name.text) {
            report(.templateUnknownFilter, at: name.offset, "the test \(quoted(name.text)) is not one of Jinja's")
        }
        var arguments: [TemplateFacts] = []
        if isMark("(") {
            arguments = try self.arguments(collectsAttributes: false)
        } else if let next = current,
            [.text, .number].contains(next.kind) || isMark("[") || isMark("{")
                || next.kind == .name && !["else", "or", "and", "is", "in", "not", "if", "recursive"].contains(next.text)
        {
            arguments = [try postfix(try argument())]
        }
        for argument in arguments { checkComparison(facts, argument, at: name.offset) }
    }

    /// A test's argument without brackets.
    private mutating func argument() throws(TemplateFault) -> TemplateFacts {
        try enter()
        defer { leave() }
        guard let token = current else { throw .malformed("an expression was expected", place) }
        if token.kind == .text {
            position += 1
            return known(token.text, at: token.offset)
        }
        if token.kind == .name || token.kind == .number {
            position += 1
            return token.kind == .name ? (variables[token.text] ?? TemplateFacts()) : TemplateFacts()
        }
        return try expression()
    }

    // MARK: Conditions

    mutating func checkComparison(_ left: TemplateFacts, _ right: TemplateFacts, at offset: Int) {
        for (one, other) in [(left, right), (right, left)] {
            if one.isContent {
                let words = (other.text.map { [$0] } ?? other.texts ?? []).filter(TemplateNames.isWord)
                if let word = words.first {
                    report(.templateContentCondition, at: offset, "asks whether a message says \(quoted(word))")
                    return
                }
            }
            if one.isTime {
                report(.templateTimeCondition, at: offset, "compares the time")
                return
            }
        }
    }
}
