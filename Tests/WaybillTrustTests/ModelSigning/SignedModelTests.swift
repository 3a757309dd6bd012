import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport
import WaybillTrust

/// What was signed, and what is there. Every list here is rightly signed.
@Suite struct SignedModelTests {
    let fixture: SigningFixture
    private let digest = SHA256.digest(of: [9])

    init() throws { fixture = try SigningFixture() }

    private func model(_ files: [SignedFile], ignoring: [String] = []) throws -> JSONValue {
        try fixture.bundle(fixture.statement(ignoring: ignoring, files: files))
    }

    // MARK: The list against the files

    @Test func firstDifferenceIsNamed() throws {
        let bundle = try fixture.bundle(fixture.statement())
        var files = fixture.files
        for index in files.indices {
            files[index] = SignedFile(path: files[index].path, sha256: digest)
            expectRefused(.integrity, "`config.json` is not what was signed") {
                try fixture.verify(bundle, files: files)
            }
        }
        for index in fixture.files.indices {
            var fewer = fixture.files
            let gone = fewer.remove(at: index)
            expectRefused(.integrity, "`\(gone.path)` was signed and is not there") {
                try fixture.verify(bundle, files: fewer)
            }
        }
        for path in ["a", "config.json0", "sub/a", "sub/w.bin/x", "zzz", "Config.json"] {
            let more = fixture.files + [SignedFile(path: path, sha256: digest)]
            expectRefused(.integrity, "unsigned: `\(path)` is there") { try fixture.verify(bundle, files: more) }
        }
        expectRefused(.integrity, "`config.json` was signed and is not there") {
            try fixture.verify(bundle, files: [])
        }
        #expect(try fixture.verify(bundle, files: fixture.files.reversed()).files.count == 3)
    }

    @Test func swappedDigestsAreNoticed() throws {
        let bundle = try fixture.bundle(fixture.statement())
        var files = fixture.files
        files[0] = SignedFile(path: fixture.files[0].path, sha256: fixture.files[1].sha256)
        files[1] = SignedFile(path: fixture.files[1].path, sha256: fixture.files[0].sha256)
        expectRefused(.integrity, "`config.json`") { try fixture.verify(bundle, files: files) }
    }

    @Test func fileThatIsGivenTwiceIsNotedAsMore() throws {
        let bundle = try fixture.bundle(fixture.statement())
        let more = fixture.files + [SignedFile(path: "sub.txt", sha256: digest)]
        expectRefused(.integrity, "`sub.txt`") { try fixture.verify(bundle, files: more) }
    }

    @Test func namesAreComparedByteForByte() throws {
        let composed = "\u{E9}.bin"
        let decomposed = "e\u{301}.bin"
        #expect(composed == decomposed)
        let bundle = try model([SignedFile(path: composed, sha256: digest)])
        #expect(try fixture.verify(bundle, files: [SignedFile(path: composed, sha256: digest)]).files.count == 1)
        expectRefused(.integrity, "is there and was not signed") {
            try fixture.verify(bundle, files: [SignedFile(path: decomposed, sha256: digest)])
        }
        let both = [SignedFile(path: decomposed, sha256: digest), SignedFile(path: composed, sha256: fixture.files[0].sha256)]
        #expect(try fixture.verify(model(both), files: both).files == both)
        // Ignored is only what is written.
        let leftOut = both + [SignedFile(path: "a", sha256: digest)]
        expectRefused(.integrity, "unsigned") {
            try fixture.verify(model([SignedFile(path: "a", sha256: digest)]), files: leftOut, ignoring: [composed])
        }
    }

    @Test func modelOfOneFile() throws {
        let bundle = try model([SignedFile(path: ".", sha256: digest)])
        #expect(try fixture.verify(bundle, files: [SignedFile(path: ".", sha256: digest)]).files.count == 1)
        expectRefused(.integrity, "`.` ") {
            try fixture.verify(bundle, files: [SignedFile(path: "x", sha256: digest)])
        }
        expectRefused(.integrity, "among its files") {
            try fixture.verify(model([SignedFile(path: ".", sha256: digest), SignedFile(path: "x", sha256: digest)]))
        }
    }

    @Test func orderOfTheListIsTheSigners() throws {
        // The reference tool sorts by components: sub/w.bin before sub.txt.
        let files = [fixture.files[0], fixture.files[2], fixture.files[1]]
        #expect(try fixture.verify(model(files), files: fixture.files).files == files)
    }

    // MARK: What was left out

    @Test func whatTheSignerMayLeaveOut() throws {
        let allowed = [".gitattributes", ".github/workflows/x.yml", ".gitignore"]
        let files = fixture.files + allowed.map { SignedFile(path: $0, sha256: digest) }
        let bundle = try model(fixture.files, ignoring: [".git", ".gitattributes", ".github", ".gitignore"])
        let model = try ModelSignature(decoding: bundle.canonical, subject: "s").verified(by: fixture.trust)
        #expect(try model.compare(with: files) == [".gitattributes", ".github/workflows/x.yml", ".gitignore"])
        // It must say so.
        let silent = try self.model(fixture.files)
        expectRefused(.integrity, "unsigned: `.gitattributes`") { try fixture.verify(silent, files: files) }
    }

    @Test func ownFoldersAreNeverPartOfAModel() throws {
        let bundle = try model(fixture.files)
        let own = [".waybill/state", ".git/config", ".cache/huggingface/x"].map { SignedFile(path: $0, sha256: digest) }
        #expect(try fixture.verify(bundle, files: fixture.files + own).files.count == 3)
        for path in ["sub/.cache/x", ".waybill2", ".gitmodules", ".Git/x", ".cachefile"] {
            expectRefused(.integrity, "unsigned: `\(path)`") {
                try fixture.verify(bundle, files: fixture.files + [SignedFile(path: path, sha256: digest)])
            }
        }
    }

    @Test(arguments: ["weights.bin", "weights.bin/", "./weights.bin", "*", "", ".", "/", "..", "sub/../weights.bin", "w*", "Weights.bin"])
    func signerCannotLeaveOutWeights(ignored: String) throws {
        let files = fixture.files + [SignedFile(path: "weights.bin", sha256: digest)]
        // An ignore list that takes in everything contradicts the list of files.
        let cause = ["", "."].contains(ignored) ? "says that it is ignored" : "unsigned: `weights.bin`"
        expectRefused(.integrity, cause) {
            try fixture.verify(model(fixture.files, ignoring: [ignored]), files: files)
        }
        // The person who verifies may.
        if cause.hasPrefix("unsigned") {
            #expect(try fixture.verify(model(fixture.files, ignoring: [ignored]), files: files, ignoring: ["weights.bin"]).files.count == 3)
        }
    }

    @Test func personSaysWhatMayBeUnsigned() throws {
        let bundle = try model(fixture.files, ignoring: ["ignore-me"])
        let files = fixture.files + ["ignore-me", "sub/notes/a", "model.sig"].map { SignedFile(path: $0, sha256: digest) }
        #expect(
            try fixture.verify(bundle, files: files, ignoring: ["ignore-me", "sub/notes"], signatureFile: "model.sig").files.count == 3)
        expectRefused(.integrity, "unsigned: `ignore-me` is there and was not signed; the signer left it out") {
            try fixture.verify(bundle, files: files, ignoring: ["sub/notes"], signatureFile: "model.sig")
        }
        expectRefused(.integrity, "unsigned: `model.sig`") {
            try fixture.verify(bundle, files: files, ignoring: ["sub/notes", "ignore-me"])
        }
        // What is signed is compared, whatever anybody ignores.
        var changed = fixture.files
        changed[2] = SignedFile(path: "sub/w.bin", sha256: digest)
        expectRefused(.integrity, "`sub/w.bin` is not what was signed") {
            try fixture.verify(bundle, files: changed, ignoring: ["sub"])
        }
    }

    @Test(arguments: ["config.json", "sub", "./sub/", "sub/w.bin", "."])
    func fileThatIsListedAndIgnoredIsRefused(ignored: String) throws {
        expectRefused(.integrity, "says that it is ignored") {
            try fixture.verify(model(fixture.files, ignoring: [ignored]))
        }
    }

    // MARK: The statement

    @Test(arguments: [
        "../x", "a/../x", "..", "/etc/passwd", "a//b", "a/./b", "./a", "a/", "", "/", "a\0b", String(repeating: "a", count: 4_097),
    ])
    func pathThatIsNotRelativeAndNormalisedIsRefused(path: String) throws {
        expectRefused(.integrity, "not relative and normalised") {
            try fixture.verify(model([SignedFile(path: path, sha256: digest)]), files: [SignedFile(path: path, sha256: digest)])
        }
        expectRefused(.failure, "not relative and normalised") {
            try ModelSignature.sign([SignedFile(path: path, sha256: digest)], name: "m", with: fixture.key)
        }
    }

    @Test func pathThatStandsTwiceIsRefused() throws {
        let twice = [fixture.files[0], fixture.files[1], SignedFile(path: "config.json", sha256: digest)]
        expectRefused(.integrity, "names the file `config.json` twice") { try fixture.verify(model(twice)) }
        expectRefused(.failure, "twice") { try ModelSignature.sign(twice, name: "m", with: fixture.key) }
    }

    private func verify(replacing path: [String], with value: JSONValue?) throws -> SignedModel {
        let bundle = try fixture.bundle(fixture.statement().replacing(path, with: value))
        return try fixture.verify(bundle)
    }

    @Test func digestOfTheModelIsTheOneOfItsFiles() throws {
        let subject = ["subject", "0", "digest"]
        for digests: JSONValue in [
            .object(["sha256": .string(digest.hex)]), .object([:]), .object(["sha512": .string(digest.hex)]),
            .object(["sha256": .string("")]),
        ] {
            expectRefused(.integrity, "by ") { try verify(replacing: subject, with: digests) }
        }
        let honest = try #require(fixture.statement()["subject"]?.elements?.first)
        expectRefused(.integrity, "does not name one model") {
            try verify(replacing: ["subject"], with: .array([honest, honest]))
        }
        expectRefused(.integrity, "does not name one model") {
            try verify(replacing: ["subject"], with: .array([]))
        }
    }

    @Test func otherKindsOfStatementsAreRefused() throws {
        for type in [
            "https://model_signing/Digests/v0.1", "https://model_signing/signature/v1.1", "urn:waybill:revision:1",
            "https://example.com/wrong-predicate/v1.0",
        ] {
            expectRefused(.integrity, "replay: what was signed is no model's file list but `\(type)`") {
                try verify(replacing: ["predicateType"], with: .string(type))
            }
        }
        expectRefused(.integrity, "no in-toto Statement v1") {
            try verify(replacing: ["_type"], with: .string("https://in-toto.io/Statement/v0.1"))
        }
    }

    @Test func otherMethodsAndHashesAreNotSupported() throws {
        let serialization = ["predicate", "serialization"]
        for (member, value) in [("method", "shards"), ("hash_type", "blake2b"), ("hash_type", "blake3"), ("method", "\u{202E}")] {
            expectRefused(.policy, "not supported") {
                try verify(replacing: serialization + [member], with: .string(value))
            }
        }
        expectRefused(.policy, "not supported: it hashes files with `blake2b`") {
            try verify(replacing: ["predicate", "resources", "1", "algorithm"], with: .string("blake2b"))
        }
        #expect(try verify(replacing: serialization + ["allow_symlinks"], with: .bool(true)).files.count == 3)
        #expect(try verify(replacing: serialization + ["ignore_paths"], with: nil).ignoredPaths == [])
        for member in ["method", "hash_type", "allow_symlinks"] {
            expectRefused(.integrity, member) { try verify(replacing: serialization + [member], with: nil) }
        }
    }

    @Test func membersThatCountMustStand() throws {
        for path in [
            ["_type"], ["subject"], ["predicateType"], ["predicate"], ["predicate", "resources"], ["predicate", "serialization"],
            ["predicate", "resources", "0", "name"], ["predicate", "resources", "0", "digest"],
            ["predicate", "resources", "0", "algorithm"],
        ] {
            expectRefused(.integrity, "the member \"\(path[path.count - 1])\" is missing") {
                try verify(replacing: path, with: nil)
            }
            expectRefused(.integrity, "") { try verify(replacing: path, with: .integer(7)) }
        }
        for digest in [digest.hex.uppercased(), String(digest.hex.dropLast()), digest.hex + "0", ""] {
            expectRefused(.integrity, "64 lower-case hexadecimal digits") {
                try verify(replacing: ["predicate", "resources", "0", "digest"], with: .string(digest))
            }
        }
    }

    @Test func namesOfTheSignerAreMadeHarmless() throws {
        let model = try verify(replacing: ["subject", "0", "name"], with: .string("tiny\u{1B}[2J\u{202E}"))
        #expect(model.name == "tiny\\u{1B}[2J\\u{202E}")
        let files = [SignedFile(path: "a\u{1B}\nb", sha256: digest)]
        #expect(try fixture.verify(self.model(files), files: files).files == files)
        expectRefused(.integrity, "`a\\u{1B}\\u{A}b` was signed") {
            try fixture.verify(self.model(files), files: [])
        }
    }

    @Test func manyIgnoredPathsCostLittle() throws {
        let files = (0..<20_000).map { SignedFile(path: "\($0)/a/b/c/d/e", sha256: digest) }
        let bundle = try model(files, ignoring: (0..<1_000).map { "x\($0)/a/b/c/d/e" })
        let began = ContinuousClock.now
        #expect(try fixture.verify(bundle, files: files).files.count == files.count)
        #expect(ContinuousClock.now - began < .seconds(20))
        expectRefused(.integrity, "more than 1024 ignored paths") {
            try fixture.verify(model([], ignoring: (0..<1_025).map { "x\($0)" }), files: [])
        }
    }
}
