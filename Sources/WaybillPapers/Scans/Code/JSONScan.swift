import WaybillFormat

/// JSON files of a model: what in them leads to code or to other files.
struct JSONScan {
    private static let maximumByteCount = 32 << 20
    private static let maximumDepth = 64

    /// - Returns: false if it is no JSON.
    static func scan(
        _ source: any ByteSource, _ head: [UInt8], isExpected: Bool, _ session: ScanSession
    ) throws(ScanStop) -> Bool {
        let start = head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        let first = head[start...].first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || isExpected && first != nil && first ?? 0 < 0x80 else {
            return false
        }
        let bytes = try source.readAll(start, maximumByteCount + 1)
        guard bytes.count <= maximumByteCount else {
            guard isExpected else { return false }
            session.looked(at: .json)
            session.report(.jsonMalformed, at: 0, "more than 32 MiB of JSON, which is not read")
            session.markPartial("JSON of more than 32 MiB")
            return true
        }
        var scan = JSONScan(bytes, session)
        do throws(FormatError) {
            _ = try scan.walk(key: "", depth: 0)
            try scan.scanner.finish()
        } catch {
            // A pickle may begin like this, and is looked for next.
            guard isExpected, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return false }
            session.looked(at: .json)
            session.report(.jsonMalformed, at: start + scan.scanner.position, "no strict JSON: readers take it in different ways")
            session.markPartial("JSON that does not parse")
            try EmbeddedPickles.search(source, from: 0, session)
            scan.finish()
            return try scan.scanTemplates()
        }
        session.looked(at: .json)
        scan.finish()
        return try scan.scanTemplates()
    }

    private var scanner: JSONScanner
    private let session: ScanSession
    private let fileName: String
    private var templates: [(name: String, text: String, offset: Int)] = []
    private var lambdas: [Int] = []
    private var customs: [(name: String, offset: Int)] = []
    private var isKeras = false

    private init(_ bytes: [UInt8], _ session: ScanSession) {
        scanner = JSONScanner(bytes, subject: "JSON", maximumDepth: Self.maximumDepth)
        self.session = session
        fileName = session.name.split(separator: "/").last.map(String.init) ?? session.name
    }

    /// Walks the next value; its text if it is one.
    private mutating func walk(key: String, depth: Int) throws(FormatError) -> String? {
        switch try scanner.peek() {
        case .string: return try scanner.string()
        case .object:
            try object(key: key, depth: depth)
        case .array:
            try scanner.enterArray()
            while try scanner.nextElement() {
                let place = scanner.position
                let text = try walk(key: key, depth: depth + 1)
                if let text, key == "auto_map" || key == "custom_pipelines" { reference(text, at: place) }
            }
        default: try scanner.skipValue()
        }
        return nil
    }

    private mutating func object(key outer: String, depth: Int) throws(FormatError) {
        var names: Set<[UInt8]> = []
        var texts: [String: String] = [:]
        let start = scanner.position
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            let place = scanner.position
            if !names.insert(Array(key.utf8)).inserted {
                session.report(.jsonDuplicateKey, at: place, "the member \(quoted(key)) stands twice")
            }
            // What lies below auto_map belongs to it, whatever its own key.
            let role = ["auto_map", "custom_pipelines", "weight_map"].contains(outer) ? outer : key
            if key == "trust_remote_code", try scanner.peek() == .boolean {
                if try scanner.boolean() { trustRemoteCode(at: place) }
                continue
            }
            let text = try walk(key: role, depth: depth + 1)
            guard let text else { continue }
            switch role {
            case "auto_map", "custom_pipelines": reference(text, at: place)
            case "weight_map":
                if let problem = ArchiveRules.problem(text) {
                    session.report(.indexPath, at: place, "the index names \(quoted(text)), which \(problem)")
                }
            case "chat_template":
                if depth == 0 || depth == 1 { templates.append(("default", text, place)) }
            case "trust_remote_code": if text.lowercased() == "true" { trustRemoteCode(at: place) }
            case "name", "template", "class_name", "module", "type", "registered_name": texts[key] = text
            default: break
            }
        }
        if outer == "chat_template", let text = texts["template"] {
            templates.append((texts["name"] ?? "default", text, start))
        }
        keras(texts, at: start, depth: depth)
        if fileName == "modules.json", depth <= 1, let type = texts["type"], !type.hasPrefix("sentence_transformers.") {
            session.report(
                .codeCustomModule, at: start,
                "the module \(quoted(type)) is not one of sentence_transformers: its code is loaded from elsewhere")
        }
    }

    private func trustRemoteCode(at place: Int) {
        session.report(.codeTrustRemoteCode, at: place, "asks that code of a repository be trusted, which a reader must decide")
    }

    private func reference(_ text: String, at place: Int) {
        guard !text.isEmpty else { return }
        if text.contains("--") {
            session.report(.codeAutoMapRemote, at: place, "takes code from another repository: \(quoted(text))")
        } else {
            session.report(.codeAutoMap, at: place, "takes code from a file of the model: \(quoted(text))")
        }
    }

    // MARK: Keras

    private mutating func keras(_ texts: [String: String], at place: Int, depth: Int) {
        guard let type = texts["class_name"] else { return }
        if depth == 0 || texts["module"]?.hasPrefix("keras") == true { isKeras = true }
        if type == "Lambda" || type == "TFSMLayer" || type == "__lambda__" { lambdas.append(place) }
        if let module = texts["module"], module != "builtins", !module.hasPrefix("keras."), module != "keras" {
            customs.append(("\(module).\(type)", place))
        } else if let registered = texts["registered_name"], registered.contains(">") {
            customs.append((registered, place))
        }
    }

    private func finish() {
        guard isKeras else { return }
        for place in lambdas { session.report(.kerasLambda, at: place, "a Lambda layer: code inside the configuration") }
        for custom in customs { session.report(.kerasCustomObject, at: custom.offset, "\(quoted(custom.name)) is not part of Keras") }
    }

    private func scanTemplates() throws(ScanStop) -> Bool {
        for template in templates {
            try TemplateFileScan.scan(Array(template.text.utf8), name: template.name, place: "chat_template", at: template.offset, session)
        }
        return true
    }
}
