import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport
import WaybillTrust

/// Seeded: whatever is done to a bundle, it ends in the honest list or in an error that helps.
@Suite struct SignatureMutationTests {
    @Test(arguments: 0..<8) func mutatedBundleSaysWhatWasSignedOrNothing(seed: Int) throws {
        let fixture = try SigningFixture()
        let honest = try fixture.bundle(fixture.statement()).canonical
        var numbers = SeededGenerator(seed: UInt64(seed))
        var accepted = 0
        for round in 0..<400 {
            let bytes = mutated(honest, &numbers)
            do throws(TrustError) {
                let model = try ModelSignature.verify(bytes, subject: "s", files: fixture.files, with: fixture.trust)
                #expect(model.files == fixture.files && model.signer.publicKey == fixture.key.publicKey)
                accepted += 1
            } catch {
                #expect([.integrity, .policy].contains(error.code) && !error.remedy.isEmpty, "seed \(seed), round \(round): \(error)")
            }
        }
        #expect(accepted < 200)
    }

    /// The holder of the key signs something odd: read as a list of distinct, safe names that is the files, or refused.
    @Test(arguments: 0..<8) func mutatedStatementThatIsRightlySigned(seed: Int) throws {
        let fixture = try SigningFixture()
        let honest = try fixture.statement(ignoring: [".git", ".gitignore"]).canonical
        var numbers = SeededGenerator(seed: UInt64(seed) + 1_000)
        for round in 0..<200 {
            let bundle = try fixture.bundle(mutated(honest, &numbers))
            do throws(TrustError) {
                let model = try ModelSignature.verify(bundle.canonical, subject: "s", files: fixture.files, with: fixture.trust)
                #expect(Set(model.files) == Set(fixture.files), "seed \(seed), round \(round)")
            } catch {
                #expect([.integrity, .policy].contains(error.code) && !error.remedy.isEmpty, "seed \(seed), round \(round): \(error)")
            }
        }
    }

    private func mutated(_ bytes: [UInt8], _ numbers: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0...Int.random(in: 0..<2, using: &numbers) {
            let index = Int.random(in: bytes.indices, using: &numbers)
            switch Int.random(in: 0..<5, using: &numbers) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(bytes.randomElement(using: &numbers) ?? 0, at: index)
            case 3: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1..<40, using: &numbers)))
            default:
                let from = Int.random(in: bytes.indices, using: &numbers)
                bytes.insert(contentsOf: bytes[from..<min(bytes.count, from + Int.random(in: 1..<80, using: &numbers))], at: index)
            }
            if bytes.isEmpty { return [0] }
        }
        return bytes
    }
}
