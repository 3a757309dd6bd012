import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

/// Policies at the gates of pulls and of the mirror.
@Suite("Policies refuse early, say why, and are recorded")
struct PolicyTests {
    private let folder = TemporaryFolder("policies")

    /// A model of a few megabytes with this card, below the scene's folder.
    private func model(_ scene: Scene, _ name: String, _ frontMatter: String, weights: String = "model.safetensors") throws {
        _ = try ModelMaker.write(scene.folder, name, megabytes: 6, seed: UInt64(name.utf8.count))
        try scene.folder.write("\(name)/README.md", "---\n\(frontMatter)\n---\n# A model\n")
    }

    private func policy(_ rules: String, _ more: String = "") throws -> String {
        try folder.write("policy.yaml", "waybillPolicy: 1\nname: house\nrules:\n\(rules)\n\(more)")
    }

    private static let noCommerce = """
          - {id: no-nc, effect: deny, when: {terms.commercialUse: prohibited}, reason: we sell, remedy: ask legal}
          - {id: known, effect: allow, when: {license: '*'}, reason: the licence is known}
        """

    private func pull(_ address: String, _ directory: String, _ policy: String, _ more: String...) throws -> ToolResult {
        try Waybill.run(
            ["pull", address, directory, "--json", "--policy", policy] + more, environment: ["XDG_STATE_HOME": folder.path("state")])
    }

    /// The lines of the audit record.
    private func decisions(_ path: String? = nil) throws -> [JSONValue] {
        let text = try String(contentsOfFile: path ?? folder.path("state/waybill/decisions.jsonl"), encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    /// Requests for packs that nginx answered, and their bytes.
    private func packs(_ log: String) throws -> (requests: Int, bytes: Int) {
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").filter { $0.contains("/packs/") }
        let bytes = lines.compactMap { line in
            line.split(separator: "\"").dropFirst(2).first?.split(separator: " ").last.flatMap { Int($0) }
        }
        return (lines.count, bytes.reduce(0, +))
    }

    @Test("what the claims alone refuse moves no byte of any pack, from a mirror without our software too")
    func claims() throws {
        let scene = try Scene()
        try model(scene, "nc", "license: cc-by-nc-4.0")
        #expect(try scene.push("nc", "acme/nc").status == 0)
        let house = try policy(Self.noCommerce)
        let refused = try pull(scene.address("acme/nc"), folder.path("out"), house)
        #expect(refused.status == 5, "\(refused.shown)")
        #expect(refused.error("cause")?.contains("policy house, rule no-nc: we sell") == true, "\(refused.shown)")
        #expect(refused.error("remedy") == "ask legal")
        #expect(Files.list(folder.path("out")).allSatisfy { $0.hasPrefix(".waybill/") })
        let decision = try #require(decisions().last)
        #expect(decision["decision"]?.text == "deny" && decision["rule"]?.text == "no-nc" && decision["model"]?.text == "acme/nc")
        guard NginxMirror.isInstalled else { return }
        let nginx = try NginxMirror(store: scene.store)
        #expect(try pull("\(nginx.url)/acme/nc", folder.path("out2"), house).status == 5)
        #expect(try packs(nginx.accessLog).requests == 0)
    }

    @Test("what is allowed comes whole, with its warnings, and the record says what was known")
    func allowed() throws {
        let scene = try Scene()
        try model(scene, "ok", "license: apache-2.0")
        #expect(try scene.push("ok", "acme/ok").status == 0)
        let house = try policy("  - {id: look, effect: warn, when: {datasets: none-here}, reason: data unknown}\n" + Self.noCommerce)
        let result = try pull(scene.address("acme/ok"), folder.path("out"), house)
        #expect(result.status == 0, "\(result.shown)")
        #expect(result.errors.contains("rule look: data unknown"))
        #expect(try Files.differences(scene.path("ok"), folder.path("out")) == [])
        let decision = try #require(decisions().last)
        #expect(decision["decision"]?.text == "allow" && decision["facts"]?["terms.commercialUse"]?.text == "permitted")
        #expect(decision["manifest"]?.text == result.text("manifest"))
    }

    /// Publishes the newest revision of a store once more, with other papers.
    private func forge(
        _ store: String, _ model: String, attestations: Digest? = nil, files: (ManifestFile) -> ManifestFile = { $0 },
        _ papers: (Manifest) -> Papers
    ) throws {
        let path = try #require(Files.list(store).first { $0.hasPrefix("manifests/") })
        let sha256: DigestFunction = { SHA256.digest(of: $0) }
        let manifest = try Manifest(decoding: Files.read("\(store)/\(path)"), subject: "test", sha256: sha256)
        let forged = Manifest(
            plan: manifest.plan, papersPlan: manifest.papersPlan, contentId: manifest.contentId, files: manifest.files.map(files),
            lists: manifest.lists, papers: papers(manifest), baseModels: [])
        let bytes = try forged.validated(sha256: sha256).encoded()
        let digest = SHA256.digest(of: bytes)
        let (name, ref) = (try ModelName(model), try RefName("main"))
        let first = try Files.read("\(store)/\(ObjectName.refEntry(name, ref, 1).path)")
        let entry = RefEntry(
            model: name, ref: ref, n: 2, previous: SHA256.digest(of: first), manifest: digest, attestations: attestations,
            time: "2026-01-01T00:00:00Z")
        for (object, content) in [
            (ObjectName.manifest(digest), bytes), (.refEntry(name, ref, 2), entry.encodedEnvelope(sha256: sha256)),
            (.refHint(name, ref), RefHint.encode(2)),
        ] {
            let target = URL(filePath: "\(store)/\(object.path)")
            try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content).write(to: target)
        }
    }

    /// How mirror and manifest lie about the papers.
    enum Lie: String, CaseIterable, Sendable {
        case forgedClaims, omittedClaims, withheldEvidence, findingsOfNobody
    }

    @Test("whatever mirror and manifest say of the papers, a refusal reads no byte of any pack", arguments: Lie.allCases)
    func lies(lie: Lie) throws {
        guard NginxMirror.isInstalled else {
            print("skipped: nginx is not installed")
            return
        }
        let scene = try Scene()
        try model(scene, "nc", "license: cc-by-nc-4.0")
        #expect(try scene.push("nc", "acme/nc").status == 0)
        // Even a policy that denies nothing does not let in what lies about its papers.
        var house = try policy("  - {id: all, effect: allow, reason: everything}")
        var rule = "claims"
        switch lie {
        case .forgedClaims, .omittedClaims:
            try forge(scene.store, "acme/nc") { manifest in
                guard lie == .forgedClaims else { return .none }
                let evidence = manifest.papers.evidence
                return Papers(claims: [.licenses: [ClaimValue(value: "apache-2.0", evidence: [0])]], evidence: Array(evidence.prefix(1)))
            }
        case .withheldEvidence:
            try FileManager.default.removeItem(atPath: "\(scene.store)/evidence")
        case .findingsOfNobody:
            // The entry names findings that call the model open; nobody whom the policy knows signed them.
            let statement = #"{"predicateType":"urn:waybill:findings:1","predicate":{"findings":{"label":{"value":"openSourceAI"}}}}"#
            let payload = Data(statement.utf8).base64EncodedString()
            let findings = Array(#"{"payload":"\#(payload)","payloadType":"application/vnd.in-toto+json","signatures":[]}"#.utf8)
            let digest = SHA256.digest(of: findings)
            try scene.folder.write("store/\(ObjectName.attestation(digest).path)", findings)
            try forge(scene.store, "acme/nc", attestations: digest) { $0.papers }
            house = try policy("  - {id: open, effect: allow, when: {label: [openWeights, openSourceAI]}, reason: open enough}")
            rule = "default"
        }
        let nginx = try NginxMirror(store: scene.store)
        let result = try pull("\(nginx.url)/acme/nc", folder.path("out"), house)
        #expect(result.status == 5 && result.error("cause")?.contains("rule \(rule)") == true, "\(result.shown)")
        if lie == .withheldEvidence { #expect(result.error("cause")?.contains("the mirror withholds the evidence") == true) }
        #expect(try packs(nginx.accessLog).requests == 0)
        #expect(try decisions().last?["rule"]?.text == rule)
        #expect(Files.list(folder.path("out")).allSatisfy { $0.hasPrefix(".waybill/") })
    }

    @Test("what is allowed is pulled from a mirror without our software, which had to show only the evidence before")
    func evidence() throws {
        guard NginxMirror.isInstalled else {
            print("skipped: nginx is not installed")
            return
        }
        let scene = try Scene()
        try model(scene, "ok", "license: apache-2.0")
        #expect(try scene.push("ok", "acme/ok").status == 0)
        let nginx = try NginxMirror(store: scene.store)
        let strict = try policy("  - {id: shut, effect: deny, when: {label: openWeights}, reason: not today}\n" + Self.noCommerce)
        #expect(try pull("\(nginx.url)/acme/ok", folder.path("no"), strict).status == 5)
        #expect(try packs(nginx.accessLog).requests == 0)
        let log = try String(contentsOfFile: nginx.accessLog, encoding: .utf8)
        #expect(log.split(separator: "\n").filter { $0.contains("/evidence/") }.count == 1)
        #expect(try pull("\(nginx.url)/acme/ok", folder.path("out"), try policy(Self.noCommerce)).status == 0)
        #expect(try Files.differences(scene.path("ok"), folder.path("out")) == [])
        #expect(try packs(nginx.accessLog).requests > 0)
        // Without a policy nothing depends on evidence.
        try FileManager.default.removeItem(atPath: "\(scene.store)/evidence")
        #expect(try Waybill.run(["show", "\(nginx.url)/acme/ok", "--json"]).status == 0)
        #expect(try Waybill.run(["pull", "\(nginx.url)/acme/ok", folder.path("free")]).status == 0)
        let check = try Waybill.run(["store", "check", scene.store, "--json"])
        #expect(check.status == 4 && check.error("cause")?.contains("a pull with a policy is refused") == true, "\(check.shown)")
        #expect(try Waybill.run(["store", "repair", scene.store]).status == 0)
        #expect(try pull("\(nginx.url)/acme/ok", folder.path("again"), try policy(Self.noCommerce)).status == 0)
    }

    @Test("a GGUF file that its manifest calls something else hides no licence", arguments: ["model.gguf", "model.bin"])
    func hidden(name: String) throws {
        let scene = try Scene()
        try model(scene, "m", "license: mit")
        let header: [UInt8] = Array("GGUF".utf8) + [3, 0, 0, 0] + [UInt8](repeating: 0, count: 8) + [1] + [UInt8](repeating: 0, count: 7)
        func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + [UInt8](repeating: 0, count: 7) + Array(text.utf8) }
        try scene.folder.write("m/\(name)", header + text("general.license") + [8, 0, 0, 0] + text("gemma"))
        #expect(try scene.push("m", "acme/m").status == 0)
        try forge(scene.store, "acme/m") { file in
            guard file.path.text == name else { return file }
            #expect(file.format == .gguf)
            return ManifestFile(
                path: file.path, size: file.size, sha256: file.sha256, format: .opaque, firstRow: file.firstRow, rows: file.rows)
        } _: { manifest in
            let evidence = manifest.papers.evidence.filter { $0.file.text == "README.md" && $0.place == "license" }
            return Papers(claims: [.licenses: [ClaimValue(value: "mit", evidence: [0])]], evidence: evidence)
        }
        let open = try policy("  - {id: all, effect: allow, reason: everything}")
        let result = try pull("file://\(scene.store)/acme/m", folder.path("out"), open)
        #expect(result.status == 5 && result.error("cause")?.contains("and it is gguf") == true, "\(result.shown)")
        #expect(!Files.exists(folder.path("out/\(name)")))
    }

    @Test("content is scanned before files take their names, and the revision held before stays")
    func content() throws {
        let scene = try Scene()
        try model(scene, "good", "license: mit")
        #expect(try scene.push("good", "acme/tiny").status == 0)
        let house = try policy(
            "  - {id: scan, effect: deny, when: {scans.worst: unsafe}, reason: code in it}\n" + Self.noCommerce)
        #expect(try pull(scene.address("acme/tiny"), folder.path("out"), house).status == 0)
        let before = try Files.read(folder.path("out/README.md"))
        try scene.folder.write("good/README.md", "---\nlicense: mit\n---\n# Changed\n")
        // A pickle that runs a command when it is loaded.
        try scene.folder.write("good/pytorch_model.bin", Array("cos\nsystem\n(S'true'\ntR.".utf8))
        #expect(try scene.push("good", "acme/tiny").status == 0)
        let refused = try pull(scene.address("acme/tiny"), folder.path("out"), house)
        #expect(refused.status == 5 && refused.error("cause")?.contains("pickle.dangerous-global") == true, "\(refused.shown)")
        #expect(try Files.read(folder.path("out/README.md")) == before)
        #expect(!Files.exists(folder.path("out/pytorch_model.bin")))
        #expect(try Waybill.run(["verify", folder.path("out")]).status == 0)
        // What arrived is not fetched again once an exception lets it in.
        let excepted = try policy(
            "  - {id: scan, effect: deny, when: {scans.worst: unsafe}, reason: code in it}\n" + Self.noCommerce,
            "exceptions:\n  - {rules: [scan], models: [acme/*], owner: jane, reason: looked at, expires: 2999-01-01T00:00:00Z}")
        let allowed = try pull(scene.address("acme/tiny"), folder.path("out"), excepted)
        #expect(allowed.status == 0 && allowed.errors.contains("by exception of jane"), "\(allowed.shown)")
        #expect(Files.exists(folder.path("out/pytorch_model.bin")))
        #expect(try decisions().contains { $0["exceptions"]?.elements?.isEmpty == false })
    }

    @Test("a licence that became looser, and a disclosure that went, are conditions of their own")
    func changes() throws {
        let scene = try Scene()
        try model(scene, "m", "license: cc-by-nc-4.0\ndatasets: acme/corpus")
        #expect(try scene.push("m", "acme/tiny").status == 0)
        let house = try policy(
            """
              - {id: looser, effect: deny, when: {change.licenseLoosened: 'true'}, reason: ask first}
              - {id: gone, effect: deny, when: {change.disclosureRemoved: 'true'}, reason: data no longer named}
              - {id: all, effect: allow, reason: everything else}
            """)
        #expect(try pull(scene.address("acme/tiny"), folder.path("out"), house).status == 0)
        try scene.folder.write("m/README.md", "---\nlicense: mit\ndatasets: acme/corpus\n---\n# A model\n")
        #expect(try scene.push("m", "acme/tiny").status == 0)
        #expect(try pull(scene.address("acme/tiny"), folder.path("out"), house).error("cause")?.contains("rule looser") == true)
        try scene.folder.write("m/README.md", "---\nlicense: cc-by-nc-4.0\n---\n# A model\n")
        #expect(try scene.push("m", "acme/tiny").status == 0)
        #expect(try pull(scene.address("acme/tiny"), folder.path("out"), house).error("cause")?.contains("rule gone") == true)
        // Whoever holds nothing yet is not asked what changed.
        #expect(try pull(scene.address("acme/tiny"), folder.path("new"), house).status == 0)
    }

    @Test("a mirror with a policy publishes only what it allows, and keeps its own record")
    func mirror() throws {
        let house = try policy(
            "  - {id: scan, effect: deny, when: {scans.worst: unsafe}, reason: code in it}\n" + Self.noCommerce)
        let store = folder.path("store")
        try Waybill.makeStore(store)
        let mirror = try ServedMirror(store: store, arguments: ["--allow-anonymous-push", "--policy", house])
        func push(_ license: String, pickle: Bool = false) throws -> ToolResult {
            _ = try ModelMaker.write(folder, "m", megabytes: 3, seed: 7)
            try folder.write("m/README.md", "---\nlicense: \(license)\n---\n# A model\n")
            if pickle { try folder.write("m/weights.bin", Array("cos\nsystem\n(S'true'\ntR.".utf8)) }
            return try Waybill.run(["push", folder.path("m"), "\(mirror.url)/acme/tiny", "--json"])
        }
        let refused = try push("cc-by-nc-4.0")
        #expect(refused.status == 5 && refused.error("cause")?.contains("rule no-nc") == true, "\(refused.shown)")
        #expect(!Files.list(store).contains { $0.hasPrefix("refs/acme/tiny/main/") })
        #expect(try push("apache-2.0").status == 0)
        #expect(Files.exists("\(store)/refs/acme/tiny/main/0000000001"))
        let unsafe = try push("apache-2.0", pickle: true)
        #expect(unsafe.status == 5 && unsafe.error("cause")?.contains("rule scan") == true, "\(unsafe.shown)")
        #expect(!Files.exists("\(store)/refs/acme/tiny/main/0000000002"))
        let recorded = try decisions("\(store)/private/decisions.jsonl").compactMap { $0["decision"]?.text }
        #expect(recorded.contains("deny") && recorded.contains("allow"))
    }

    @Test("a decision that cannot be recorded is a refusal")
    func unrecorded() throws {
        let scene = try Scene()
        try model(scene, "ok", "license: mit")
        #expect(try scene.push("ok", "acme/ok").status == 0)
        let house = try policy(Self.noCommerce)
        // Where the folder of the record should be, a file stands.
        try folder.write("state/waybill", "in the way")
        let result = try pull(scene.address("acme/ok"), folder.path("out"), house)
        #expect(result.status != 0, "\(result.shown)")
        #expect(Files.list(folder.path("out")).allSatisfy { $0.hasPrefix(".waybill/") })
    }

    @Test("papers are drafted, checked, shown and explained from the command line")
    func commands() throws {
        let scene = try Scene()
        try model(scene, "m", "license: mit\nbase_model: acme/base")
        func run(_ arguments: String...) throws -> ToolResult { try Waybill.run(arguments) }
        #expect(try run("papers", "check", scene.path("m")).status == 1)
        #expect(try run("papers", "init", scene.path("m")).status == 0)
        #expect(try run("papers", "init", scene.path("m")).status == 6)
        let check = try run("papers", "check", scene.path("m"))
        #expect(check.status == 0 && check.output.contains("Missing for MOF"), "\(check.shown)")
        #expect(try scene.push("m", "acme/tiny").status == 0)
        let shown = try run("papers", "show", scene.address("acme/tiny"), "--scan", "--json")
        let value = try #require(try? JSONValue(parsing: Array(shown.output.utf8), maximumDepth: 32), "\(shown.shown)")
        let findings = value["papers"]?["findings"]
        #expect(findings?["label"]?["value"]?.text == "undetermined" && findings?["basis"]?.text?.contains("no legal advice") == true)
        #expect(value["scan"]?["worst"]?.text == "clean")
        #expect(value["papers"]?["claims"]?["licenses"]?["assertion"]?.text == "claimed")
        let explained = try run("policy", "explain", scene.address("acme/tiny"), "--policy", "permissive-commercial")
        #expect(explained.status == 5 && explained.output.contains("terms.permissiveLabel = unknown"), "\(explained.shown)")
        let wrong = try policy("  - {id: a, effect: dney, reason: b}")
        #expect(try run("policy", "check", wrong).status == 2)
        let cases = try folder.write(
            "cases.yaml",
            """
            waybillPolicyTest: 1
            policy: permissive-commercial
            cases:
              - {name: closed, facts: {weights.formats: [bin]}, expect: deny, rule: safe-formats}
              - {name: ours, directory: \(scene.path("m")), expect: deny}
            """)
        #expect(try run("policy", "test", cases).status == 0)
        let failing = try String(contentsOfFile: cases, encoding: .utf8).replacing("expect: deny, rule", with: "expect: allow, rule")
        try folder.write("cases.yaml", failing)
        let failed = try run("policy", "test", cases)
        #expect(failed.status == 1 && failed.errors.contains("line 4"), "\(failed.shown)")
        let difference = try run("diff", scene.address("acme/tiny"), scene.path("m"), "--json")
        #expect(difference.status == 0)
    }
}
