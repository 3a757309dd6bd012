import Testing
import WaybillCommands
import WaybillFormat

@Suite struct MeasureTests {
    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1536, "1.5 KiB"), (1_048_575, "1.0 MiB"), (1 << 30, "1.0 GiB"),
        (20 << 30, "20.0 GiB"), (Int.max, "8192.0 PiB"),
    ])
    func bytes(count: Int, text: String) { #expect(Measure.bytes(count) == text) }

    @Test func times() {
        #expect(Measure.clock(7) == "0:07")
        #expect(Measure.clock(123) == "2:03")
        #expect(Measure.clock(3723) == "1:02:03")
        #expect(Measure.clock(.infinity) == "1000:00:00")
        #expect(Measure.duration(0.44) == "0.4 s")
        #expect(Measure.duration(123) == "2:03")
    }

    @Test func savedIsNeverFlattering() {
        #expect(Measure.savedPercent(stored: 668, of: 1000) == 33)
        #expect(Measure.savedPercent(stored: 1, of: 1000) == 99)
        #expect(Measure.savedPercent(stored: 0, of: 1000) == 100)
        #expect(Measure.savedPercent(stored: 1100, of: 1000) == 0)
        #expect(Measure.savedPercent(stored: 0, of: 0) == nil)
    }

    @Test func counts() {
        #expect(Measure.count(1, "file") == "1 file")
        #expect(Measure.count(1_234_567, "file") == "1,234,567 files")
        #expect(Measure.grouped(999) == "999")
        #expect(Measure.grouped(1000) == "1,000")
    }

    @Test(arguments: [
        ("256M", 256 << 20), ("1G", 1 << 30), ("512MiB", 512 << 20), ("64mb", 64 << 20), ("1048576", 1 << 20), ("2k", 2048),
        ("1T", 1 << 40),
        ("7B", 7),
    ])
    func sizes(text: String, bytes: Int) { #expect(ByteSize(argument: text)?.bytes == bytes) }

    @Test(arguments: ["", "M", "1.5G", "-1", "12X", "99999999T", "0", "1 G", "iB"])
    func noSizes(text: String) { #expect(ByteSize(argument: text) == nil) }

    @Test func sizesAreWrittenShortly() {
        #expect(ByteSize.text(256 << 20) == "256M")
        #expect(ByteSize.text(1 << 40) == "1T")
        #expect(ByteSize.text(1000) == "1000")
    }

    @Test func memoryIsShared() throws {
        let usual = try WorkShare(memory: 256 << 20, jobs: nil, processors: 2)
        #expect(usual == (try WorkShare(memory: 256 << 20, jobs: 2, processors: 64)))
        #expect(usual.threads == 2)
        for processors in [1, 2, 6, 64, 256] {
            for megabytes in [128, 256, 300, 1024, 65_536] {
                let share = try WorkShare(memory: megabytes << 20, jobs: nil, processors: processors)
                #expect(share.threads >= 1 && share.threads <= processors)
                #expect(share.buffers >= 16 << 20)
                #expect(WorkShare.base + share.threads * WorkShare.thread + share.buffers <= megabytes << 20)
            }
        }
    }

    @Test func tooLittleMemoryIsRefused() {
        #expect(throws: CommandError.self) { try WorkShare(memory: 127 << 20, jobs: nil, processors: 2) }
        #expect(throws: CommandError.self) { try WorkShare(memory: 256 << 20, jobs: 0, processors: 2) }
        #expect(throws: CommandError.self) { try WorkShare(memory: 256 << 20, jobs: .max, processors: 2) }
        let error = #expect(throws: CommandError.self) { try WorkShare(memory: 256 << 20, jobs: 7, processors: 2) }
        // The remedy works.
        #expect(error?.remedy.contains("294M") == true)
        #expect((try? WorkShare(memory: 294 << 20, jobs: 7, processors: 2)) != nil)
    }

    @Test(arguments: [
        ("127.0.0.1:8090", "127.0.0.1", 8090, true), ("0.0.0.0:80", "0.0.0.0", 80, false), ("[::1]:0", "::1", 0, true),
        ("localhost:1", "localhost", 1, true), ("[::]:9", "::", 9, false), ("models.example:65535", "models.example", 65_535, false),
    ])
    func listenAddresses(text: String, host: String, port: Int, loopback: Bool) throws {
        let address = try ListenAddress(text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.isLoopback == loopback)
    }

    @Test(arguments: [
        ("8090", "Write 127.0.0.1:8090"), ("http://127.0.0.1:8090", "Write 127.0.0.1:8090, without"), ("localhost", "Write localhost:8090"),
        ("h:99999", "A port is"), ("h:x", "A port is"), (":80", "Write 127.0.0.1:80"),
        ("::1:80", "An IPv6 address stands in brackets: [::1]:80"),
    ])
    func noListenAddresses(text: String, remedy: String) {
        let error = #expect(throws: CommandError.self) { try ListenAddress(text) }
        #expect(error?.code == .usage)
        #expect(error?.remedy.hasPrefix(remedy) == true, "\(error?.remedy ?? "")")
    }

    @Test func urlsOfListenAddresses() throws {
        #expect(try ListenAddress("[::1]:0").url(port: 81) == "http://[::1]:81")
        #expect(try ListenAddress("127.0.0.1:0").url(port: 81) == "http://127.0.0.1:81")
    }
}
