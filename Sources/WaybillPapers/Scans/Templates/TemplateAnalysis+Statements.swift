extension TemplateAnalysis {
    private static let maximumBlocks = 100

    /// The whole template: text, outputs and tags, whose nesting is kept in a list.
    mutating func statements() throws(TemplateFault) {
        var open: [String] = []
        while let token = current {
            switch token.kind {
            case .data: position += 1
            case .outputBegin:
                position += 1
                _ = try tuple()
                _ = try expect(.outputEnd)
            case .blockBegin:
                position += 1
                let word = try expect(.name)
                try statement(word, &open)
                _ = try expect(.blockEnd)
                guard open.count <= Self.maximumBlocks else { throw .limit("more than 100 blocks inside one another", word.offset) }
            default: throw .malformed("something stands where it cannot", token.offset)
            }
        }
        guard open.isEmpty else { throw .malformed("a block has no end", place) }
    }

    private mutating func statement(_ word: TemplateToken, _ open: inout [String]) throws(TemplateFault) {
        switch word.text {
        case "if":
            _ = try tuple()
            open.append("if")
        case "elif":
            guard open.last == "if" else { throw .malformed("elif without if", word.offset) }
            _ = try tuple()
        case "else": guard open.last == "if" || open.last == "for" else { throw .malformed("else without if or for", word.offset) }
        case "for":
            try loop()
            open.append("for")
        case "set": if try set() { open.append("set") }
        case "macro":
            let name = try expect(.name)
            bind(name.text)
            try parameters()
            open.append("macro")
        case "call":
            if isMark("(") { try parameters() }
            _ = try expression()
            open.append("call")
        case "filter":
            _ = try filters(TemplateFacts(), isFirst: true)
            open.append("filter")
        case "with":
            try assignments()
            open.append("with")
        case "block":
            _ = try expect(.name)
            while take(name: "scoped") || take(name: "required") {}
            open.append("block")
        case "autoescape":
            _ = try expression()
            open.append("autoescape")
        case "generation": open.append("generation")
        case "do": _ = try tuple()
        case "break", "continue": guard open.contains("for") else { throw .malformed("\(word.text) outside of a loop", word.offset) }
        case "import", "from", "include", "extends":
            report(.templateImport, at: word.offset, "loads another template with \(quoted(word.text))")
            skipTag()
        case _ where word.text.hasPrefix("end"):
            let name = String(word.text.dropFirst(3))
            guard open.popLast() == name else { throw .malformed("\(quoted(word.text)) ends what was not begun", word.offset) }
            if name == "block", current?.kind == .name { position += 1 }
        default: throw .malformed("the tag \(quoted(word.text)) is not known", word.offset)
        }
    }

    /// `for a, b in ... if ... recursive`
    private mutating func loop() throws(TemplateFault) {
        let names = try targets()
        guard take(name: "in") else { throw .malformed("'in' was expected", place) }
        let sequence = try tuple(hasCondition: false)
        for name in names {
            // Of all messages, one is no text yet.
            bind(
                name,
                TemplateFacts(
                    isContent: sequence.isContent, isMessages: sequence.isMessages, isTime: sequence.isTime, isComputed: sequence.isComputed
                ))
        }
        if take(name: "if") { _ = try tuple() }
        _ = take(name: "recursive")
    }

    /// Whether a block follows that ends with endset.
    private mutating func set() throws(TemplateFault) -> Bool {
        let names = try targets()
        guard take(mark: "=") else {
            if isMark("|") { _ = try filters(TemplateFacts(), isFirst: false) }
            for name in names { bind(name, TemplateFacts(isComputed: true)) }
            return true
        }
        let value = try tuple()
        for name in names {
            var kept = value
            // A name that once held what people wrote may still do so: branches are not told apart.
            kept.isContent = value.isContent || variables[name]?.isContent ?? false
            kept.isTime = value.isTime || variables[name]?.isTime ?? false
            kept.name = nil
            kept.attribute = nil
            bind(name, names.count == 1 ? kept : kept.derived)
        }
        return false
    }

    /// Names, or attributes of namespaces, with commas between them and brackets around them.
    private mutating func targets() throws(TemplateFault) -> [String] {
        var names: [String] = []
        var brackets = 0
        while true {
            while take(mark: "(") { brackets += 1 }
            let name = try expect(.name)
            if take(mark: ".") {
                let attribute = try expect(.name)
                attributes.insert(attribute.text)
                checkAttribute(attribute.text, at: attribute.offset)
                names.append(name.text + "." + attribute.text)
            } else {
                names.append(name.text)
            }
            while brackets > 0, take(mark: ")") { brackets -= 1 }
            guard take(mark: ",") else { break }
            if current?.kind != .name, !isMark("(") { break }
        }
        guard brackets == 0 else { throw .malformed("a bracket is not closed", place) }
        return names
    }

    private mutating func assignments() throws(TemplateFault) {
        guard current?.kind != .blockEnd else { return }
        repeat {
            let names = try targets()
            try expect(mark: "=")
            let value = try expression()
            for name in names { bind(name, value) }
        } while take(mark: ",")
    }

    /// `(a, b=1)` of a macro.
    private mutating func parameters() throws(TemplateFault) {
        try expect(mark: "(")
        while !isMark(")") {
            let name = try expect(.name)
            let lower = name.text.lowercased()
            // Nobody knows yet what it is called with: names tell.
            bind(name.text, TemplateFacts(isContent: lower.contains("content") || lower.contains("text")))
            if take(mark: "=") { _ = try expression() }
            if !take(mark: ",") { break }
        }
        try expect(mark: ")")
    }
}
