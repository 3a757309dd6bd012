import Testing
import WaybillCommands
import WaybillFormat
import WaybillTestSupport

/// Which policies hold, without a network.
@Suite struct PolicyCommandTests {
    private func makeModel(_ console: TestConsole, license: String) async throws -> String {
        let folder = console.folder
        _ = try ModelMaker.write(folder, "model", megabytes: 1, seed: 3)
        try folder.write("model/README.md", "---\nlicense: \(license)\n---\n# A model\n")
        #expect(await console.run("store", "init", folder.path("store")).code == 0)
        #expect(await console.run("push", folder.path("model"), "file:\(folder.path("store"))/acme/tiny").code == 0)
        return "file:\(folder.path("store"))/acme/tiny"
    }

    @Test("the machine's policy holds whatever the command line says, and one that cannot be read lets nothing in")
    func system() async throws {
        let console = TestConsole(systemPolicy: true)
        let address = try await makeModel(console, license: "cc-by-nc-4.0")
        let open = try console.folder.write("open.yaml", "waybillPolicy: 1\nname: open\ndefault: allow\n")
        try console.folder.write(
            "system.yaml",
            "waybillPolicy: 1\nname: machine\nrules:\n  - {id: nc, effect: deny, when: {terms.commercialUse: prohibited}, reason: no}\n")
        let explained = await console.run("policy", "explain", address, "--policy", open)
        #expect(explained.code == 5 && explained.output.contains("refused by policy machine, rule nc"), "\(explained)")
        try console.folder.write("system.yaml", "waybillPolicy: 1\nname: machine\nrulse: []\n")
        let broken = await console.run("pull", address, console.folder.path("out"), "--policy", open)
        #expect(broken.code == 5 && broken.errors.contains("nothing is let in"), "\(broken)")
    }

    @Test("a policy in the settings folder holds where none is named")
    func configured() async throws {
        let console = TestConsole()
        let address = try await makeModel(console, license: "cc-by-nc-4.0")
        #expect(await console.run("policy", "explain", address).code == 2)
        try console.folder.write("config/waybill/policy.yaml", "waybillPolicy: 1\nname: mine\n")
        let mine = await console.run("policy", "explain", address)
        #expect(mine.code == 5 && mine.output.contains("policy mine"), "\(mine)")
        // Without a place for the record nothing is decided.
        let pull = await console.run("pull", address, console.folder.path("out"))
        #expect(pull.code == 2 && pull.errors.contains("audit record"), "\(pull)")
    }
}
