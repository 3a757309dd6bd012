import Foundation
import Testing
import WaybillFormat
import WaybillPapers
import WaybillTestSupport

/// One word can turn a licence round. Every such text must be told from the licence, and should be said to resemble it.
@Suite struct NearMissTests {
    private func expectNearMiss(_ text: String, of id: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let reading = LicenseTexts.reading(text)
        #expect(!reading.isWhole, sourceLocation: sourceLocation)
        #expect(!reading.texts.contains { $0.licenseIDs.contains(id) }, sourceLocation: sourceLocation)
        #expect(reading.resemblances.contains { $0.licenseID == id }, "\(reading)", sourceLocation: sourceLocation)
    }

    private func replaced(_ text: String, _ old: String, _ new: String) throws -> String {
        let range = try #require(text.range(of: old))
        return text.replacingCharacters(in: range, with: new)
    }

    @Test func mit() throws {
        let mit = LicenseTexts.mit
        for (old, new) in [
            ("to use, copy", "to view, copy"), ("shall be included", "may be included"), ("without restriction, ", ""),
            ("IN NO EVENT", "IN ANY EVENT"),
            ("BUT NOT LIMITED", "BUT LIMITED"), ("publish, distribute, sublicense, ", ""), ("free of charge, ", ""),
            ("any person", "any natural person"),
            ("and to permit", "and not to permit"), ("HOLDERS BE LIABLE", "HOLDERS NOT BE LIABLE"),
            ("subject to the following conditions:", "subject to the following conditions: no military use,"),
        ] {
            expectNearMiss(try replaced(mit, old, new), of: "MIT")
        }
    }

    @Test func additions() throws {
        for clause in [
            "The Software shall not be used for commercial purposes.", "Use for training of models is prohibited.", "Do no evil.",
            "Non-commercial.",
            "You must pay.", "Good, not evil.",
        ] {
            for text in [LicenseTexts.mit + "\n" + clause, clause + "\n\n" + LicenseTexts.mit] {
                let reading = LicenseTexts.reading(text)
                #expect(!reading.isWhole, "\(clause)")
                #expect(reading.texts.map(\.licenseIDs) == [["MIT"]], "\(clause)")
                #expect(!reading.additions.isEmpty)
            }
            let inside = try replaced(LicenseTexts.mit, "\n\nTHE SOFTWARE", "\n\n\(clause)\n\nTHE SOFTWARE")
            #expect(!LicenseTexts.isWhole(inside, "MIT"))
            let inStatement = try replaced(LicenseTexts.mit, "Jane Doe", "Jane Doe. \(clause)")
            #expect(!LicenseTexts.isWhole(inStatement, "MIT"), "\(clause)")
        }
    }

    @Test func differenceIsShown() throws {
        let text = try replaced(LicenseTexts.mit, "IN NO EVENT", "IN SOME EVENT")
        let found = try #require(LicenseTexts.reading(text).resemblances.first)
        #expect(found.licenseID == "MIT")
        #expect((90...99).contains(found.percent))
        #expect((1...2).contains(found.missingRuns))
        #expect(found.differences.contains { $0.contains("SOME") })
        let hostile = try replaced(LicenseTexts.mit, "IN NO EVENT", "IN \u{1B}[2J\u{202E}NOT EVENT")
        #expect(LicenseTexts.reading(hostile).resemblances.flatMap(\.differences).contains { $0.contains("\\u{1B}[2J\\u{202E}NOT") })
    }

    @Test func apache() throws {
        let text = try LicenseTexts.file("LICENSE")
        for (old, new) in [
            ("You may reproduce", "You may not reproduce"), ("royalty-free, irrevocable", "royalty-free, revocable"),
            ("fifty percent (50%)", "ten percent (10%)"),
        ] {
            let changed = try replaced(text, old, new)
            #expect(changed != text)
            expectNearMiss(changed, of: "Apache-2.0")
        }
        let start = try #require(text.range(of: "7. Disclaimer of Warranty")?.lowerBound)
        let end = try #require(text.range(of: "8. Limitation of Liability")?.lowerBound)
        expectNearMiss(text.replacingCharacters(in: start..<end, with: ""), of: "Apache-2.0")
    }

    @Test(.enabled(if: LicenseTexts.hasConformance, "the conformance data is not here"))
    func llamas() throws {
        let keys = ["llama-3.1-license-2024", "llama-3.2-license-2024", "llama-3.3-license-2024"]
        for key in keys {
            let text = try LicenseTexts.published(key)
            let reading = LicenseTexts.reading(text)
            #expect(reading.texts.map(\.licenseIDs) == [[LicenseTexts.id(key)]])
            for (old, new) in [("700 million", "7 million"), ("700 million", "70 million"), ("Llama 3", "Llama 4")] {
                expectNearMiss(try replaced(text, old, new), of: LicenseTexts.id(key))
            }
        }
        // The next version's number in the previous version's text is neither.
        let mixed = try LicenseTexts.published(keys[1]).replacingOccurrences(of: "3.2", with: "3.3")
        #expect(LicenseTexts.reading(mixed).texts.isEmpty)
        #expect(!LicenseTexts.reading(mixed).resemblances.isEmpty)
    }

    /// A single word taken out, put in or changed, anywhere but in a statement of copyright.
    @Test(.enabled(if: LicenseTexts.hasConformance, "the conformance data is not here"))
    func singleWords() {
        var generator = SeededGenerator(seed: 11)
        for (key, text) in LicenseTexts.published {
            let id = LicenseTexts.id(key)
            let lines = text.split(separator: "\n").map(String.init)
            for _ in 0..<40 {
                // The first line is a title, which may be another.
                let row = Int.random(in: 1..<lines.count, using: &generator)
                guard !lines[row].lowercased().contains("copyright") else { continue }
                var words = TextShape.words(lines[row])
                guard words.count > 3 else { continue }
                let place = Int.random(in: 0..<words.count, using: &generator)
                // A number or a mark of a list alone is no word; what is behind the last word or before the first is no change of the text.
                guard words[place].count(where: \.isLetter) > 3 else { continue }
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: words.remove(at: place)
                case 1: words.insert("not", at: place)
                default: words[place] = "perhaps"
                }
                var changed = lines
                changed[row] = words.joined(separator: " ")
                let reading = LicenseTexts.reading(changed.joined(separator: "\n"))
                #expect(!(reading.isWhole && reading.texts.contains { $0.licenseIDs.contains(id) }), "\(key): \(changed[row])")
            }
        }
    }

    /// Every single "not", "may", "shall", "must", "no" and number of every text, taken out.
    @Test(.enabled(if: LicenseTexts.hasConformance, "the conformance data is not here"))
    func operativeWords() {
        for (key, text) in LicenseTexts.published {
            let words = TextShape.words(text)
            var tried = 0
            for (place, word) in words.enumerated() {
                guard ["not", "may", "shall", "must", "no", "NOT", "only"].contains(word) || Int(word) ?? 0 > 99 else { continue }
                guard !words[max(0, place - 4)...place].contains(where: { $0.lowercased() == "copyright" }) else { continue }
                tried += 1
                guard tried <= 25 else { break }
                let reading = LicenseTexts.reading((words[..<place] + words[(place + 1)...]).joined(separator: " "))
                #expect(!reading.texts.contains { $0.licenseIDs.contains(LicenseTexts.id(key)) }, "\(key): \(word) at \(place)")
            }
            #expect(tried > 0, "\(key)")
        }
    }

    @Test(.enabled(if: LicenseTexts.hasConformance, "the conformance data is not here"))
    func droppedClauses() {
        for (key, text) in LicenseTexts.published {
            let paragraphs = text.components(separatedBy: "\n\n").filter { $0.count > 60 }
            guard paragraphs.count > 4 else { continue }
            for index in stride(from: 1, to: paragraphs.count - 1, by: 3) where !paragraphs[index].lowercased().contains("copyright (c)") {
                let reading = LicenseTexts.reading(text.replacingOccurrences(of: paragraphs[index], with: ""))
                #expect(!reading.texts.contains { $0.licenseIDs.contains(LicenseTexts.id(key)) }, "\(key): \(paragraphs[index].prefix(60))")
            }
        }
    }

    @Test(
        .enabled(if: LicenseTexts.hasDebian, "Debian's licence texts are not here"),
        arguments: [
            ("GPL-3", "GPL-3.0-only"), ("MPL-2.0", "MPL-2.0"), ("CC0-1.0", "CC0-1.0"), ("BSD", "BSD-3-Clause"),
            ("LGPL-2.1", "LGPL-2.1-only"),
        ])
    func negations(_ name: String, _ id: String) throws {
        let words = TextShape.words(try LicenseTexts.debian(name))
        // Appendices, which are no part of the licence, stand at the end.
        let places = words.indices.filter {
            ["may", "not", "shall", "must", "NOT", "MAY"].contains(words[$0]) && $0 * 10 < words.count * 8
        }
        for place in places.prefix(60) {
            var changed = words
            if words[place].lowercased() == "not" { changed.remove(at: place) } else { changed.insert("not", at: place + 1) }
            let reading = LicenseTexts.reading(changed.joined(separator: " "))
            #expect(!reading.isWhole, "\(words[max(0, place - 5)..<place + 3])")
            // CC0's preamble is optional: without it the text is there, with additions.
            if name != "CC0-1.0" {
                #expect(!reading.texts.contains { $0.licenseIDs.contains(id) }, "\(words[max(0, place - 5)..<place + 3])")
            }
        }
    }
}
