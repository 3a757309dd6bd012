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

    @Test("what changed against the revision that a directory holds can be explained before it is pulled")
    func before() throws {
        try model("m", template: "{{ messages }}", license: "cc-by-nc-4.0")
        try Waybill.makeStore(folder.path("store"))
        let address = "file://\(folder.path("store"))/acme/m"
        #expect(try Waybill.run(["push", folder.path("m"), address]).status == 0)
        #expect(try Waybill.run(["pull", address, folder.path("held")]).status == 0)
        try model("m", template: "{{ messages }}", license: "mit")
        #expect(try Waybill.run(["push", folder.path("m"), address]).status == 0)
        let policy = try folder.write(
            "policy.yaml",
            """
            waybillPolicy: 1
            name: house
            rules:
              - {id: looser, effect: deny, when: {change.licenseLoosened: 'true'}, reason: ask first}
              - {id: all, effect: allow, reason: everything else}
            """)
        func explain(_ more: String...) throws -> (status: Int32, text: String) {
            let result = try Waybill.run(["policy", "explain", address, "--policy", policy] + more)
            return (result.status, result.output)
        }
        #expect(try explain().status == 0)
        let loosened = try explain("--before", folder.path("held"))
        #expect(loosened.status == 5 && loosened.text.contains("change.licenseLoosened = true"), "\(loosened)")
        // It holds what it is compared with.
        #expect(try explain("--before", folder.path("m")).status == 0)
        // Edited, it tells nothing; unknown is refused.
        try folder.write("held/README.md", "---\nlicense: mit\n---\n")
        let edited = try explain("--before", folder.path("held"))
        #expect(edited.status == 5 && edited.text.contains("were edited"), "\(edited)")
        #expect(try explain("--before", folder.path("store")).status == 3)
    }
}
