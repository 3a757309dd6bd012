import Testing
import WaybillFormat

/// Damage: any flipped bit of an object is refused, or gives another object under another digest; nothing traps.
@Suite struct BitFlipTests {
    private func flips(_ bytes: [UInt8], _ check: ([UInt8], Int) throws -> Void) rethrows {
        for bit in 0..<bytes.count * 8 { try check(bytes.flipped(bit: bit), bit) }
    }

    /// For objects that nothing but their own bytes protects.
    @Test func everyFlipOfALocatorIsRefused() {
        flips(Samples.locator().encoded()) { bytes, bit in
            #expect(throws: FormatError.self, "bit \(bit)") { try Locator(decoding: bytes, subject: "locator") }
        }
    }

    @Test func everyFlipOfAnEnvelopeIsRefused() throws {
        let payload = try Samples.entry().encodedPayload()
        flips(RefEnvelope(payload: payload).encoded(sha256: TestDigest.sha256)) { bytes, bit in
            #expect(throws: FormatError.self, "bit \(bit)") { try Samples.decodeEntry(bytes) }
        }
        // A signature is protected by its key alone: a flip there is another envelope of the same payload.
        let signed = RefEnvelope(payload: payload, signatures: [EnvelopeSignature(keyid: "k", sig: [1, 2, 3])])
        let bytes = signed.encoded(sha256: TestDigest.sha256)
        flips(bytes) { changed, bit in
            guard let found = try? RefEnvelope(decoding: changed, subject: "entry", sha256: TestDigest.sha256) else { return }
            #expect(found != signed && found.payload == payload, "bit \(bit)")
            #expect(found.encoded(sha256: TestDigest.sha256) == changed, "bit \(bit)")
        }
    }

    @Test func everyFlipOfAManifestIsRefusedOrAnotherManifest() throws {
        let manifest = try Samples.manifest()
        let bytes = manifest.encoded()
        let name = TestDigest.digest(of: bytes)
        var accepted = 0
        flips(bytes) { changed, bit in
            guard let found = try? Manifest(decoding: changed, subject: "manifest", sha256: TestDigest.sha256) else { return }
            accepted += 1
            #expect(found != manifest, "bit \(bit)")
            #expect(found.encoded() == changed, "bit \(bit)")
            #expect(TestDigest.digest(of: changed) != name, "bit \(bit)")
            // The files' identity is covered twice.
            #expect(found.contentId == manifest.contentId && found.files.map(\.sha256) == manifest.files.map(\.sha256), "bit \(bit)")
        }
        #expect(accepted > 0, "a list's digest, for one, is covered by the manifest's digest alone")
    }

    @Test func everyFlipOfABinaryObjectIsRefusedOrAnother() throws {
        let footer = try Samples.footer()
        flips(footer.encoded()) { bytes, bit in
            guard let found = try? PackFooter(decoding: bytes, subject: "pack") else { return }
            #expect(found != footer && found.encoded() == bytes, "bit \(bit)")
            #expect(found.bodyEnd == footer.bodyEnd && found.rows.map(\.offset) == footer.rows.map(\.offset), "bit \(bit)")
        }
        let list = try Samples.list()
        flips(list.encoded()) { bytes, bit in
            guard let found = try? ListSegment(decoding: bytes, subject: "list") else { return }
            #expect(found != list && found.encoded() == bytes, "bit \(bit)")
        }
        flips(PackTrailer(footerByteCount: 136).encoded()) { bytes, bit in
            guard let found = try? PackTrailer(decoding: bytes, packSize: 1_000, subject: "pack") else { return }
            #expect(found.footerByteCount != 136 && found.encoded() == bytes, "bit \(bit)")
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64]) func damageOfAnyKindDoesNotTrap(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        let objects: [[UInt8]] = [
            try Samples.footer().encoded(), try Samples.list().encoded(), Samples.locator().encoded(), try Samples.manifest().encoded(),
            try Samples.entry().encodedEnvelope(sha256: TestDigest.sha256), try Samples.entry().encodedPayload(),
        ]
        for object in objects {
            for _ in 0..<400 {
                var bytes = object
                for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                    let at = Int.random(in: 0..<bytes.count, using: &generator)
                    switch Int.random(in: 0..<4, using: &generator) {
                    case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
                    case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...64, using: &generator)))
                    case 2: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 40)], at: at)
                    default: bytes = Array(bytes[..<at])
                    }
                }
                try decodeEverything(bytes)
            }
        }
    }

    /// Whatever is accepted must be written again as it was read.
    private func decodeEverything(_ bytes: [UInt8]) throws {
        let sha256 = TestDigest.sha256
        if let found = try? PackFooter(decoding: bytes, subject: "x") { #expect(found.encoded() == bytes) }
        if let found = try? ListSegment(decoding: bytes, subject: "x") { #expect(found.encoded() == bytes) }
        if let found = try? Locator(decoding: bytes, subject: "x") { #expect(found.encoded() == bytes) }
        if let found = try? Manifest(decoding: bytes, subject: "x", sha256: sha256) { #expect(found.encoded() == bytes) }
        if let found = try? RefEntry(decodingPayload: bytes, subject: "x") { #expect(found.encodedPayload() == bytes) }
        if let found = try? RefEnvelope(decoding: bytes, subject: "x", sha256: sha256) { #expect(found.encoded(sha256: sha256) == bytes) }
        if let found = try? RefIndex(decoding: bytes, subject: "x") { #expect(found.encoded() == bytes) }
        if let found = try? Catalog(decoding: bytes, subject: "x") { #expect(found.encoded() == bytes) }
        if let found = try? HaveQuery(decoding: bytes, subject: "x") { #expect(found.encoded() == bytes) }
        _ = try? StoreDescription(decoding: bytes, subject: "x")
        _ = try? PackTrailer(decoding: Array(bytes.suffix(16)), packSize: bytes.count, subject: "x")
    }
}
