extension RefEntry {
    /// What signatures are about: canonical JSON.
    public func encodedPayload() -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("attestations")
        writer.optional(attestations?.hex)
        writer.key("expires")
        writer.optional(expires)
        writer.key("manifest")
        writer.optional(manifest?.hex)
        writer.key("model")
        writer.string(model.path)
        writer.key("movedTo")
        writer.optional(movedTo?.path)
        writer.key("n")
        writer.integer(n)
        writer.key("previous")
        writer.optional(previous?.hex)
        writer.key("reason")
        writer.optional(reason)
        writer.key("ref")
        writer.string(ref.text)
        writer.key("state")
        writer.string(state.rawValue)
        writer.key("time")
        writer.string(time)
        writer.endObject()
        return writer.bytes
    }

    /// Decodes and checks the payload alone; whether it belongs to the path it was read from is the caller's check.
    public init(decodingPayload bytes: [UInt8], subject: String) throws(FormatError) {
        guard bytes.count <= Limits.refEntry else { throw .rejected(subject, "larger than \(Limits.refEntry) bytes") }
        var fields = Fields()
        var seen: Set<String> = []
        var scanner = JSONScanner(bytes, subject: subject)
        try scanner.enterObject()
        while let key = try scanner.nextKey() {
            try fields.read(key, from: &scanner)
            seen.insert(key)
        }
        try scanner.finish()
        // Nullable members must stand, too.
        for name in ["attestations", "expires", "manifest", "movedTo", "previous", "reason"] where !seen.contains(name) {
            throw scanner.broken("the member \"\(name)\" is missing")
        }
        self.init(
            model: try scanner.required(fields.model, "model"), ref: try scanner.required(fields.ref, "ref"),
            n: try scanner.required(fields.n, "n"), previous: fields.previous, manifest: fields.manifest, movedTo: fields.movedTo,
            attestations: fields.attestations, state: try scanner.required(fields.state, "state"), reason: fields.reason,
            time: try scanner.required(fields.time, "time"), expires: fields.expires)
        try validated(subject: subject)
        try scanner.requireCanonical(encodedPayload())
    }

    private struct Fields {
        var model: ModelName?
        var ref: RefName?
        var n: Int?
        var previous: Digest?
        var manifest: Digest?
        var movedTo: ModelName?
        var attestations: Digest?
        var state: State?
        var reason: String?
        var time: String?
        var expires: String?

        mutating func read(_ key: String, from scanner: inout JSONScanner) throws(FormatError) {
            switch key {
            case "model": model = try scanner.modelName()
            case "ref": ref = try scanner.refName()
            case "n": n = try scanner.integer()
            case "previous": previous = try scanner.optionalDigest()
            case "manifest": manifest = try scanner.optionalDigest()
            case "movedTo": movedTo = try scanner.isNull() ? nil : try scanner.modelName()
            case "attestations": attestations = try scanner.optionalDigest()
            case "state":
                let text = try scanner.string()
                guard let known = State(rawValue: text) else { throw scanner.broken("the state \"\(text)\" is unknown") }
                state = known
            case "reason": reason = try scanner.optionalString()
            case "time": time = try scanner.string()
            case "expires": expires = try scanner.optionalString()
            default: throw scanner.unknownMember(key)
            }
        }
    }
}

extension JSONScanner {
    mutating func modelName() throws(FormatError) -> ModelName {
        let text = try string()
        do { return try ModelName(text) } catch { throw error.rejected(in: subject) }
    }

    mutating func refName() throws(FormatError) -> RefName {
        let text = try string()
        do { return try RefName(text) } catch { throw error.rejected(in: subject) }
    }
}
