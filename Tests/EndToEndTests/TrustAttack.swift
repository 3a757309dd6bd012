import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

/// An attack on a reader who pinned `acme` and pulled `acme/tiny` once, and how it is refused.
struct TrustAttack: Sendable, CustomTestStringConvertible {
    let name: String
    let exit: Int32
    /// What the message calls it.
    let word: String
    /// Changes the store after the honest pull.
    let attack: @Sendable (TrustScene) throws -> Void
    var ref = "main"
    var model = "acme/tiny"
    var keys = ["acme"]
    var threshold = 1
    /// Before the honest pull.
    var prepare: @Sendable (TrustScene) throws -> Void = { _ in }

    var testDescription: String { name }

    private static let sha256: DigestFunction = { SHA256.digest(of: $0) }

    static let all: [TrustAttack] = [
        TrustAttack(name: "unsigned", exit: 5, word: "unsigned") { scene in
            try scene.change("evil")
            let pushed = try scene.attacker(["push", scene.folder.path("model"), "\(scene.remote)/acme/tiny", "--expect", "1"])
            try #require(pushed.status == 0, "\(pushed.shown)")
        },
        TrustAttack(name: "signed by a stranger", exit: 5, word: "wrongly signed") { scene in
            try scene.makeKey("mallory")
            try scene.change("evil")
            let pushed = try scene.attacker(
                ["push", scene.folder.path("model"), "\(scene.remote)/acme/tiny", "--expect", "1", "--key", scene.key("mallory")])
            try #require(pushed.status == 0, "\(pushed.shown)")
        },
        TrustAttack(
            name: "re-signed by another pinned organisation", exit: 5, word: "signed by another organisation's key",
            attack: { scene in
                try scene.change("evil")
                let pushed = try scene.attacker(
                    ["push", scene.folder.path("model"), "\(scene.remote)/acme/tiny", "--expect", "1", "--key", scene.key("evil")])
                try #require(pushed.status == 0, "\(pushed.shown)")
            },
            prepare: { scene in
                let made = try scene.attacker(["trust", "init", "evil", "--to", scene.remote, "--key", scene.key("evil")])
                let fingerprint = try #require(made.text("fingerprint"), "\(made.shown)")
                try #require(scene.reader(["trust", "add", "evil", fingerprint, "--from", scene.remote]).status == 0)
            }),
        TrustAttack(name: "rolled back", exit: 4, word: "rollback") { scene in
            try scene.copyStore("before")
            try scene.change("second")
            try scene.push()
            try #require(scene.reader(["pull", "\(scene.remote)/acme/tiny", scene.folder.path("other")]).status == 0)
            try scene.restore("before", "refs")
        },
        TrustAttack(name: "forked", exit: 4, word: "fork") { scene in
            try scene.copyStore("before")
            try scene.change("second")
            try scene.push()
            try #require(scene.reader(["pull", "\(scene.remote)/acme/tiny", scene.folder.path("other")]).status == 0)
            // The publisher's own signature, under another history.
            try scene.restore("before", "refs")
            try scene.change("third")
            try scene.push(["acme"], model: "acme/tiny", directory: "model", "--expect", "1")
        },
        TrustAttack(
            name: "frozen", exit: 5, word: "expired entry",
            attack: { scene in
                try scene.push(["acme"], model: "acme/tiny", directory: "model", "--expires", "1s")
                Thread.sleep(forTimeInterval: 2.1)
            }),
        TrustAttack(
            name: "replayed under another ref", exit: 4, word: "refs/acme/tiny/v9",
            attack: { scene in
                let bytes = try Files.read(scene.path(try scene.entry(1)))
                try scene.plant(try scene.entry(1, ref: "v9"), bytes)
            }, ref: "v9"),
        TrustAttack(
            name: "replayed under another model", exit: 4, word: "refs/acme/big/main",
            attack: { scene in
                let bytes = try Files.read(scene.path(try scene.entry(1)))
                try scene.plant(try scene.entry(1, model: "acme/big"), bytes)
            }, model: "acme/big"),
        TrustAttack(
            name: "entry rewritten for another ref, its signature kept", exit: 5, word: "wrongly signed",
            attack: { scene in
                let bytes = try Files.read(scene.path(try scene.entry(1)))
                let envelope = try RefEnvelope(decoding: bytes, subject: "test", sha256: sha256)
                let entry = try RefEntry(decodingPayload: envelope.payload, subject: "test")
                let moved = RefEntry(
                    model: entry.model, ref: try RefName("v9"), n: 1, previous: nil, manifest: entry.manifest,
                    attestations: entry.attestations, time: entry.time)
                let forged = RefEnvelope(payload: moved.encodedPayload(), signatures: envelope.signatures)
                try scene.plant(moved.objectName, forged.encoded(sha256: sha256))
            }, ref: "v9"),
        TrustAttack(name: "an attestation withheld", exit: 4, word: "withheld") { scene in
            let largest = try #require(
                Files.list(scene.store).filter { $0.hasPrefix("attestations/") }.max { a, b in
                    let sizes = [a, b].map { (try? Files.read("\(scene.store)/\($0)").count) ?? 0 }
                    return sizes[0] < sizes[1]
                })
            try FileManager.default.removeItem(atPath: "\(scene.store)/\(largest)")
        },
        TrustAttack(name: "all attestations withheld", exit: 4, word: "withheld") { scene in
            try FileManager.default.removeItem(atPath: "\(scene.store)/attestations")
        },
        TrustAttack(name: "key set swapped", exit: 4, word: "fork") { scene in
            try scene.makeKey("mallory")
            try FileManager.default.removeItem(atPath: "\(scene.store)/trust")
            let made = try scene.attacker(["trust", "init", "acme", "--to", scene.remote, "--key", scene.key("mallory")])
            try #require(made.status == 0, "\(made.shown)")
            try scene.change("evil")
            let pushed = try scene.attacker(
                ["push", scene.folder.path("model"), "\(scene.remote)/acme/tiny", "--expect", "1", "--key", scene.key("mallory")])
            try #require(pushed.status == 0, "\(pushed.shown)")
        },
        TrustAttack(name: "key sets withheld", exit: 4, word: "rollback") { scene in
            try FileManager.default.removeItem(atPath: "\(scene.store)/trust")
        },
        TrustAttack(
            name: "the newest key set withheld", exit: 4, word: "withheld",
            attack: { scene in
                try scene.makeKey("ci")
                let rotated = try scene.publisher(
                    [
                        "trust", "rotate", "acme", "--key", scene.key("acme"), "--to", scene.remote, "--grant",
                        "publisher=\(scene.folder.path("ci.pub"))",
                    ])
                try #require(rotated.status == 0, "\(rotated.shown)")
                try scene.change("second")
                try scene.push()
                try scene.take(.keySet(try OrganizationName("acme"), 2))
            }),
        TrustAttack(
            name: "threshold missed", exit: 5, word: "threshold missed",
            attack: { scene in
                try scene.change("one hand")
                try scene.push(["a"])
            }, keys: ["a", "b", "c"], threshold: 2),
        TrustAttack(
            name: "one key signing twice", exit: 5, word: "threshold missed",
            attack: { scene in
                try scene.change("one hand")
                try scene.push(["a"])
                let name = try scene.entry(2)
                let envelope = try RefEnvelope(decoding: Files.read(scene.path(name)), subject: "test", sha256: sha256)
                let twice = RefEnvelope(payload: envelope.payload, signatures: envelope.signatures + envelope.signatures)
                try scene.plant(name, twice.encoded(sha256: sha256))
            }, keys: ["a", "b", "c"], threshold: 2),
        TrustAttack(
            name: "a revoked key", exit: 5, word: "revoked key",
            attack: { scene in
                let id = try PrivateKey(file: scene.key("b")).publicKey.id.hex
                let revoked = try scene.publisher(
                    [
                        "trust", "revoke", "acme", "--revoked-key", id, "--reason", "lost", "--key", scene.key("a"), "--key",
                        scene.key("c"),
                        "--to", scene.remote,
                    ])
                try #require(revoked.status == 0, "\(revoked.shown)")
                try scene.change("by the finder")
                try scene.push(["b"])
            }, keys: ["a", "b", "c"], threshold: 1),
        TrustAttack(name: "a revoked revision", exit: 5, word: "revoked manifest") { scene in
            let manifest = try #require(scene.reader(["show", "\(scene.remote)/acme/tiny"]).text("manifest"))
            let revoked = try scene.publisher(
                [
                    "trust", "revoke", "acme", "--manifest", manifest, "--reason", "leaked data", "--key", scene.key("acme"), "--to",
                    scene.remote,
                ])
            try #require(revoked.status == 0, "\(revoked.shown)")
        },
        TrustAttack(name: "an expired key set", exit: 5, word: "expired key set") { scene in
            let rotated = try scene.publisher(
                ["trust", "rotate", "acme", "--key", scene.key("acme"), "--to", scene.remote, "--expires", "1s"])
            try #require(rotated.status == 0, "\(rotated.shown)")
            Thread.sleep(forTimeInterval: 2.1)
        },
        TrustAttack(name: "withdrawn", exit: 5, word: "withdrawn") { scene in
            let withdrawn = try scene.publisher(
                ["ref", "withdraw", "\(scene.remote)/acme/tiny:main", "--reason", "wrong data", "--key", scene.key("acme")])
            try #require(withdrawn.status == 0, "\(withdrawn.shown)")
        },
        TrustAttack(name: "shown again after its withdrawal was seen", exit: 4, word: "rollback") { scene in
            try scene.copyStore("before")
            let withdrawn = try scene.publisher(
                ["ref", "withdraw", "\(scene.remote)/acme/tiny:main", "--reason", "wrong data", "--key", scene.key("acme")])
            try #require(withdrawn.status == 0, "\(withdrawn.shown)")
            try #require(scene.reader(["pull", "\(scene.remote)/acme/tiny", scene.folder.path("other")]).status == 5)
            try scene.restore("before", "refs")
        },
        TrustAttack(name: "renamed to another organisation", exit: 3, word: "moved to") { scene in
            try scene.makeKey("mallory")
            let bytes = try Files.read(scene.path(try scene.entry(1)))
            let entry = RefEntry(
                model: try ModelName("acme/tiny"), ref: try RefName("main"), n: 2, previous: SHA256.digest(of: bytes), manifest: nil,
                movedTo: try ModelName("evil/tiny"), time: "2026-01-01T00:00:00Z")
            let signer = try PrivateKey(file: scene.key("acme"))
            let payload = entry.encodedPayload()
            let sig = try signer.sign(Envelope.signedBytes(payload, type: RefEnvelope.payloadType))
            let envelope = RefEnvelope(payload: payload, signatures: [EnvelopeSignature(keyid: signer.publicKey.id.hex, sig: sig)])
            try scene.plant(entry.objectName, envelope.encoded(sha256: sha256))
        },
    ]
}
