import Foundation
import Testing
import WaybillFormat
import WaybillPapers

/// Texts of a megabyte that were made to take long, or to pass for what they are not.
@Suite struct LicenseTextCostTests {
    private static let size = LicenseTextReading.maximumByteCount

    private func read(_ unit: String) -> (reading: LicenseTextReading, time: Duration) {
        let bytes = Array(String(repeating: unit, count: Self.size / unit.utf8.count).utf8)
        let clock = ContinuousClock()
        let start = clock.now
        let reading = LicenseTextReading(of: bytes)
        return (reading, clock.now - start)
    }

    @Test(
        arguments: [
            "a ", "x", "(", "a.", "(a) ", "1.1.1.", "\n", "# ", "&", "<", "<a ", "](", "](a", "`", "```a", "copyright ", "all rights ",
            "\u{301}", "é",
            "版", "$", "- [ ](a) ", "Permission is hereby granted, free of charge, to any person obtaining a copy of ",
            "Redistribution and use in source and binary forms ",
            "Redistribution and use in source and binary forms, with or without modification, are permitted provided that the following conditions are met ",
            "Copyright (c) 2020 A. Permission to use, copy, modify, and distribute this software ",
            "the copyright holder of the work shall be ", "<p a=b c=d ",
        ])
    func repeated(_ unit: String) {
        let (reading, time) = read(unit)
        #expect(reading.texts.isEmpty)
        #expect(time < .seconds(10), "\(time)")
    }

    @Test func repeatedLicences() {
        let (reading, time) = read(LicenseTexts.mit)
        #expect(reading.texts.count == Self.size / LicenseTexts.mit.utf8.count)
        #expect(reading.texts.allSatisfy { $0.licenseIDs == ["MIT"] })
        #expect(time < .seconds(10), "\(time)")
        let half = String(LicenseTexts.mit.prefix(LicenseTexts.mit.count / 2))
        let (cut, cutTime) = read(half)
        #expect(cut.texts.isEmpty)
        #expect(cutTime < .seconds(10), "\(cutTime)")
    }

    @Test(.enabled(if: LicenseTexts.hasConformance, "the conformance data is not here"))
    func everyTextAtOnce() {
        let all = LicenseTexts.published.map(\.text).joined(separator: "\n\n")
        let reading = LicenseTexts.reading(all)
        #expect(reading.texts.count == 25)
        #expect(reading.isWhole)
    }

    /// Twice the text, about twice the time.
    @Test func linear() throws {
        let text = try LicenseTexts.file("LICENSE")
        func time(_ count: Int) -> Duration {
            let bytes = Array(String(repeating: text, count: count).utf8)
            let clock = ContinuousClock()
            return (0..<3).map { _ in
                let start = clock.now
                _ = LicenseTextReading(of: bytes)
                return clock.now - start
            }.min() ?? .zero
        }
        _ = time(1)
        let (few, many) = (time(10), time(80))
        #expect(many < few * 40, "\(few) \(many)")
    }

    @Test func bytesAtRandom() {
        var state: UInt64 = 5
        for _ in 0..<200 {
            var bytes: [UInt8] = Array(LicenseTexts.mit.utf8)
            for _ in 0..<20 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            let first = LicenseTextReading(of: bytes)
            #expect(first == LicenseTextReading(of: bytes))
            #expect(first.additions.allSatisfy { text in !text.unicodeScalars.contains { $0.value < 0x20 } })
        }
        #expect(LicenseTextReading(of: []).wordCount == 0)
    }
}
