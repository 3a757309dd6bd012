import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

@Suite struct DeterminationTests {
    private static let content = SHA256.digest(of: Array("content".utf8))
    private static let manifest = SHA256.digest(of: Array("manifest".utf8))

    private static func make(
        contentId: Digest? = content, manifest: Digest? = nil, reviewer: String = "Rita", reason: String = "Read.",
        date: String = "2026-01-01T00:00:00Z", expires: String? = nil
    ) throws -> Determination {
        try Determination(
            contentId: contentId, manifest: manifest, definition: .osaid, result: .meets, reviewer: reviewer, reason: reason, date: date,
            expires: expires)
    }

    @Test func roundTrip() throws {
        for expires in [nil, "2027-01-01T00:00:00Z"] {
            for digest in [nil, Self.manifest] {
                let made = try Self.make(manifest: digest, expires: expires)
                #expect(try Determination(decoding: made.encoded()) == made)
            }
        }
        #expect(Determination.predicateType == "urn:waybill:determination:1")
    }

    @Test func subjectAndTime() throws {
        let now = "2026-06-01T00:00:00Z"
        func objection(_ made: Determination, at time: String? = now, manifest: Digest? = Self.manifest) -> String? {
            made.objection(contentId: Self.content, manifest: manifest, at: time)
        }
        #expect(objection(try Self.make()) == nil)
        #expect(objection(try Self.make(), at: nil) == nil)
        #expect(objection(try Self.make(contentId: Self.manifest)) == "is about other files")
        #expect(objection(try Self.make(contentId: nil, manifest: Self.manifest)) == nil)
        #expect(objection(try Self.make(contentId: nil, manifest: Self.content)) == "is about another revision")
        #expect(objection(try Self.make(manifest: Self.manifest), manifest: nil) == "is about another revision")
        #expect(objection(try Self.make(contentId: Self.manifest, manifest: Self.manifest)) == "is about other files")
        #expect(objection(try Self.make(date: "2026-06-01T00:00:00Z")) == nil)
        #expect(objection(try Self.make(date: "2026-06-01T00:00:01Z")) == "is dated in the future")
        #expect(objection(try Self.make(expires: "2026-06-01T00:00:01Z")) == nil)
        #expect(objection(try Self.make(expires: "2026-06-01T00:00:00Z")) == "has expired")
        #expect(objection(try Self.make(expires: "2026-06-01T00:00:01Z"), at: nil) == "expires, and no time was given to compare with")
        #expect(objection(try Self.make(), at: "today") == "has no time")
    }

    @Test func rules() {
        func cause(_ make: () throws -> Determination) -> String? {
            do {
                _ = try make()
                return nil
            } catch { return (error as? FormatError)?.cause }
        }
        #expect(cause { try Self.make(contentId: nil) } == "names neither a content id nor a manifest")
        #expect(cause { try Self.make(reviewer: " ") } == "reviewer is empty")
        #expect(cause { try Self.make(reason: "\n") } == "reason is empty")
        #expect(cause { try Self.make(reviewer: String(repeating: "x", count: 2_049)) } == "reviewer is longer than 2048 characters")
        #expect(cause { try Self.make(reason: String(repeating: "x", count: 16_385)) } == "reason is longer than 16384 characters")
        #expect(cause { try Self.make(date: "2026-01-01") } == "date is not YYYY-MM-DDThh:mm:ssZ")
        #expect(cause { try Self.make(expires: "never") } == "expires is not YYYY-MM-DDThh:mm:ssZ")
        #expect(cause { try Self.make(expires: "2026-01-01T00:00:00Z") } == "expires before its date")
    }

    @Test func documents() throws {
        let text = String(decoding: try Self.make().encoded(), as: UTF8.self)
        func cause(_ text: String) -> String? {
            do {
                _ = try Determination(decoding: Array(text.utf8))
                return nil
            } catch { return error.cause }
        }
        #expect(cause(text) == nil)
        #expect(cause(text.replacing("\"reason\":\"Read.\",", with: "")) == "reason is missing or no text")
        #expect(cause(text.replacing("\"expires\":null,", with: "")) == "expires is missing, or neither text nor null")
        #expect(cause(text.replacing("\"manifest\":null", with: "\"manifest\":7")) == "manifest is missing, or neither text nor null")
        #expect(cause(text.replacing("\"manifest\":null", with: "\"manifest\":\"ab\"")) == "manifest is no SHA-256")
        #expect(cause(text.replacing("OSAID-1.0", with: "OSAID-2.0")) == "the definition is unknown")
        #expect(cause(text.replacing("\"meets\"", with: "\"undetermined\"")) == "the result is neither meets nor fails")
        #expect(cause(text.replacing("{\"contentId\"", with: "{\"a\\u001b\":1,\"contentId\"")) == "has the unknown member \"a\\u{1B}\"")
        #expect(cause(text.replacing("\"waybillDetermination\":1", with: "\"waybillDetermination\":2")) == "a determination of version 2")
        #expect(cause(text.replacing("Determination\":1", with: "Determination\":\"1\"")) == "waybillDetermination is missing")
        #expect(cause("[]") == "is no object")
        #expect(cause(text + String(repeating: " ", count: 64 << 10)) == "larger than 65536 bytes")
    }
}
