import Foundation
import Testing
import WaybillFormat
import WaybillSystem

@Suite struct HostTests {
    @Test(
        "timestamps have the form of ref entries",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
        ])
    func timestamp(seconds: Int, text: String) {
        #expect(Host.timestamp(seconds) == text)
        #expect(Timestamp.secondsSince1970(text) != nil)
    }

    @Test("the clock for durations does not go back")
    func monotonic() {
        var last = Host.monotonicNanoseconds()
        for _ in 0..<1_000 {
            let now = Host.monotonicNanoseconds()
            #expect(now >= last)
            last = now
        }
    }

    @Test("the boot has one identity")
    func boot() {
        #expect(Host.bootID() == Host.bootID())
        #expect(Host.bootID().utf8.count == 36)
    }

    @Test("system errors have codes that say who can help")
    func errors() {
        let expected: [(Int32, ErrorCode)] = [
            (ENOENT, .notFound), (ENOTDIR, .notFound), (EACCES, .storage), (ENOSPC, .storage), (ELOOP, .conflict), (EMFILE, .storage),
            (EIO, .storage),
        ]
        for (number, code) in expected {
            let error = SystemError(errno: number, "open", subject: "x")
            #expect(error.code == code)
            #expect(error.errno == number)
            #expect(error.cause.hasPrefix("open: "))
            #expect(!error.remedy.isEmpty)
        }
    }
}
