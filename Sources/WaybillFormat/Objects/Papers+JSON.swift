extension Papers {
    init(_ scanner: inout JSONScanner) throws(FormatError) {
        var claims: [ClaimKind: [ClaimValue]]?
        var evidence: [Evidence]?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "claims": claims = try Self.claims(&scanner)
            case "evidence": evidence = try Self.evidence(&scanner)
            default: throw scanner.unknownMember(key)
            }
        }
        self.init(claims: try scanner.required(claims, "claims"), evidence: try scanner.required(evidence, "evidence"))
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("claims")
        writer.beginObject()
        for kind in ClaimKind.allCases {
            writer.key(kind.rawValue)
            Self.write(self[kind], to: &writer)
        }
        writer.endObject()
        writer.key("evidence")
        writer.beginArray()
        for item in evidence {
            writer.beginObject()
            writer.key("file")
            writer.string(item.file.text)
            writer.key("place")
            writer.string(item.place)
            writer.key("sha256")
            writer.digest(item.sha256)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private static func write(_ values: [ClaimValue], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("assertion")
        writer.string(values.isEmpty ? "noAssertion" : "claimed")
        writer.key("values")
        writer.beginArray()
        for value in values {
            writer.beginObject()
            writer.key("evidence")
            writer.beginArray()
            for index in value.evidence { writer.integer(index) }
            writer.endArray()
            writer.key("value")
            writer.string(value.value)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private static func claims(_ scanner: inout JSONScanner) throws(FormatError) -> [ClaimKind: [ClaimValue]] {
        var claims: [ClaimKind: [ClaimValue]] = [:]
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            guard let kind = ClaimKind(rawValue: key) else { throw scanner.unknownMember(key) }
            claims[kind] = try claim(&scanner)
        }
        for kind in ClaimKind.allCases { _ = try scanner.required(claims[kind], kind.rawValue) }
        return claims
    }

    private static func claim(_ scanner: inout JSONScanner) throws(FormatError) -> [ClaimValue] {
        var assertion: String?
        var values: [ClaimValue]?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "assertion": assertion = try scanner.string()
            case "values":
                var list: [ClaimValue] = []
                try scanner.enterArray()
                while try scanner.nextElement() { list.append(try value(&scanner)) }
                values = list
            default: throw scanner.unknownMember(key)
            }
        }
        let found = try scanner.required(values, "values")
        switch try scanner.required(assertion, "assertion") {
        case "claimed": guard !found.isEmpty else { throw scanner.broken("a claim without values") }
        case "noAssertion": guard found.isEmpty else { throw scanner.broken("no assertion, but values") }
        default: throw scanner.broken("an assertion is claimed or noAssertion")
        }
        return found
    }

    private static func value(_ scanner: inout JSONScanner) throws(FormatError) -> ClaimValue {
        var text: String?
        var evidence: [Int]?
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            switch key {
            case "value": text = try scanner.string()
            case "evidence":
                var list: [Int] = []
                try scanner.enterArray()
                while try scanner.nextElement() { list.append(try scanner.integer()) }
                evidence = list
            default: throw scanner.unknownMember(key)
            }
        }
        return ClaimValue(value: try scanner.required(text, "value"), evidence: try scanner.required(evidence, "evidence"))
    }

    private static func evidence(_ scanner: inout JSONScanner) throws(FormatError) -> [Evidence] {
        var list: [Evidence] = []
        try scanner.enterArray()
        while try scanner.nextElement() {
            var file: ModelPath?
            var place: String?
            var sha256: Digest?
            try scanner.enterObject()
            while let key = try scanner.nextKey() {
                switch key {
                case "file": file = try scanner.modelPath()
                case "place": place = try scanner.string()
                case "sha256": sha256 = try scanner.digest()
                default: throw scanner.unknownMember(key)
                }
            }
            list.append(
                Evidence(
                    file: try scanner.required(file, "file"), place: try scanner.required(place, "place"),
                    sha256: try scanner.required(sha256, "sha256")))
        }
        return list
    }
}

extension JSONScanner {
    mutating func modelPath() throws(FormatError) -> ModelPath {
        let text = try string()
        do { return try ModelPath(text) } catch { throw error.rejected(in: subject) }
    }
}
