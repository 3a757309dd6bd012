import Testing
import WaybillFormat

/// The vectors of Protocol/vectors/v1/valid and invalid, which an implementation of its own wrote.
@Suite struct ConformanceTests {
    /// What a reader made of an object: its bytes written again, and what the case says that they mean.
    private struct Reading {
        let encoded: [UInt8]
        var facts: [String: JSONValue] = [:]
    }

    private static let sha256 = TestDigest.sha256

    @Test(arguments: ["waybill", "entry", "index", "catalog", "keyset", "attestations", "manifest", "list", "locator", "pack"])
    func validObjectsAreReadAndWrittenAgain(kind: String) throws {
        let cases = try cases("valid", kind)
        #expect(!cases.isEmpty)
        for item in cases {
            let name = try #require(item["case"]?.text)
            let bytes = try bytes(item, "valid")
            #expect(TestDigest.digest(of: bytes).hex == item["sha256"]?.text, "\(name)")
            do {
                let reading = try read(kind, bytes, item)
                // Of waybill.json unknown members are ignored, so that they are not written again.
                if kind == "waybill" {
                    #expect(try StoreDescription(decoding: reading.encoded, subject: name) == StoreDescription(), "\(name)")
                } else {
                    #expect(reading.encoded == bytes, "\(name)")
                }
                for (member, value) in reading.facts { #expect(item[member] == nil || item[member] == value, "\(name): \(member)") }
            } catch {
                Issue.record("\(name): \(error)")
            }
        }
    }

    @Test(arguments: ["waybill", "entry", "index", "catalog", "keyset", "attestations", "manifest", "list", "locator", "pack"])
    func invalidObjectsAreRefused(kind: String) throws {
        let cases = try cases("invalid", kind)
        #expect(!cases.isEmpty)
        for item in cases {
            let name = try #require(item["case"]?.text)
            let bytes = try bytes(item, "invalid")
            do {
                _ = try read(kind, bytes, item)
                Issue.record("\(name) was accepted: \(item["reason"]?.text ?? "")")
            } catch let error as FormatError {
                #expect(error.code.rawValue == item["error"]?.text, "\(name): \(error)")
            }
        }
    }

    /// Every case of the index is of a kind that the tests above read.
    @Test(arguments: ["valid", "invalid"]) func noKindIsLeftOut(folder: String) throws {
        let known: Set<String> = ["waybill", "entry", "index", "catalog", "keyset", "attestations", "manifest", "list", "locator", "pack"]
        let index = try JSONValue(parsing: try vectorBytes("\(folder)/index.json"))
        for item in try #require(index["cases"]?.elements) { #expect(known.contains(item["kind"]?.text ?? ""), "\(item)") }
    }

    private func cases(_ folder: String, _ kind: String) throws -> [JSONValue] {
        let index = try JSONValue(parsing: try vectorBytes("\(folder)/index.json"))
        return try #require(index["cases"]?.elements).filter { $0["kind"]?.text == kind }
    }

    private func bytes(_ item: JSONValue, _ folder: String) throws -> [UInt8] {
        if let recipe = item["make"] { return try Recipe.bytes(recipe) }
        return try vectorBytes("\(folder)/\(try #require(item["file"]?.text))")
    }

    private func read(_ kind: String, _ bytes: [UInt8], _ item: JSONValue) throws -> Reading {
        let subject = item["case"]?.text ?? kind
        switch kind {
        case "waybill": return Reading(encoded: try StoreDescription(decoding: bytes, subject: subject).encoded())
        case "catalog": return Reading(encoded: try Catalog(decoding: bytes, subject: subject).encoded())
        case "index": return Reading(encoded: try RefIndex(decoding: bytes, model: try model(item), subject: subject).encoded())
        case "entry": return try entry(bytes, item)
        case "keyset": return try keySet(bytes, item)
        case "attestations": return Reading(encoded: try AttestationIndex(decoding: bytes, subject: subject).encoded())
        case "manifest":
            try requireName(TestDigest.digest(of: bytes), item)
            let manifest = try Manifest(decoding: bytes, subject: subject, sha256: Self.sha256)
            return Reading(encoded: manifest.encoded(), facts: ["contentId": .string(manifest.contentId.hex)])
        case "list":
            try requireName(TestDigest.digest(of: bytes), item)
            let list = try ListSegment(decoding: bytes, subject: subject)
            let rows = list.rows.map { row in
                JSONValue.array([.string(row.name.digest.hex), .integer(row.name.length), .integer(Int(row.element.rawValue))])
            }
            return Reading(encoded: list.encoded(), facts: ["rows": .array(rows), "count": .integer(rows.count)])
        case "locator": return try locator(bytes, item, subject)
        default: return try pack(bytes, item, subject)
        }
    }

    private func model(_ item: JSONValue) throws -> ModelName { try ModelName(try #require(item["model"]?.text)) }

    /// What whoever reads a content-named object checks.
    private func requireName(_ digest: Digest, _ item: JSONValue) throws(FormatError) {
        guard digest.hex == item["digest"]?.text else { throw FormatError(subject: "vector", cause: "not the bytes of that name") }
    }

    private func entry(_ bytes: [UInt8], _ item: JSONValue) throws -> Reading {
        let ref = try RefName(try #require(item["ref"]?.text))
        let entry = try RefEntry(
            decodingEnvelope: bytes, model: try model(item), ref: ref, n: try #require(item["n"]?.number), sha256: Self.sha256)
        let envelope = try RefEnvelope(decoding: bytes, subject: "entry", sha256: Self.sha256)
        #expect(entry.encodedPayload() == envelope.payload)
        let payload = try JSONValue(parsing: envelope.payload)
        let written = RefEnvelope(payload: entry.encodedPayload(), signatures: envelope.signatures)
        return Reading(encoded: written.encoded(sha256: Self.sha256), facts: ["payload": payload])
    }

    private func keySet(_ bytes: [UInt8], _ item: JSONValue) throws -> Reading {
        let org = try OrganizationName(try #require(item["org"]?.text))
        let n = try #require(item["n"]?.number)
        let set = try KeySet(decodingEnvelope: bytes, org: org, n: n, sha256: Self.sha256)
        let envelope = try KeySetEnvelope(decoding: bytes, subject: "key set", sha256: Self.sha256)
        let written = KeySetEnvelope(payload: set.encodedPayload(), signatures: envelope.signatures)
        return Reading(
            encoded: written.encoded(sha256: Self.sha256),
            facts: ["fingerprint": .string(set.fingerprint(sha256: Self.sha256).digest.hex)])
    }

    private func locator(_ bytes: [UInt8], _ item: JSONValue, _ subject: String) throws -> Reading {
        let segment = try #require(Digest(hex: item["segment"]?.text ?? ""))
        let locator: Locator
        if let count = item["count"]?.number {
            locator = try Locator(decoding: bytes, segment: segment, rows: count, subject: subject)
        } else {
            locator = try Locator(decoding: bytes, subject: subject)
            #expect(locator.segment == segment)
        }
        let rows = locator.places.map { place -> JSONValue in
            guard let place else { return .array([.integer(0xFFFF_FFFF), .integer(0), .integer(0)]) }
            return .array([.integer(locator.packs.firstIndex(of: place.pack) ?? -1), .integer(place.offset), .integer(place.stored)])
        }
        return Reading(
            encoded: locator.encoded(), facts: ["packs": .array(locator.packs.map { .string($0.hex) }), "rows": .array(rows)])
    }

    /// A pack as a store's reader takes it: trailer, footer by its name, frames untouched.
    private func pack(_ bytes: [UInt8], _ item: JSONValue, _ subject: String) throws -> Reading {
        guard bytes.starts(with: PackFooter.header) else { throw FormatError(subject: subject, cause: "not a pack") }
        let trailer = try PackTrailer(decoding: Array(bytes.suffix(PackTrailer.byteCount)), packSize: bytes.count, subject: subject)
        let start = trailer.footerOffset(packSize: bytes.count)
        let footerBytes = Array(bytes[start..<start + trailer.footerByteCount])
        try requireName(TestDigest.digest(of: footerBytes), item)
        let footer = try PackFooter(decoding: footerBytes, subject: subject, packSize: bytes.count)
        let rows = footer.rows.map { row in
            JSONValue.array([.string(row.name.digest.hex), .integer(row.name.length), .integer(row.stored), .integer(row.offset)])
        }
        let written = Array(bytes[..<footer.bodyEnd]) + footer.encoded() + trailer.encoded()
        return Reading(encoded: written, facts: ["rows": .array(rows)])
    }
}
