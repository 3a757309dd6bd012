import CLinux
import Glibc

/// What the process asks the machine.
public enum Host {
    /// Nanoseconds of a clock that never jumps; for durations.
    public static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// The same clock in seconds.
    public static func monotonicSeconds() -> Double { Double(monotonicNanoseconds()) / 1e9 }

    /// Seconds since 1970 by the wall clock.
    public static func unixSeconds() -> Int { Int(Glibc.time(nil)) }

    /// Nanoseconds since 1970 by the wall clock.
    public static func unixNanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time.tv_sec &* 1_000_000_000 &+ time.tv_nsec
    }

    /// `YYYY-MM-DDThh:mm:ssZ`, the form of ref entries.
    public static func timestamp(_ seconds: Int = unixSeconds()) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        func padded(_ value: Int32, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return
            "\(padded(parts.tm_year + 1900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))T\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2))Z"
    }

    /// The identity of this boot: page cache written before it may be lost. Empty if the kernel does not tell.
    public static func bootID() -> String {
        guard let file = try? OwnedFile.open("/proc/sys/kernel/random/boot_id", .read),
            let bytes = try? file.readPrefix(64)
        else { return "" }
        return String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self)
    }

    /// A variable of the environment; nil if unset or empty.
    public static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }

    /// Whether a descriptor (1 standard output, 2 standard error) is a terminal.
    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// Columns of the terminal at `descriptor`, 80 where it does not tell.
    public static func terminalColumns(_ descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes all of `text` to a descriptor; errors (a closed pipe) are not reported.
    public static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 { bytes = bytes.dropFirst(written) } else if Glibc.errno != EINTR { return }
        }
    }

    /// Reads one line (without its end) of at most `maximum` bytes from standard input; hides what is typed at a terminal.
    public static func readSecretLine(maximum: Int = 4096) -> String? {
        var saved = termios()
        let terminal = isatty(0) == 1 && tcgetattr(0, &saved) == 0
        if terminal {
            var silent = saved
            silent.c_lflag &= ~UInt32(ECHO)
            tcsetattr(0, TCSANOW, &silent)
        }
        defer { if terminal { tcsetattr(0, TCSANOW, &saved) } }
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < maximum {
            let got = Glibc.read(0, &byte, 1)
            if got < 0, Glibc.errno == EINTR { continue }
            if got != 1 || byte == 10 { break }
            bytes.append(byte)
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// Ends the process at once, without running anything else.
    public static func exit(_ code: Int32) -> Never { Glibc._exit(code) }

    /// Without this, writing to a closed pipe or socket would end the process.
    public static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Raises the soft limit of open files to the hard one.
    public static func raiseFileLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Calls `handler` once with SIGINT or SIGTERM, on a thread of its own. Call before other threads start.
    public static func onInterrupt(_ handler: @escaping @Sendable (Int32) -> Void) {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        ThreadStart.launch { [set] in
            var set = set
            var number: Int32 = 0
            while sigwait(&set, &number) != 0 {}
            handler(number)
        }
    }

    /// glibc keeps one arena a thread; two bound what short-lived buffers leave behind.
    public static func boundAllocatorArenas() {
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_TRIM_THRESHOLD, 16 << 20)
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
    }
}
