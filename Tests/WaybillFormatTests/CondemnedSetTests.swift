import Testing
import WaybillFormat

@Suite struct CondemnedSetTests {
    private func digests(_ count: Int, seed: UInt64) -> [Digest] {
        var generator = SeededGenerator(state: seed)
        return (0..<count).compactMap { _ in Digest((0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }) }
    }

    private var sample: CondemnedSet {
        CondemnedSet(
            madeAt: 1_700_000_000_000_000, manifests: digests(1, seed: 1), lists: digests(2, seed: 2), locators: digests(3, seed: 3),
            packs: digests(40, seed: 4))
    }

    @Test func roundTrip() throws {
        #expect(try CondemnedSet(decoding: sample.encoded(), subject: "set") == sample)
        let empty = CondemnedSet(madeAt: 0)
        #expect(try CondemnedSet(decoding: empty.encoded(), subject: "set") == empty)
        #expect(empty.encoded().count == 36)
        // Sorted, and each once.
        let mixed = CondemnedSet(madeAt: 1, packs: sample.packs.reversed() + sample.packs)
        #expect(mixed.packs == sample.packs.sorted())
    }

    @Test func everyFlippedBitIsFound() {
        let bytes = sample.encoded()
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1 << UInt8(index % 8)
            #expect(throws: FormatError.self) { try CondemnedSet(decoding: damaged, subject: "set") }
        }
    }

    @Test func everyCutIsFound() {
        let bytes = sample.encoded()
        for count in 0..<bytes.count {
            #expect(throws: FormatError.self) { try CondemnedSet(decoding: Array(bytes.prefix(count)), subject: "set") }
        }
        #expect(throws: FormatError.self) { try CondemnedSet(decoding: bytes + [0], subject: "set") }
    }

    @Test func intents() throws {
        let intent = WriterIntent(holder: .mirror, startedAt: 42)
        #expect(String(decoding: intent.encoded(), as: UTF8.self) == #"{"holder":"mirror","startedAt":42,"waybill":1}"#)
        #expect(try WriterIntent(decoding: intent.encoded(), subject: "intent") == intent)
        let newer = Array(#"{"holder":"process","more":[1],"startedAt":7}"#.utf8)
        #expect(try WriterIntent(decoding: newer, subject: "intent") == WriterIntent(holder: .process, startedAt: 7))
        for text in ["", "{}", #"{"holder":"nobody","startedAt":1}"#, #"{"holder":"mirror","startedAt":-1}"#, #"{"holder":"mirror"}"#] {
            #expect(throws: FormatError.self) { try WriterIntent(decoding: Array(text.utf8), subject: "intent") }
        }
    }

    @Test func waits() throws {
        let names = [PushName.random(), PushName.random()]
        let waits = CondemnedWaits(intents: names)
        #expect(try CondemnedWaits(decoding: waits.encoded(), subject: "waits").intents == names.sorted())
        #expect(
            CondemnedWaits(intents: Array(repeating: names[0], count: CondemnedWaits.maximumIntents)).encoded().count
                <= CondemnedWaits.maximumBytes)
        for text in ["{}", #"{"intents":["../../etc/passwd"]}"#, #"{"intents":"x"}"#] {
            #expect(throws: FormatError.self) { try CondemnedWaits(decoding: Array(text.utf8), subject: "waits") }
        }
    }

    @Test(arguments: [
        "", "0123456789abcdef0123456789abcde", "0123456789ABCDEF0123456789ABCDEF", "../456789abcdef0123456789abcdef01",
        "0123456789abcdef0123456789abcdef0",
    ])
    func noNames(text: String) { #expect(PushName(text) == nil) }
}
