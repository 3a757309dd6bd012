import Testing
import WaybillFormat

@Suite struct RefEntryTests {
    private func tree() throws -> JSONValue { try JSONValue(parsing: try Samples.entry().encodedPayload()) }

    private func envelope(_ payload: [UInt8]) -> [UInt8] { RefEnvelope(payload: payload).encoded(sha256: TestDigest.sha256) }

    private func expectRefused(_ cause: String, sourceLocation: SourceLocation = #_sourceLocation, _ change: (JSONValue) -> JSONValue)
        throws
    {
        let bytes = envelope(change(try tree()).canonical)
        expectRefusal(cause, sourceLocation: sourceLocation) { try Samples.decodeEntry(bytes) }
    }

    @Test func entriesSurvive() throws {
        let model = try ModelName("acme/tiny")
        let entries = [
            try Samples.entry(n: 1), try Samples.entry(),
            RefEntry(
                model: model, ref: try RefName("v1"), n: 9_999_999_999, previous: digest("p"), manifest: digest("m"),
                attestations: digest("a"),
                state: .withdrawn, reason: "licence \"revoked\"\n\u{1f600}", time: "2026-04-01T00:00:00Z", expires: "2027-04-01T00:00:00Z"),
            RefEntry(
                model: model, ref: .main, n: 3, previous: digest("p"), manifest: nil, movedTo: try ModelName("acme/small"),
                time: "2026-04-01T00:00:00Z"),
            RefEntry(
                model: model, ref: .main, n: 3, previous: digest("p"), manifest: nil, state: .withdrawn, reason: "deleted",
                time: "2026-04-01T00:00:00Z"),
        ]
        for entry in entries {
            let bytes = entry.encodedEnvelope(sha256: TestDigest.sha256)
            let found = try RefEntry(
                decodingEnvelope: bytes, model: entry.model, ref: entry.ref, n: entry.n, sha256: TestDigest.sha256)
            #expect(found == entry)
            #expect(found.encodedEnvelope(sha256: TestDigest.sha256) == bytes)
        }
    }

    @Test func theBytesAreTheDocumented() throws {
        let payload =
            "{\"attestations\":null,\"expires\":null,\"manifest\":\"\(digest("manifest").hex)\",\"model\":\"acme/tiny\",\"movedTo\":null,\"n\":2,"
            + "\"previous\":\"\(digest("previous").hex)\",\"reason\":null,\"ref\":\"main\",\"state\":\"active\",\"time\":\"2026-04-01T12:34:56Z\"}"
        #expect(String(decoding: try Samples.entry().encodedPayload(), as: UTF8.self) == payload)
        let expected =
            "{\"payload\":\"\(Base64.encode(Array(payload.utf8)))\",\"payloadSha256\":\"\(digest(payload).hex)\","
            + "\"payloadType\":\"application/vnd.waybill.ref+json\",\"signatures\":[]}"
        #expect(String(decoding: try Samples.entry().encodedEnvelope(sha256: TestDigest.sha256), as: UTF8.self) == expected)
    }

    @Test func anEntryBelongsToItsPath() throws {
        let bytes = try Samples.entry().encodedEnvelope(sha256: TestDigest.sha256)
        let model = try ModelName("acme/tiny")
        for (model, ref, n) in [
            (try ModelName("acme/small"), RefName.main, 2), (try ModelName("acme/Tiny"), .main, 2), (model, try RefName("v1"), 2),
            (model, .main, 3),
        ] {
            expectRefusal("says that it is refs/acme/tiny/main/0000000002") {
                try RefEntry(decodingEnvelope: bytes, model: model, ref: ref, n: n, sha256: TestDigest.sha256)
            }
        }
    }

    @Test(arguments: ["attestations", "expires", "manifest", "model", "movedTo", "n", "previous", "reason", "ref", "state", "time"])
    func payloadMembersAreExact(name: String) throws {
        try expectRefused("\"\(name)\" is missing") { $0.with(nil, at: .member(name)) }
        try expectRefused("\"\(name)x\" is unknown") { $0.with(.null, at: .member(name + "x")) }
        // A list is no value of any member.
        try expectRefused("not the JSON") { $0.with(.array([]), at: .member(name)) }
    }

    @Test func payloadsAreChecked() throws {
        let hex = JSONValue.string(digest("x").hex)
        try expectRefused("the number of an entry") { $0.with(.integer(0), at: "n") }
        try expectRefused("the number of an entry") { $0.with(.integer(10_000_000_000), at: "n") }
        try expectRefused("names a previous one") { $0.with(.integer(1), at: "n") }
        try expectRefused("does not name the previous") { $0.with(.null, at: "previous") }
        try expectRefused("one of the two") { $0.with(.null, at: "manifest") }
        try expectRefused("one of the two") { $0.with(.string("acme/small"), at: "movedTo") }
        try expectRefused("state \"gone\"") { $0.with(.string("gone"), at: "state") }
        try expectRefused("without a reason") { $0.with(.string("withdrawn"), at: "state") }
        try expectRefused("without a reason") { $0.with(.string("withdrawn"), at: "state").with(.string(""), at: "reason") }
        try expectRefused("longer than 2048") { $0.with(.string(String(repeating: "é", count: 1_025)), at: "reason") }
        try expectRefused("is not a time") { $0.with(.string("2026-04-01T12:34:56+00:00"), at: "time") }
        try expectRefused("is not a time") { $0.with(.string("2026-02-30T12:34:56Z"), at: "expires") }
        try expectRefused("a character") { $0.with(.string("acme/ti ny"), at: "model") }
        try expectRefused("not the name of a model") { $0.with(.string("tiny"), at: "movedTo") }
        try expectRefused("another use") { $0.with(.string("latest"), at: "ref") }
        try expectRefused("64 lower-case") { $0.with(.string(digest("x").hex.uppercased()), at: "manifest") }
        try expectRefused("64 lower-case") { $0.with(.string("0"), at: "previous") }
        try expectRefused("64 lower-case") { $0.with(.string("0"), at: "attestations") }
        let fine = envelope(
            try tree().with(hex, at: "attestations").with(.string(String(repeating: "x", count: 2_048)), at: "reason").canonical)
        #expect(try Samples.decodeEntry(fine).attestations == digest("x"))
    }

    @Test func payloadsAreBounded() throws {
        let bytes = try Samples.entry().encodedPayload()
        let long = bytes + [UInt8](repeating: UInt8(ascii: " "), count: 65_537 - bytes.count)
        expectRefusal("larger than 65536") { try RefEntry(decodingPayload: long, subject: "entry") }
    }

    @Test func payloadsAreCanonical() throws {
        let text = String(decoding: try Samples.entry().encodedPayload(), as: UTF8.self)
        for changed in [
            text + " ", text.replacing("\"n\":2", with: "\"n\": 2"), text.replacing("\"n\":2", with: "\"n\":2,\"n\":2"),
            text.replacing("main", with: "m\\u0061in"),
        ] {
            #expect(changed != text)
            expectRefusal("canonical") { try Samples.decodeEntry(envelope(Array(changed.utf8))) }
        }
    }

    @Test func envelopesAreChecked() throws {
        let entry = try Samples.entry()
        let text = String(decoding: entry.encodedEnvelope(sha256: TestDigest.sha256), as: UTF8.self)
        func expectRefused(_ cause: String, _ changed: String, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(changed != text)
            expectRefusal(cause, sourceLocation: sourceLocation) { try Samples.decodeEntry(Array(changed.utf8)) }
        }
        for name in ["payload", "payloadSha256", "payloadType", "signatures"] {
            let bytes = try JSONValue(parsing: Array(text.utf8)).with(nil, at: .member(name)).canonical
            expectRefusal("\"\(name)\" is missing") { try Samples.decodeEntry(bytes) }
        }
        let payload = Base64.encode(entry.encodedPayload())
        expectRefused("\"x\" is unknown", text.replacing("}", with: ",\"x\":1}"))
        expectRefused("canonical base64", text.replacing(payload, with: payload + "="))
        expectRefused("canonical base64", text.replacing(payload, with: String(payload.dropLast())))
        expectRefused(
            "its SHA-256", text.replacing(digest(String(decoding: entry.encodedPayload(), as: UTF8.self)).hex, with: digest("x").hex))
        expectRefused("does not hold a ref entry", text.replacing("vnd.waybill.ref", with: "vnd.in-toto"))
        expectRefused("canonical JSON", text + "\n")
        expectRefused("canonical JSON", text.replacing("\"signatures\":[]", with: "\"signatures\":[],\"signatures\":[]"))
        expectRefused("canonical JSON", text.replacing("application/", with: "application\\/"))
        expectRefused("a string was expected", text.replacing("[]", with: "[{\"keyid\":}]"))
        expectRefused("\"sig\" is missing", text.replacing("[]", with: "[{\"keyid\":\"k\"}]"))
        expectRefused("\"keyid\" is missing", text.replacing("[]", with: "[{\"sig\":\"\"}]"))
        expectRefused("canonical base64", text.replacing("[]", with: "[{\"keyid\":\"k\",\"sig\":\"?\"}]"))
        expectRefused("\"x\" is unknown", text.replacing("[]", with: "[{\"keyid\":\"k\",\"sig\":\"\",\"x\":1}]"))
        expectRefused("larger than 65536", text + String(repeating: " ", count: 65_537 - text.utf8.count))
    }

    @Test func signaturesAreKept() throws {
        let signed = RefEnvelope(
            payload: try Samples.entry().encodedPayload(),
            signatures: [EnvelopeSignature(keyid: "k1", sig: [1, 2, 3]), EnvelopeSignature(keyid: "", sig: [])])
        let bytes = signed.encoded(sha256: TestDigest.sha256)
        #expect(try RefEnvelope(decoding: bytes, subject: "entry", sha256: TestDigest.sha256) == signed)
        #expect(try Samples.decodeEntry(bytes) == Samples.entry())
    }
}
