import Foundation
import Testing
import WaybillFormat
import WaybillPapers

/// Protocol/vectors/disclosure; Tests/Python/test_disclosure_schema.py holds the JSON Schema against the same cases.
@Suite struct DisclosureVectorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let file: String
        let isValid: Bool
        let line: Int?
        let problem: String

        var testDescription: String { name }
    }

    private static let folder = Repository.url("Protocol/vectors/disclosure")

    static let cases: [Case] = {
        guard let data = try? Data(contentsOf: folder.appending(path: "index.json")), let index = try? JSONValue(parsing: [UInt8](data))
        else {
            return []
        }
        return index["cases"]?.elements?.compactMap { item in
            guard let name = item["case"]?.text, let file = item["file"]?.text, case .bool(let isValid)? = item["valid"] else { return nil }
            return Case(name: name, file: file, isValid: isValid, line: item["line"]?.number, problem: item["problem"]?.text ?? "")
        } ?? []
    }()

    private static func bytes(_ file: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: file))) }

    @Test func everyFileIsACase() throws {
        var files: Set<String> = []
        for folder in ["valid", "invalid"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: folder).path)
            files.formUnion(names.map { "\(folder)/\($0)" })
        }
        #expect(files == Set(Self.cases.map(\.file)))
        #expect(Self.cases.count > 100)
    }

    @Test(arguments: cases.filter(\.isValid)) func accepted(_ vector: Case) throws {
        let (disclosure, problems) = Disclosure.read(try Self.bytes(vector.file))
        #expect(problems == [])
        #expect(disclosure != nil)
    }

    @Test(arguments: cases.filter { !$0.isValid }) func refused(_ vector: Case) throws {
        let (disclosure, problems) = Disclosure.read(try Self.bytes(vector.file))
        #expect(disclosure == nil)
        let first = try #require(problems.first)
        #expect(first.severity == .error)
        #expect(first.line == vector.line)
        let text = first.place.isEmpty ? first.problem : "\(first.place) \(first.problem)"
        #expect(text.contains(vector.problem))
    }
}
