import Foundation
import Testing
import WaybillFormat
import WaybillPapers

/// Model files of the Model Openness Tool, and what it finds of them.
@Suite(.enabled(if: Repository.conformance("mof") != nil, "shared/conformance/mof is not beside the repository"))
struct MOFConformanceTests {
    struct Expected: Sendable, CustomTestStringConvertible {
        let name: String
        let components: Int
        let reached: Int
        let progress: [Double]

        var testDescription: String { "\(name) (\(components) components)" }
    }

    private static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: try #require(Repository.conformance("mof/\(name)"))))
    }

    /// The file is JSON but for commas before closing brackets.
    static let expected: [Expected] = {
        struct Results: Decodable {
            struct Model: Decodable {
                struct Release: Decodable {
                    struct Component: Decodable { let name: String }
                    let name: String
                    let components: [Component]
                }
                struct Classification: Decodable {
                    let `class`: Int
                    let progress: [String: Double]
                }
                let release: Release
                let classification: Classification
            }
            let models: [Model]
        }
        guard let bytes = try? bytes("expected_results.json"),
            let results = try? JSONDecoder().decode(
                Results.self, from: Data(String(decoding: bytes, as: UTF8.self).replacing(#/,(\s*[\]}])/#) { $0.output.1 }.utf8))
        else { return [] }
        return results.models.map { model in
            Expected(
                name: model.release.name, components: model.release.components.count, reached: model.classification.class,
                progress: ["3", "2", "1"].map { model.classification.progress[$0] ?? -1 })
        }
    }()

    /// MOT's own format, read by the strict reader: what stands there is no input of ours.
    private static func release(_ bytes: [UInt8]) throws -> (name: String, release: MOFRelease) {
        let release = try #require(try StrictYAML.parse(bytes).get()?["release"])
        let licenses = release["license"]
        func global(_ key: String) -> String? { licenses?[key]?["name"]?.text }
        let items = try (release["components"]?.elements ?? []).map { item in
            let name = try #require(item["name"]?.text)
            return MOFRelease.Item(try #require(MOFComponent(rawValue: name)), license: item["license"]?.text)
        }
        let types = MOFComponent.ContentType.allCases.compactMap { type in global(type.rawValue).map { (type, $0) } }
        return (
            try #require(release["name"]?.text),
            MOFRelease(items: items, licenses: Dictionary(uniqueKeysWithValues: types), distribution: global("distribution"))
        )
    }

    @Test func allAreThere() throws {
        let folder = try #require(Repository.conformance("mof"))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains("_C1_") }
        #expect(files.count == 27)
        #expect(Self.expected.count == 27)
        var compared = 0
        for file in files {
            let (name, release) = try Self.release(try Self.bytes(file))
            let expected = try #require(
                Self.expected.first { $0.name == name && $0.components == release.items.count }
                    ?? Self.expected.first { file.hasPrefix($0.name) && $0.components == release.items.count })
            let mof = release.evaluated()
            #expect(mof.reached.rawValue == expected.reached, "\(file)")
            for (wanted, progress) in zip(MOFClass.ascending, expected.progress) {
                #expect(abs(mof.progress(towards: wanted).percent - progress) < 1e-9, "\(file), \(wanted.name)")
            }
            compared += 1
        }
        #expect(compared == 27)
    }

    /// The names of MOT's list of components and their types.
    @Test func components() throws {
        let list = try #require(try StrictYAML.parse(try Self.bytes("mof-components.yml")).get()?["components"]?.elements)
        #expect(Set(list.compactMap { $0["name"]?.text }) == Set(MOFComponent.allCases.map(\.rawValue)))
        for item in list {
            let component = try #require(item["name"]?.text.flatMap(MOFComponent.init(rawValue:)))
            #expect(item["content_type"]?.text == component.contentType.rawValue, "\(component)")
            let required = item["required"]?.text == "true"
            let owner = MOFClass.ascending.first { $0.required(hasResearchPaper: false).contains(component) }
            #expect(required == (owner != nil), "\(component)")
            if required { #expect(item["class"]?.text == owner.map { String($0.rawValue) }, "\(component)") }
        }
    }
}
