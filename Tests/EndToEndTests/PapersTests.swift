import Foundation
import Testing
import WaybillFormat
import WaybillTestSupport

/// Papers and policies beside another model or revision.
@Suite("Papers beside those of another revision")
struct PapersTests {
    private let folder = TemporaryFolder("papers")

    private func model(_ name: String, template: String, license: String = "mit") throws {
        _ = try ModelMaker.write(folder, name, megabytes: 2)
        try folder.write("\(name)/README.md", "---\nlicense: \(license)\n---\n# A model\n")
        try folder.write("\(name)/tokenizer_config.json", "{\"chat_template\": \"\(template)\"}")
    }

    private func run(_ arguments: String...) throws -> (result: ToolResult, json: JSONValue) {
        let result = try Waybill.run(arguments + ["--json"], environment: ["XDG_STATE_HOME": folder.path("state")])
        return (result, try #require(try? JSONValue(parsing: Array(result.output.utf8), maximumDepth: 32), "\(result.shown)"))
    }

    @Test("chat templates are compared with the base model's, in a directory and at an address, and by diff")
    func templates() throws {
        try model("base", template: "{{ messages }}")
        try model("same", template: "{{ messages }}")
        try model("tuned", template: "{{ messages }} be rude")
        try Waybill.makeStore(folder.path("store"))
        let address = "file://\(folder.path("store"))/acme/base"
        #expect(try Waybill.run(["push", folder.path("base"), address]).status == 0)
        for base in [folder.path("base"), address] {
            let same = try run("papers", "show", folder.path("same"), "--base", base)
            #expect(same.result.status == 0 && same.json["templates"]?["comparison"]?.text == "same", "\(same.result.shown)")
            let tuned = try run("papers", "show", folder.path("tuned"), "--base", base, "--scan")
            #expect(tuned.json["templates"]?["comparison"]?.text == "differs")
            #expect(tuned.json["templates"]?["names"]?.elements?.map(\.text) == ["default"])
            #expect(tuned.json["base"]?.text == base)
        }
        #expect(try run("papers", "show", folder.path("same")).json["templates"] == nil)
        let shown = try Waybill.run(["papers", "show", folder.path("tuned"), "--base", address])
        #expect(shown.output.contains("Chat templates") && shown.output.contains("differ: default"), "\(shown.shown)")
        #expect(try run("diff", address, folder.path("tuned")).json["templates"]?["comparison"]?.text == "differs")
        #expect(try run("diff", address, folder.path("same")).json["templates"]?["comparison"]?.text == "same")
        #expect(try Waybill.run(["diff", address, folder.path("tuned")]).output.contains("chat templates differ: default"))
        #expect(try run("papers", "show", folder.path("same"), "--base", folder.path("nowhere")).result.status == 3)
    }
}
