import Testing
import WaybillCommands
import WaybillFormat

@Suite struct OutputTests {
    private let error = CommandError(.integrity, subject: "pack x", cause: "is damaged", remedy: "Pull again")

    @Test func anErrorIsOneObjectAndTwoLines() {
        let test = TestConsole()
        let output = Output(test.console, command: "pull", json: true, quiet: true, style: .none)
        #expect(output.fail(error) == 4)
        #expect(
            test.takeOutput()
                == #"{"command":"pull","error":{"cause":"is damaged","code":"integrity","remedy":"Pull again","subject":"pack x"},"ok":false,"schema":1}"#
                + "\n")
        #expect(test.takeErrors() == "waybill: pack x: is damaged\n  Pull again\n")
    }

    @Test func onlyTheFirstEndCounts() {
        let test = TestConsole()
        let output = Output(test.console, command: "pull", json: true, quiet: false, style: .none)
        #expect(output.interrupted(by: 15) == 143)
        #expect(output.finish(CommandResult(["a": 1])) == 130)
        let lines = test.takeOutput().split(separator: "\n")
        #expect(lines.count == 1)
        #expect(lines.first?.contains(#""code":"interrupted""#) == true)
    }

    @Test(arguments: [(Int32(2), Int32(130)), (15, 143)])
    func signalsHaveTheirCodes(signal: Int32, code: Int32) {
        let output = Output(TestConsole().console, command: "pull", json: false, quiet: false, style: .none)
        #expect(output.interrupted(by: signal) == code)
    }

    @Test(arguments: ErrorCode.allCases)
    func everyCodeExitsAsDocumented(code: ErrorCode) {
        let output = Output(TestConsole().console, command: "x", json: false, quiet: false, style: .none)
        #expect(output.fail(CommandError(code, subject: "s", cause: "c")) == code.exitCode)
    }

    @Test func quietLeavesSummariesOutAndKeepsAnswersAndErrors() {
        func run(_ result: CommandResult, quiet: Bool) -> (String, String) {
            let test = TestConsole()
            let output = Output(test.console, command: "x", json: false, quiet: quiet, style: .none)
            output.notice("notice")
            output.warning("mind")
            _ = output.finish(result)
            return (test.takeOutput(), test.takeErrors())
        }
        #expect(run(CommandResult([:], text: "done", isSummary: true), quiet: false) == ("done\n", "notice\nwaybill: warning: mind\n"))
        #expect(run(CommandResult([:], text: "done", isSummary: true), quiet: true) == ("", "waybill: warning: mind\n"))
        #expect(run(CommandResult([:], text: "answer"), quiet: true).0 == "answer\n")
        let failed = run(CommandResult([:], text: "3 of 4", isSummary: true, error: error), quiet: true)
        #expect(failed.0 == "3 of 4\n")
        #expect(failed.1.hasSuffix("waybill: pack x: is damaged\n  Pull again\n"))
    }

    @Test func findingsStandBesideTheError() throws {
        let test = TestConsole()
        let output = Output(test.console, command: "verify", json: true, quiet: false, style: .none)
        #expect(output.finish(CommandResult(["problems": .array(["x"])], error: error)) == 4)
        let value = try JSONValue(parsing: Array(test.takeOutput().utf8))
        #expect(value["problems"]?.elements == [.string("x")])
        #expect(value["ok"] == .bool(false))
    }

    @Test func aCommandThatGoesOnPrintsItsObjectOnce() {
        let test = TestConsole()
        let output = Output(test.console, command: "serve", json: true, quiet: false, style: .none)
        output.announce(["address": "http://x"], text: "x")
        output.announce(["address": "http://y"], text: "y")
        #expect(output.fail(CommandError(.storage, subject: "s", cause: "c")) == 8)
        #expect(test.takeOutput() == #"{"address":"http://x","command":"serve","ok":true,"schema":1}"# + "\n")
        #expect(test.takeErrors() == "waybill: s: c\n")
    }
}
