import Testing
import WaybillFormat
import WaybillSystem
import WaybillTrust

@Suite struct AttestationTests {
    private let manifest = digest("m")
    private let revision = "urn:waybill:revision:1"

    private func keys(_ org: String = "acme") throws -> TrustedKeySet { try walk([(try plainSet(org), ["ada", "ben"])]) }

    private func object(
        _ type: String, _ signers: [String], model: String = "acme/tiny", manifest: Digest? = nil,
        payloadType: String = Envelope.statementType
    ) throws -> [UInt8] {
        let statement = AttestationStatement(
            model: try ModelName(model), manifest: manifest ?? self.manifest, predicateType: type,
            predicate: .object(["time": .string(writtenAt)]))
        var envelope = Envelope(payload: statement.encoded(), payloadType: payloadType)
        for name in signers { envelope = try envelope.signed(by: try TestKeys.key(name)) }
        return envelope.value.canonical
    }

    private func check(
        _ bytes: [UInt8]?, type: String, digest: Digest? = nil, size: Int? = nil, model: String = "acme/tiny",
        pinned: [TrustedKeySet], at time: Int = now
    ) throws -> Attestation {
        let row = AttestationIndex.Row(
            digest: digest ?? SHA256.digest(of: bytes ?? []), predicateType: type, size: size ?? bytes?.count ?? 1)
        return try Attestation(
            bytes, row: row, model: try ModelName(model), manifest: manifest, vouchers: AttestationVouchers(pinned, now: time))
    }

    @Test(arguments: [
        ("https://model_signing/signature/v1.0", "cyd"), ("urn:waybill:revision:1", "cyd"), ("urn:waybill:findings:1", "eve"),
        ("urn:waybill:scans:1", "eve"), ("urn:waybill:determination:1", "fay"), ("https://spdx.dev/Document", "cyd eve fay"),
        ("https://cyclonedx.org/bom", "cyd eve fay"), ("urn:else", "ada cyd eve fay gus"),
    ])
    func aTypeCountsIfItsRoleSigned(type: String, may: String) throws {
        let keys = try keys()
        for name in ["ada", "cyd", "eve", "fay", "gus", "dan"] {
            let found = try check(try object(type, [name]), type: type, pinned: [keys])
            let counts = may.split(separator: " ").contains(Substring(name))
            #expect((found.signers != nil) == counts && (found.objection == nil) == counts, "\(type) by \(name)")
            #expect(found.objection == nil || found.objection?.code == .policy)
        }
        #expect(AttestationType(predicateType: type).decides == (type != "urn:else"))
    }

    @Test func anotherOrganisationEvaluatesAndNeverPublishes() throws {
        let (own, other) = (
            try keys(),
            try walk([
                (try KeySet.first([role(.root, ["dan"]), role(.publisher, ["dan"]), role(.evaluator, ["p384"])], org: "lab"), ["dan"])
            ])
        )
        let finding = try check(try object("urn:waybill:findings:1", ["p384"]), type: "urn:waybill:findings:1", pinned: [own, other])
        #expect(finding.signers?.org.text == "lab" && finding.signers?.role == .evaluator)
        // It could pair signed hashes with chunks of its own otherwise.
        let vouched = try check(try object(revision, ["dan"]), type: revision, pinned: [own, other])
        #expect(vouched.signers == nil)
        #expect(vouched.objection?.cause.hasPrefix("signed by another organisation's key: lab") == true)
        #expect(try check(try object(revision, ["dan"]), type: revision, pinned: [other]).signers == nil)
        #expect(try check(try object(revision, ["cyd"]), type: revision, pinned: []).objection?.cause.hasPrefix("unsigned: ") == true)
        #expect(try check(try object(revision, ["dan"]), type: revision, pinned: [other]).objection != nil)
        // Pinned in whatever order, the model's own organisation comes first.
        #expect(try check(try object(revision, ["cyd"]), type: revision, pinned: [other, own]).signers?.org.text == "acme")
    }

    @Test func whatIsWithheldIsMissed() async throws {
        let keys = try keys()
        let good = try object(revision, ["cyd"])
        #expect(try check(good, type: revision, pinned: [keys]).signers?.role == .publisher)
        await expectRefusal(.withheld, "not shown") { try check(nil, type: revision, pinned: [keys]) }
        await expectRefusal(.withheld, "other bytes") { try check(good, type: revision, digest: digest("x"), pinned: [keys]) }
        await expectRefusal(.withheld, "other bytes") { try check(good, type: revision, size: good.count + 1, pinned: [keys]) }
    }

    @Test func aStatementAboutSomethingElseIsRefused() async throws {
        let keys = try keys()
        await expectRefusal(.replay, "about acme/huge") {
            try check(try object(revision, ["cyd"], model: "acme/huge"), type: revision, pinned: [keys])
        }
        await expectRefusal(.replay, digest("other").hex) {
            try check(try object(revision, ["cyd"], manifest: digest("other")), type: revision, pinned: [keys])
        }
        await expectRefusal(.replay, "another kind") { try check(try object("urn:else", ["cyd"]), type: revision, pinned: [keys]) }
        await expectRefusal(.replay, "no in-toto statement") {
            try check(try object(revision, ["cyd"], payloadType: RefEntry.payloadType), type: revision, pinned: [keys])
        }
    }

    @Test func oneKeyIsEnoughAndARevokedOneIsNot() throws {
        let one = try KeySet.first([role(.root, ["ada"]), role(.publisher, ["cyd", "dan"], 2)])
        let next = try one.next(revokedKeys: [try KeySet.revoking("cyd")])
        let keys = try walk([(one, ["ada"]), (next, ["ada"])])
        #expect(try check(try object(revision, ["dan"]), type: revision, pinned: [keys]).signers?.keys.map(\.name) == ["dan"])
        let revoked = try check(try object(revision, ["cyd"]), type: revision, pinned: [keys])
        #expect(revoked.objection?.cause.hasPrefix("revoked key: ") == true)
        #expect(try check(try object(revision, []), type: revision, pinned: [keys]).objection?.cause.hasPrefix("unsigned: ") == true)
    }

    @Test func anExpiredSetVouchesForNothing() throws {
        let keys = try walk([(try plainSet(expires: stamp(day)), ["ada", "ben"])])
        let bytes = try object(revision, ["cyd"])
        #expect(try check(bytes, type: revision, pinned: [keys], at: now + day - 1).signers != nil)
        #expect(try check(bytes, type: revision, pinned: [keys], at: now + day).objection?.cause.hasPrefix("expired key set: ") == true)
    }

    @Test func statementsOfOtherToolsAreRead() throws {
        let hex = manifest.hex
        func read(_ text: String) throws -> AttestationStatement {
            try AttestationStatement(decoding: Array(text.utf8), subject: "x")
        }
        let tail = "\"subject\":[{\"name\":\"acme/tiny\",\"digest\":{\"sha512\":\"x\",\"sha256\":\"\(hex)\"},\"uri\":null}]"
        let head = "\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"urn:x\""
        let found = try read(" {\"note\":1.5, \(head), \"predicate\": {\"a\": -0.5e3 } ,\(tail)}\n")
        #expect(found.manifest == manifest && String(decoding: found.predicate, as: UTF8.self) == "{\"a\": -0.5e3 }")
        for (text, why) in [
            ("{\(head),\"predicate\":{}}", "no subject"), ("{\(head),\(tail)}", "no predicate"),
            ("{\(head),\"predicate\":{},\(tail),\(tail)}", "two lists of subjects"),
            ("{\(head),\"predicate\":{},\"predicate\":{},\(tail)}", "a predicate twice"),
            ("{\(head),\"predicate\":{},\"subject\":[]}", "no subject in the list"),
            (
                "{\(head),\"predicate\":{},\(tail.replacing("]", with: ",{\"name\":\"a/b\",\"digest\":{\"sha256\":\"\(hex)\"}}]"))}",
                "two subjects"
            ),
            ("{\(head.replacing("/v1", with: "/v0.1")),\"predicate\":{},\(tail)}", "an older statement"),
            ("{\(head),\"predicate\":{},\(tail.replacing("acme/tiny", with: "tiny"))}", "no model"),
            ("{\(head),\"predicate\":{},\(tail.replacing("\"uri\":null", with: "\"digest\":{\"sha256\":\"\(hex)\"}"))}", "a digest twice"),
            ("{\(head),\"predicate\":\(String(repeating: "[", count: 100)),\(tail)}", "too deep"),
        ] {
            #expect(throws: FormatError.self, "\(why)") { try read(text) }
        }
        let ours = AttestationStatement(model: try ModelName("acme/tiny"), manifest: manifest, predicateType: "urn:\"x", predicate: .null)
        #expect(try AttestationStatement(decoding: ours.encoded(), subject: "x") == ours)
        #expect(try JSONValue(parsing: ours.encoded()).canonical == ours.encoded())
        let foreign = Array("{\"version\":1.5}".utf8)
        let wrapped = try AttestationStatement(
            model: try ModelName("acme/tiny"), manifest: manifest, predicateType: "urn:x", json: foreign)
        #expect(try AttestationStatement(decoding: wrapped.encoded(), subject: "x").predicate == foreign)
        for text in ["", "{", "{} {}", "1.", String(repeating: "[", count: 64) + String(repeating: "]", count: 64)] {
            #expect(throws: FormatError.self, "\(text)") {
                try AttestationStatement(
                    model: try ModelName("acme/tiny"), manifest: manifest, predicateType: "urn:x", json: Array(text.utf8))
            }
        }
    }
}
