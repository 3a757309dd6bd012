import CLinux
import Glibc
import WaybillFormat

/// A program that is given bytes and answers with bytes.
enum ChildProcess {
    /// Runs a program without a shell: it inherits the environment and no descriptor but pipes to its three.
    /// - Parameters:
    ///   - words: the program, looked up in PATH unless it has a slash, and its arguments.
    ///   - seconds: after that it is killed.
    ///   - maximumOutput: bytes that it may print; one more and it is killed.
    /// - Returns: what it printed, if it ended with 0.
    static func run(_ words: [String], input: [UInt8], seconds: Int, maximumOutput: Int) throws(SystemError) -> [UInt8] {
        let subject = StrangerText.neutralised(words.first ?? "", atMost: 256)
        let pipes = try ChildPipes(subject: subject)
        let child = try spawn(words, pipes, subject: subject)
        pipes.closeTheirs()
        var exchange = ChildExchange(child: child, input: input, maximumOutput: maximumOutput, seconds: seconds)
        let ending = exchange.run(pipes)
        if case .ended(let status) = ending, status == 0 { return exchange.output }
        let cause =
            switch ending {
            case .ended(let status): status & 0x7F == 0 ? "ended with \(status >> 8 & 0xFF)" : "was ended by signal \(status & 0x7F)"
            case .late: "was not done after \(seconds) seconds"
            case .talkative: "printed more than \(maximumOutput) bytes"
            case .lost(let number): "could not be waited for: \(String(cString: strerror(number)))"
            }
        let said = StrangerText.neutralised(
            String(decoding: exchange.errors, as: UTF8.self).replacing("\n", with: " "), atMost: 1_024)
        throw SystemError(
            .failure, subject: subject, cause: cause + (said.isEmpty ? "" : ", and said: \(said)"),
            remedy: "Run '\(words.map { StrangerText.neutralised($0, atMost: 64) }.joined(separator: " "))' by hand to see why")
    }

    private static func spawn(_ words: [String], _ pipes: ChildPipes, subject: String) throws(SystemError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (target, source) in [pipes.input.read, pipes.output.write, pipes.errors.write].enumerated() {
            posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let number = posix_spawnp(&child, words.first ?? "", &actions, &attributes, &arguments, inherited_environment())
        guard number == 0 else {
            throw SystemError(
                .failure, subject: subject, cause: "cannot be run: \(String(cString: strerror(number)))",
                remedy: "Check that the program exists and may be executed")
        }
        return child
    }
}
