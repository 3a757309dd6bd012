import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

@Suite("Who published it, what they signed, and whether it is the newest")
struct TrustTests {
    @Test("every attack is refused, by its name, and the directory stays as it was", arguments: TrustMirror.allCases, TrustAttack.all)
    func attacks(mirror: TrustMirror, attack: TrustAttack) throws {
        let scene = try TrustScene(keys: attack.keys, threshold: attack.threshold)
        try scene.push(attack.keys)
        try scene.pin()
        try attack.prepare(scene)
        // The honest neighbour.
        try mirror.with(scene) { url in
            let honest = try scene.reader(["pull", "\(url)/acme/tiny", scene.folder.path("out")])
            #expect(honest.status == 0, "\(honest.shown)")
            #expect(try Files.differences(scene.folder.path("model"), scene.folder.path("out")) == [])
        }
        try Tool.run("/bin/cp", ["-a", scene.folder.path("out"), scene.folder.path("kept")])
        try attack.attack(scene)
        try mirror.with(scene) { url in
            let refused = try scene.reader(["pull", "\(url)/\(attack.model):\(attack.ref)", scene.folder.path("out"), "--overwrite"])
            #expect(refused.status == attack.exit, "\(refused.shown)")
            #expect("\(refused.error("subject") ?? ""): \(refused.error("cause") ?? "")".contains(attack.word), "\(refused.shown)")
            #expect(refused.error("remedy")?.isEmpty == false, "\(refused.shown)")
            #expect(try Files.differences(scene.folder.path("kept"), scene.folder.path("out")) == [])
        }
    }

    @Test("two commands publish, two pull; who signed is read aloud, also without the mirror")
    func walk() throws {
        let scene = try TrustScene()
        try scene.push()
        try scene.pin()
        let pulled = try scene.reader(["pull", "\(scene.remote)/acme/tiny", scene.folder.path("out")])
        #expect(pulled.status == 0, "\(pulled.shown)")
        let trust = try #require(pulled.json?["trust"] as? [String: Any])
        #expect(trust["signed"] as? Bool == true && trust["pinned"] as? Bool == true && trust["coversChunks"] as? Bool == true)
        let summary = try #require(trust["summary"] as? String)
        #expect(summary.hasPrefix("signed by acme (publisher of acme, key set 1), pinned since 20"), "\(summary)")
        #expect(summary.contains("the list of files") && summary.contains("this revision") && summary.contains("without expiry"))
        try FileManager.default.removeItem(atPath: scene.store)
        for arguments in [["verify", scene.folder.path("out")], ["show", scene.folder.path("out")]] {
            let told = try scene.reader(arguments)
            #expect(told.status == 0, "\(told.shown)")
            #expect((told.json?["trust"] as? [String: Any])?["summary"] as? String == summary, "\(told.shown)")
        }
    }

    @Test("an organisation is pinned by its fingerprint, by a person at a terminal, or not at all")
    func pinning() throws {
        let scene = try TrustScene()
        try scene.push()
        // Nobody is there to ask.
        let alone = try scene.reader(["trust", "add", "acme", "--from", scene.remote])
        #expect(alone.status == 5 && alone.error("cause")?.contains("nobody is there") == true, "\(alone.shown)")
        let wrong = try scene.reader(["trust", "add", "acme", String(repeating: "ab", count: 32), "--from", scene.remote])
        #expect(wrong.status == 4 && wrong.error("cause")?.hasPrefix("swapped key set") == true, "\(wrong.shown)")
        #expect(try scene.reader(["trust", "list"]).json?["organizations"] as? [String] == [])
        // Not pinned: signatures are told of and decide nothing.
        let open = try scene.reader(["pull", "\(scene.remote)/acme/tiny", scene.folder.path("open")])
        #expect(open.status == 0 && open.errors.contains("waybill trust add acme"), "\(open.shown)")
        #expect((open.json?["trust"] as? [String: Any])?["pinned"] as? Bool == false)
        try scene.pin()
        try scene.pin()
        let other = try scene.reader(["trust", "add", "acme", String(repeating: "ab", count: 32), "--from", scene.remote])
        #expect(other.status == 4, "\(other.shown)")
        #expect(try scene.reader(["trust", "remove", "acme"]).status == 0)
        #expect(try scene.reader(["trust", "remove", "acme"]).status == 3)
    }

    @Test("rotation, the loss of one key of three, and the recovery after a leak")
    func keysThroughTheYears() throws {
        let scene = try TrustScene(keys: ["a", "b", "c"], threshold: 2)
        try scene.push(["a", "b"])
        try scene.pin()
        func pull() throws -> ToolResult { try scene.reader(["pull", "\(scene.remote)/acme/tiny", scene.folder.path("out")]) }
        #expect(try pull().status == 0)

        // C is lost. Two of three are left: they put D in its place, one after another.
        try scene.makeKey("d")
        let lost = try PrivateKey(file: scene.key("c")).publicKey.id.hex
        let proposal = scene.folder.path("next.json")
        let change = [
            "trust", "rotate", "acme", "--to", scene.remote, "--replace", "\(lost)=\(scene.folder.path("d.pub"))", "--proposal", proposal,
        ]
        let begun = try scene.publisher(change + ["--key", scene.key("a")])
        #expect(begun.status == 0 && begun.json?["published"] as? Bool == false, "\(begun.shown)")
        let ended = try scene.publisher(
            ["trust", "rotate", "acme", "--to", scene.remote, "--proposal", proposal, "--key", scene.key("b"), "--key", scene.key("d")])
        #expect(ended.status == 0 && ended.json?["published"] as? Bool == true && ended.int("n") == 2, "\(ended.shown)")
        try scene.change("second")
        try scene.push(["b", "d"])
        #expect(try pull().status == 0)

        // B leaks: whoever has it can do nothing alone, and nothing any more once it is revoked.
        let leaked = try PrivateKey(file: scene.key("b")).publicKey.id.hex
        let revoked = try scene.publisher(
            [
                "trust", "revoke", "acme", "--revoked-key", leaked, "--reason", "leaked", "--to", scene.remote, "--key", scene.key("a"),
                "--key",
                scene.key("d"),
            ])
        #expect(revoked.status == 0, "\(revoked.shown)")
        // What B signed counts for less now: A and D sign again.
        let before = try pull()
        #expect(before.status == 5, "\(before.shown)")
        let signed = try scene.publisher(["sign", "\(scene.remote)/acme/tiny:main", "--key", scene.key("a"), "--key", scene.key("d")])
        #expect(signed.status == 0, "\(signed.shown)")
        let after = try pull()
        #expect(after.status == 0, "\(after.shown)")
    }

    @Test("a rename inside the organisation is followed")
    func renamed() throws {
        let scene = try TrustScene()
        try scene.push()
        try scene.pin()
        #expect(try scene.reader(["pull", "\(scene.remote)/acme/tiny", scene.folder.path("out")]).status == 0)
        try scene.change("second")
        try scene.push(["acme"], model: "acme/small")
        let moved = try scene.publisher(["ref", "move", "\(scene.remote)/acme/tiny:main", "acme/small", "--key", scene.key("acme")])
        #expect(moved.status == 0, "\(moved.shown)")
        let pulled = try scene.reader(["pull", "\(scene.remote)/acme/tiny", scene.folder.path("out")])
        #expect(pulled.status == 0 && pulled.text("model") == "acme/small", "\(pulled.shown)")
        #expect(try Files.differences(scene.folder.path("model"), scene.folder.path("out")) == [])
        // Who pins nothing is told, and not led elsewhere.
        let stranger = try scene.attacker(["pull", "\(scene.remote)/acme/tiny", scene.folder.path("else")])
        #expect(stranger.status == 3 && stranger.error("cause")?.contains("moved to acme/small") == true, "\(stranger.shown)")
    }

    @Test("evaluators and reviewers attach, change nothing, and a policy believes whom it names")
    func attestations() throws {
        let scene = try TrustScene()
        for name in ["eva", "rev"] { try scene.makeKey(name) }
        let granted = try scene.publisher(
            [
                "trust", "rotate", "acme", "--key", scene.key("acme"), "--to", scene.remote, "--grant",
                "evaluator=\(scene.folder.path("eva.pub"))", "--grant", "reviewer=\(scene.folder.path("rev.pub"))",
            ])
        #expect(granted.status == 0, "\(granted.shown)")
        try scene.push()
        try scene.pin()
        let policy = try scene.folder.write(
            "policy.yaml",
            """
            waybillPolicy: 1
            name: signed
            default: allow
            evaluators: [acme]
            rules:
              - {id: by-publisher, effect: deny, when: {not: {signatures.publisher: true}}, reason: unsigned}
              - {id: two-days, effect: deny, when: {not: {signatures.ageDays: 2}}, reason: old}
              - {id: scanned, effect: deny, when: {not: {attestations.scans: [clean, note]}}, reason: not scanned}
            """)
        func pull(_ name: String) throws -> ToolResult {
            try scene.reader(["pull", "\(scene.remote)/acme/tiny", scene.folder.path(name), "--policy", policy])
        }
        let before = try pull("before")
        #expect(before.status == 5 && before.error("cause")?.contains("rule scanned") == true, "\(before.shown)")
        let manifest = try scene.reader(["show", "\(scene.remote)/acme/tiny"]).text("manifest")
        // A publisher is no evaluator.
        let wrong = try scene.publisher(["attest", "\(scene.remote)/acme/tiny", "--type", "scans", "--key", scene.key("acme")])
        #expect(wrong.status == 0, "\(wrong.shown)")
        #expect(try pull("wrong").status == 5)
        for type in ["scans", "findings", "spdx"] {
            let attached = try scene.attacker(["attest", "\(scene.remote)/acme/tiny", "--type", type, "--key", scene.key("eva")])
            #expect(attached.status == 0 && attached.text("manifest") == manifest, "\(attached.shown)")
        }
        let after = try pull("after")
        #expect(after.status == 0, "\(after.shown)")
        let trust = try #require(after.json?["trust"] as? [String: Any])
        let counted = try #require(trust["attestations"] as? [[String: Any]]).filter { $0["counts"] as? Bool == true }
        #expect(Set(counted.compactMap { $0["role"] as? String }) == ["publisher", "evaluator"], "\(after.shown)")
        #expect(counted.count == 4, "\(after.shown)")
    }

    @Test("a mirror with a policy takes what its organisation signed, and a withdrawal always")
    func mirrorPolicy() throws {
        let scene = try TrustScene()
        try scene.pin()
        let policy = try scene.folder.write(
            "policy.yaml",
            """
            waybillPolicy: 1
            name: mirror
            default: allow
            rules:
              - {id: signed, effect: deny, when: {not: {signatures.publisher: true}}, reason: unsigned}
            """)
        let running = try Waybill.start(
            ["serve", scene.store, "--listen", "127.0.0.1:0", "--allow-anonymous-push", "--policy", policy],
            home: scene.folder.path("home-reader"), environment: ["XDG_STATE_HOME": scene.folder.path("state")])
        defer { running.signal(SIGTERM) }
        let line = try #require(running.line(containing: "http://"))
        let url = try #require(line.split(separator: " ").first { $0.hasPrefix("http://") }.map(String.init))
        let unsigned = try scene.attacker(["push", scene.folder.path("model"), "\(url)/acme/tiny"])
        #expect(unsigned.status == 5 || unsigned.status == 9, "\(unsigned.shown)")
        #expect(unsigned.error("cause")?.contains("unsigned") == true, "\(unsigned.shown)")
        let signed = try scene.publisher(["push", scene.folder.path("model"), "\(url)/acme/tiny", "--key", scene.key("acme")])
        #expect(signed.status == 0, "\(signed.shown)")
        let withdrawn = try scene.publisher(["ref", "withdraw", "\(url)/acme/tiny:main", "--reason", "wrong", "--key", scene.key("acme")])
        #expect(withdrawn.status == 0, "\(withdrawn.shown)")
    }

    @Test("a directory is signed and verified, whoever has it; one file more, fewer or other is refused")
    func modelSignature() throws {
        let scene = try TrustScene()
        try scene.makeKey("me")
        let signature = scene.folder.path("model.sig")
        let signed = try scene.publisher(["sign", scene.folder.path("model"), "--key", scene.key("me"), "--output", signature])
        #expect(signed.status == 0, "\(signed.shown)")
        func verify(_ directory: String = "copy", key: String = "me.pub") throws -> ToolResult {
            try scene.reader(["verify", scene.folder.path(directory), "--signature", signature, "--public-key", scene.folder.path(key)])
        }
        try Tool.run("/bin/cp", ["-a", scene.folder.path("model"), scene.folder.path("copy")])
        let good = try verify()
        #expect(good.status == 0 && good.text("key") == good.text("signer"), "\(good.shown)")
        // A folder that Waybill itself passes over hides nothing, below the top.
        try scene.folder.write("copy/sub/.cache/evil.py", "import os")
        let hidden = try verify()
        #expect(hidden.status == 4 && hidden.error("cause")?.contains("sub/.cache/evil.py") == true, "\(hidden.shown)")
        #expect(try scene.publisher(["sign", scene.folder.path("copy"), "--key", scene.key("me")]).status == 2)
        try FileManager.default.removeItem(atPath: scene.folder.path("copy/sub"))
        try scene.makeKey("other")
        #expect(try verify(key: "other.pub").status == 5)
        try scene.folder.write("copy/more.txt", "more")
        let more = try verify()
        #expect(more.status == 4 && more.error("cause")?.contains("more.txt") == true, "\(more.shown)")
        try FileManager.default.removeItem(atPath: scene.folder.path("copy/more.txt"))
        try Files.flipBit(scene.folder.path("copy/model.safetensors"), byte: 70_000)
        let other = try verify()
        #expect(other.status == 4 && other.error("cause")?.contains("model.safetensors") == true, "\(other.shown)")
        try FileManager.default.removeItem(atPath: scene.folder.path("copy/model.safetensors"))
        let fewer = try verify()
        #expect(fewer.status == 4 && fewer.error("cause")?.contains("model.safetensors") == true, "\(fewer.shown)")
    }
}
