import Testing
import WaybillCommands
import WaybillFormat
import WaybillTransfer

@Suite struct ProgressTests {
    private func progress(_ phase: TransferProgress.Phase = .transferring, done: Int = 512 << 20, total: Int = 1 << 30) -> TransferProgress
    {
        var progress = TransferProgress()
        progress.phase = phase
        progress.filesTotal = 12
        progress.filesDone = 3
        progress.bytesTotal = total
        progress.bytesDone = done
        progress.bytesTransferred = done / 3 * 2
        return progress
    }

    @Test func theBarSaysWhatIsLeft() {
        let line = ProgressLine.bar(progress(), rate: Double(64 << 20), columns: 120)
        #expect(
            line == "transferring  50 % [###############...............]  512.0 MiB of 1.0 GiB  64.0 MiB/s  0:08 left  33 % saved",
            "\(line)")
    }

    @Test(arguments: [20, 40, 60, 79, 80, 81, 100, 200])
    func theBarFitsTheTerminal(columns: Int) {
        for done in [0, 1, 1 << 20, 1 << 30] {
            #expect(ProgressLine.bar(progress(done: done), rate: 1e9, columns: columns).count < columns)
        }
    }

    @Test func hundredPercentOnlyAtTheEnd() {
        #expect(ProgressLine.plain(progress(done: (1 << 30) - 1), rate: nil).contains(" 99 %"))
        #expect(ProgressLine.plain(progress(done: 1 << 30), rate: nil).contains("100 %"))
        // More than was announced is no crash and no 101.
        #expect(ProgressLine.plain(progress(done: 1 << 31), rate: 1).contains("100 %"))
    }

    @Test func phasesWithoutBytesCountFiles() {
        #expect(ProgressLine.plain(progress(.planning, done: 0, total: 0), rate: nil) == "planning: 3 of 12 files")
        #expect(ProgressLine.bar(progress(.switching, done: 0, total: 0), rate: nil, columns: 80) == "switching    3 of 12 files")
    }

    @Test func jsonHasEveryCount() throws {
        let line = ProgressLine.json(progress(), command: "pull", seconds: 2)
        guard case .object(let members) = try JSONValue(parsing: Array(line.utf8)) else {
            Issue.record("no object")
            return
        }
        #expect(
            Set(members.keys) == [
                "bytesDone", "bytesReused", "bytesTotal", "bytesTransferred", "command", "event", "filesDone", "filesTotal", "phase",
                "schema",
                "seconds",
            ])
        #expect(members["phase"]?.text == "transferring")
        #expect(members["bytesDone"]?.number == 512 << 20)
    }

    @Test func ratesFollowThePace() {
        var rate = RateEstimator()
        rate.add(bytes: 0, at: 0)
        #expect(rate.bytesPerSecond == nil)
        rate.add(bytes: 100, at: 1)
        #expect(rate.bytesPerSecond == 100)
        for second in 2...20 { rate.add(bytes: 100, at: Double(second)) }
        // A stall shows within the window.
        #expect(rate.bytesPerSecond == 0)
        rate.add(bytes: 50, at: 21)
        #expect(rate.bytesPerSecond == nil)
    }

    @Test func theBarIsDrawnTenTimesASecondAndCleared() {
        let test = TestConsole(columns: 100)
        let stream = StatusStream(test.console, style: .bar, command: "pull")
        for step in 0..<100 {
            stream.update(progress(done: step << 20))
            test.advance(seconds: 0.01)
        }
        let drawn = test.takeErrors()
        #expect((9...11).contains(drawn.split(separator: "\r").count))
        stream.message("hello", level: "notice")
        #expect(test.takeErrors() == "\r\u{1b}[Khello\n")
        test.advance(seconds: 1)
        stream.update(progress(done: 1 << 30))
        stream.close()
        #expect(test.takeErrors().hasSuffix("\r\u{1b}[K"))
        stream.update(progress())
        #expect(test.takeErrors().isEmpty)
    }

    @Test func plainLinesAreRare() {
        let test = TestConsole()
        let stream = StatusStream(test.console, style: .plain, command: "push")
        for step in 0..<200 {
            stream.update(progress(step < 100 ? .reading : .transferring, done: step << 20))
            test.advance(seconds: 0.1)
        }
        let lines = test.takeErrors().split(separator: "\n")
        // 20 seconds: at 2, 7, 12 and 17.
        #expect(lines.count == 4)
        #expect(lines.first?.hasPrefix("push: reading: ") == true)
        #expect(!lines.joined().contains("\u{1b}"))
    }

    @Test func jsonLinesEndEveryPhase() throws {
        let test = TestConsole()
        let stream = StatusStream(test.console, style: .json, command: "pull")
        for phase in [TransferProgress.Phase.planning, .transferring, .verifying] {
            for step in 0...10 {
                stream.update(progress(phase, done: step))
                test.advance(seconds: 0.01)
            }
        }
        stream.message("careful", level: "warning")
        stream.close()
        let lines = try test.takeErrors().split(separator: "\n").map { line in
            let text = line.replacing(#/"seconds":[0-9.]+/#, with: "\"seconds\":0")
            return try JSONValue(parsing: Array(text.utf8))
        }
        for phase in ["planning", "transferring", "verifying"] {
            let ends = lines.filter { $0["phase"]?.text == phase }
            #expect(ends.count == 2)
            #expect(ends.last?["bytesDone"]?.number == 10)
        }
        let message = lines.first { $0["event"]?.text == "message" }
        #expect(message?["text"]?.text == "careful")
        #expect(message?["level"]?.text == "warning")
    }
}
