import Glibc

/// Feeds a started program and listens to it until it ends or must be ended; it is always waited for.
struct ChildExchange {
    enum Ending {
        /// With the status of `waitpid`.
        case ended(Int32)
        case late
        case talkative
        /// With an errno.
        case lost(Int32)
    }

    let child: pid_t
    let input: [UInt8]
    let maximumOutput: Int
    let seconds: Int
    private(set) var output: [UInt8] = []
    /// The beginning of what it printed as errors.
    private(set) var errors: [UInt8] = []
    private var written = 0

    private static let maximumErrors = 4_096

    init(child: pid_t, input: [UInt8], maximumOutput: Int, seconds: Int) {
        self.child = child
        self.input = input
        self.maximumOutput = maximumOutput
        self.seconds = seconds
    }

    mutating func run(_ pipes: ChildPipes) -> Ending {
        let deadline = Self.now() + seconds * 1_000
        // A program may end without reading: that must not end this process.
        let guardian = BrokenPipeGuard()
        defer { guardian.end() }
        var listening: Set<Int32> = [pipes.output.read, pipes.errors.read]
        var isFeeding = true
        while true {
            var status: Int32 = 0
            let ended = waitpid(child, &status, WNOHANG)
            let number = errno
            if ended < 0 && number != EINTR { return .lost(number) }
            if isFeeding { isFeeding = feed(pipes) }
            // Once it has ended, one more turn takes what is left: a child of its own may hold the pipes open for ever.
            for descriptor in listening where !listen(descriptor, isOutput: descriptor == pipes.output.read) {
                listening.remove(descriptor)
            }
            if output.count > maximumOutput { return end(ended == child, .talkative) }
            if ended == child { return .ended(status) }
            let left = deadline - Self.now()
            guard left > 0 else { return end(false, .late) }
            wait(pipes, listening, isFeeding, milliseconds: min(left, 20))
        }
    }

    /// Kills the program and waits for it, so that no zombie is left.
    private func end(_ hasEnded: Bool, _ ending: Ending) -> Ending {
        guard !hasEnded else { return ending }
        kill(child, SIGKILL)
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return ending
    }

    private func wait(_ pipes: ChildPipes, _ listening: Set<Int32>, _ isFeeding: Bool, milliseconds: Int) {
        var waits = listening.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        if isFeeding { waits.append(pollfd(fd: pipes.input.write, events: Int16(POLLOUT), revents: 0)) }
        _ = poll(&waits, nfds_t(waits.count), Int32(milliseconds))
    }

    /// Writes what the pipe takes; false when there is no more to write, and the pipe is closed.
    private mutating func feed(_ pipes: ChildPipes) -> Bool {
        while written < input.count {
            let count = input[written...].withUnsafeBytes { write(pipes.input.write, $0.baseAddress, min($0.count, 1 << 16)) }
            if count > 0 {
                written += count
            } else if count < 0, errno == EAGAIN {
                return true
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        pipes.close(pipes.input.write)
        return false
    }

    /// Reads what is there; false at the end.
    private mutating func listen(_ descriptor: Int32, isOutput: Bool) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while output.count <= maximumOutput {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                if isOutput { output += buffer[..<count] } else { errors += buffer[..<count].prefix(Self.maximumErrors - errors.count) }
            } else if count == 0 {
                return false
            } else if errno == EAGAIN {
                return true
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Milliseconds of a clock that nobody sets.
    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
}

/// Keeps SIGPIPE from this thread while it stands; one that came meanwhile is dropped.
private struct BrokenPipeGuard {
    private var pipe = sigset_t()
    private var before = sigset_t()
    private var wasPending = false

    init() {
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        var pending = sigset_t()
        sigpending(&pending)
        wasPending = sigismember(&pending, SIGPIPE) == 1
        pthread_sigmask(SIG_BLOCK, &pipe, &before)
    }

    func end() {
        var (pipe, before) = (pipe, before)
        if !wasPending {
            var none = timespec()
            while sigtimedwait(&pipe, nil, &none) < 0, errno == EINTR {}
        }
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}
