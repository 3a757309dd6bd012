import Testing
import WaybillFormat

@Suite struct RangeTests {
    @Test func requests() throws {
        var kinds: Set<String> = []
        for item in try vectorCases("ranges/request.json") {
            let name = Comment(rawValue: try #require(item["name"]?.text))
            let size = try #require(item["size"]?.number)
            let kind = try #require(item["result"]?.text)
            let expected: ByteRangeRequest
            switch kind {
            case "whole": expected = .whole
            case "unsatisfiable": expected = .unsatisfiable
            default: expected = .partial(try #require(item["first"]?.number)..<(try #require(item["last"]?.number)) + 1)
            }
            kinds.insert(kind)
            #expect(ByteRange.parse(header: item["header"]?.text, size: size) == expected, name)
        }
        #expect(kinds == ["whole", "partial", "unsatisfiable"])
    }

    @Test func contentRanges() throws {
        var valid = 0
        for item in try vectorCases("ranges/content-range.json") {
            let name = Comment(rawValue: try #require(item["name"]?.text))
            let header = try #require(item["header"]?.text)
            guard item["valid"] == .bool(true) else {
                #expect(ContentRange(header: header) == nil, name)
                continue
            }
            valid += 1
            let range = try #require(ContentRange(header: header), name)
            #expect(range.start == item["start"]?.number, name)
            #expect(range.end == item["end"]?.number, name)
            #expect(range.total == item["total"]?.number, name)
            #expect(ContentRange(header: range.header) == range, name)
        }
        #expect(valid > 0)
    }

    @Test func bothSidesAgree() throws {
        for range in [0..<1, 5..<10, 0..<10] {
            #expect(ByteRange.parse(header: ByteRange.header(for: range), size: 10) == .partial(range))
            let answer = try #require(ContentRange(header: ContentRange(range, size: 10).header))
            #expect(answer.range == range)
            #expect(answer.total == 10)
        }
        #expect(ContentRange.unsatisfied(size: 10) == "bytes */10")
    }

    @Test func partsNeverLeaveTheObject() {
        var generator = SeededGenerator(state: 206)
        let pieces = ["bytes=", "-", "0", "9", "100", "9223372036854775807", "18446744073709551616", ",", " ", "x"]
        for _ in 0..<20_000 {
            let text =
                "bytes="
                + (0..<Int.random(in: 0..<5, using: &generator)).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }
                .joined()
            let size = [0, 1, 10, Int.max][Int.random(in: 0..<4, using: &generator)]
            guard case .partial(let range) = ByteRange.parse(header: text, size: size) else { continue }
            #expect(!range.isEmpty && range.lowerBound >= 0 && range.upperBound <= size, "\(text) of \(size)")
        }
    }
}
