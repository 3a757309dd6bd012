import Foundation
import Testing
import WaybillFormat
import WaybillPapers

@Suite struct LicenseTextReadingTests {
    /// As published, and in every shape.
    @Test(.enabled(if: LicenseTexts.hasConformance, "the conformance data is not here"), arguments: TextShape.allCases)
    func publishedTexts(_ shape: TextShape) {
        #expect(LicenseTexts.published.count == 25)
        for (key, text) in LicenseTexts.published {
            #expect(LicenseTexts.isWhole(text, LicenseTexts.id(key)), "\(key)")
            let reading = LicenseTexts.reading(shape.apply(text))
            #expect(reading.texts.map(\.licenseIDs) == [[LicenseTexts.id(key)]], "\(key) \(reading.resemblances)")
            #expect(reading.isWhole, "\(key): \(reading.additions)")
        }
    }

    @Test(.enabled(if: LicenseTexts.hasConformance, "the conformance data is not here"))
    func metadataOfCatalogues() throws {
        for (key, _) in LicenseTexts.published {
            #expect(LicenseTexts.isWhole(try LicenseTexts.withMetadata(key), LicenseTexts.id(key)), "\(key)")
        }
    }

    @Test(arguments: TextShape.allCases)
    func commonTexts(_ shape: TextShape) throws {
        #expect(LicenseTexts.isWhole(shape.apply(LicenseTexts.mit), "MIT"))
        #expect(LicenseTexts.isWhole(shape.apply(try LicenseTexts.file("LICENSE")), "Apache-2.0"))
    }

    @Test(
        .enabled(if: LicenseTexts.hasDebian, "Debian's licence texts are not here"),
        arguments: [
            ("Apache-2.0", "Apache-2.0"), ("BSD", "BSD-3-Clause"), ("CC0-1.0", "CC0-1.0"), ("GPL-2", "GPL-2.0-only"),
            ("GPL-3", "GPL-3.0-or-later"), ("LGPL-2.1", "LGPL-2.1-only"), ("LGPL-3", "LGPL-3.0-only"), ("MPL-2.0", "MPL-2.0"),
            ("GFDL-1.3", "GFDL-1.3-only"), ("Artistic", "Artistic-1.0-Perl"),
        ])
    func debianTexts(_ name: String, _ id: String) throws {
        let text = try LicenseTexts.debian(name)
        for shape in [TextShape.narrow, .oneLine, .comments, .quotes, .fenced] {
            let reading = LicenseTexts.reading(shape.apply(text))
            #expect(reading.isWhole && reading.texts.first?.licenseIDs.contains(id) == true, "\(shape) \(reading)")
        }
    }

    /// What a publisher fills in or leaves out.
    @Test func apacheWithoutAppendix() throws {
        let text = try LicenseTexts.file("LICENSE")
        let end = try #require(text.range(of: "END OF TERMS AND CONDITIONS"))
        #expect(LicenseTexts.isWhole(String(text[..<end.upperBound]), "Apache-2.0"))
        #expect(LicenseTexts.isWhole(String(text[..<end.lowerBound]), "Apache-2.0"))
        #expect(
            LicenseTexts.isWhole(text.replacingOccurrences(of: "[yyyy] [name of copyright owner]", with: "2024 Acme, Inc."), "Apache-2.0"))
    }

    @Test(
        arguments: [
            "Copyright 2020 The Example Authors", "(c) 2019-2024 Acme Research GmbH & Co. KG <legal@acme.example>. All rights reserved.",
            "Copyright \u{A9} 2020, 2021 A\nCopyright (C) 2022 B\nPortions Copyright 2023 C", "",
        ])
    func holders(_ statement: String) {
        let text = LicenseTexts.mit.replacingOccurrences(of: "Copyright (c) 2024 Jane Doe", with: statement)
        #expect(LicenseTexts.isWhole(text, "MIT"))
        #expect(LicenseTexts.isWhole(text.replacingOccurrences(of: "MIT License", with: "The MIT License (MIT)"), "MIT"))
        #expect(LicenseTexts.isWhole(text.replacingOccurrences(of: "AUTHORS OR COPYRIGHT HOLDERS", with: "ACME CORPORATION"), "MIT"))
    }

    @Test func spellings() {
        let text = LicenseTexts.mit.replacingOccurrences(of: "MIT License", with: "MIT Licence")
            .replacingOccurrences(of: "sublicense", with: "sublicence").replacingOccurrences(
                of: "COPYRIGHT HOLDERS", with: "COPYRIGHT OWNERS")
        #expect(LicenseTexts.isWhole(text, "MIT"))
    }

    @Test func otherEncodings() {
        let mit = LicenseTexts.mit.replacingOccurrences(of: "\"", with: "\u{201C}")
        let units = Array(mit.utf16)
        let little: [UInt8] = [0xFF, 0xFE] + units.flatMap { unit -> [UInt8] in [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        let big: [UInt8] = [0xFE, 0xFF] + units.flatMap { unit -> [UInt8] in [UInt8(unit >> 8), UInt8(unit & 0xFF)] }
        let latin: [UInt8] = LicenseTexts.mit.utf8.map { $0 == UInt8(ascii: "\"") ? 0x93 : $0 }
        for bytes in [little, big, latin] {
            let reading = LicenseTextReading(of: bytes)
            #expect(reading.isWhole && reading.texts.map(\.licenseIDs) == [["MIT"]])
        }
    }

    @Test func places() {
        let text = "# Model\n\nWords about it.\n\n## Code licence\n\n" + LicenseTexts.mit + "\n## Citation\n\nPlease cite us.\n"
        let reading = LicenseTexts.reading(text)
        #expect(reading.texts.map(\.licenseIDs) == [["MIT"]])
        #expect(reading.texts.first?.firstLine == 7)
        #expect(reading.texts.first?.lastLine == 27)
        #expect(reading.texts.first?.heading == "Code licence")
        #expect(!reading.isWhole)
        #expect(reading.additions.first == "Model Words about it. ## Code")
    }

    @Test func twoTexts() throws {
        let both = try LicenseTexts.file("LICENSE") + "\n\n=========\n\n" + LicenseTexts.mit
        let reading = LicenseTexts.reading(both)
        #expect(reading.texts.map(\.licenseIDs) == [["Apache-2.0"], ["MIT"]])
        #expect(reading.isWhole)
        #expect(!LicenseTexts.reading(both + "\nNot for use in production.").isWhole)
    }

    @Test func linksOfMarkdown() throws {
        let text = try LicenseTexts.file("LICENSE").replacingOccurrences(
            of: "\"Licensor\" shall mean", with: "\"[Licensor](https://example.com/licensor?a=b)\" shall mean")
        #expect(LicenseTexts.isWhole(text, "Apache-2.0"))
        #expect(!LicenseTexts.isWhole(text.replacingOccurrences(of: "[Licensor]", with: "[no Licensor]"), "Apache-2.0"))
    }

    @Test func metadataThatBinds() {
        #expect(LicenseTexts.isWhole("---\nlicense: mit\ntags:\n- a\n---\n" + LicenseTexts.mit, "MIT"))
        let reading = LicenseTexts.reading("---\nlicense: mit\nrestriction: no commercial use\n---\n" + LicenseTexts.mit)
        #expect(reading.texts.count == 1)
        #expect(!reading.isWhole)
    }

    /// Texts about other things: of this repository, and prose with a licence's vocabulary.
    @Test func unrelatedTexts() throws {
        var texts = try [
            "Protocol/CHUNKING.md", "Protocol/CLI.md", "Protocol/DECISIONS.md", "Protocol/FRAME.md", "Protocol/GUARANTEES.md",
            "Protocol/HTTP.md", "Protocol/MANIFEST.md", "Protocol/REFS.md", "Protocol/STORE.md", "CHANGELOG.md", "README.md",
        ].map(LicenseTexts.file)
        texts.append(RealModels.miniLM)
        texts.append(
            String(
                repeating: """
                    The tenant shall not sublet the flat without the prior written consent of the landlord. The landlord may enter only
                    after notice. This agreement is governed by the laws of the State, and neither party shall be liable for any indirect,
                    incidental or consequential damages arising out of the use of the common rooms.\n
                    """, count: 20))
        for text in texts {
            let reading = LicenseTexts.reading(text)
            #expect(reading.texts.isEmpty, "\(text.prefix(40))")
            #expect(reading.resemblances.isEmpty, "\(text.prefix(40)) \(reading.resemblances)")
        }
    }

    /// Common phrases of licences make no resemblance.
    @Test func fragments() throws {
        let words = TextShape.words(try LicenseTexts.file("LICENSE"))
        for start in stride(from: 0, to: words.count - 400, by: 200) {
            let reading = LicenseTexts.reading(words[start..<start + 400].joined(separator: " "))
            #expect(reading.texts.isEmpty && reading.resemblances.isEmpty, "\(start) \(reading.resemblances)")
        }
    }
}
