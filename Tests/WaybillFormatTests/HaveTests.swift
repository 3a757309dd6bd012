import Testing
import WaybillFormat

@Suite struct HaveTests {
    @Test func queriesSurvive() throws {
        let query = HaveQuery(chunks: [try chunk("a", 1), try chunk("b", Limits.chunk)])
        let bytes = query.encoded()
        #expect(bytes == digest("a").bytes + [1, 0, 0, 0] + digest("b").bytes + [0, 0, 0x40, 0])
        #expect(try HaveQuery(decoding: bytes, subject: "have") == query)
        #expect(try HaveQuery(decoding: [], subject: "have").chunks.isEmpty)
        let most = HaveQuery(chunks: [ChunkName](repeating: query.chunks[0], count: 8_192))
        #expect(try HaveQuery(decoding: most.encoded(), subject: "have") == most)
    }

    @Test func badQueriesAreRefused() throws {
        let bytes = HaveQuery(chunks: [try chunk("a", 1), try chunk("b", 2)]).encoded()
        func decode(_ bytes: [UInt8]) throws -> HaveQuery { try HaveQuery(decoding: bytes, subject: "have") }
        for count in [1, 35, 37, 71] { expectRefusal("whole records") { try decode(Array(bytes[..<count])) } }
        expectRefusal("record 1: a chunk of 0") { try decode(bytes.with32(0, at: 68)) }
        expectRefusal("record 0: a chunk of 4194305") { try decode(bytes.with32(4_194_305, at: 32)) }
        expectRefusal("more than 8192") { try decode([UInt8](repeating: 1, count: 36 * 8_193)) }
    }

    @Test func answersSurvive() throws {
        let held = [true, false, true, true, false, false, false, false, false, true]
        let bytes = HaveAnswer(held: held).encoded()
        #expect(bytes == [0b0000_1101, 0b0000_0010])
        #expect(try HaveAnswer(decoding: bytes, count: 10, subject: "have").held == held)
        #expect(HaveAnswer(held: []).encoded() == [])
        #expect(try HaveAnswer(decoding: [], count: 0, subject: "have").held == [])
        #expect(try HaveAnswer(decoding: [0xFF], count: 8, subject: "have").held == [Bool](repeating: true, count: 8))
    }

    @Test func badAnswersAreRefused() {
        func decode(_ bytes: [UInt8], _ count: Int) throws -> HaveAnswer { try HaveAnswer(decoding: bytes, count: count, subject: "have") }
        expectRefusal("answer a question about 8") { try decode([], 8) }
        expectRefusal("answer a question about 8") { try decode([0, 0], 8) }
        expectRefusal("answer a question about 9") { try decode([0], 9) }
        expectRefusal("behind the last") { try decode([0, 0b100], 10) }
        expectRefusal("behind the last") { try decode([0x80], 1) }
    }
}
