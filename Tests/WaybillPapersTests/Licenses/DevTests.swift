import Foundation
import Testing
import WaybillSystem

import WaybillPapers

@Suite struct DevTests {
    @Test func all() throws {
        let clock = ContinuousClock()
        var t = clock.now
        #expect(LicenseTextTable.templates.count == LicenseTextTable.lines.count)
        print("templates", LicenseTextTable.templates.count, clock.now - t); t = clock.now
        let recognizer = TextRecognizer.current
        print("recognizer", clock.now - t); t = clock.now
        let comparison = TextComparison.current
        print("comparison", clock.now - t); t = clock.now
        for folder in (ProcessInfo.processInfo.environment["DEV"] ?? "/work/shared/conformance/licenses").split(separator: ":").map(String.init) {
            var hits = 0, total = 0
            for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
                let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
                let words = LicenseWords(bytes: bytes)
                let found = recognizer.matches(in: words)
                total += 1
                let ids = found.flatMap { recognizer.templates[$0.template].licenseIDs }
                let want = name.replacingOccurrences(of: ".txt", with: "")
                if ids.contains(where: { $0.hasSuffix(want) || want.hasPrefix($0) }) { hits += 1; continue }
                let r = comparison.resemblance(words, in: 0..<words.count)
                print("MISS", want, words.count, ids, r.map { "~\($0.percent) \(recognizer.templates[$0.template].licenseIDs) missing \($0.missing) \($0.differing.prefix(4).map { String(words.written($0).prefix(200)) })" } ?? "nothing")
            }
            print(folder, hits, "of", total)
        }
        print("scan", clock.now - t)
    }
}
