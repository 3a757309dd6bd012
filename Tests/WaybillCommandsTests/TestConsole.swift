import Synchronization
import WaybillCommands
import WaybillFormat
import WaybillTestSupport

/// A process of its own for a test: words are collected, the clock stands until it is moved.
final class TestConsole: Sendable {
    struct Ran {
        let code: Int32
        let output: String
        let errors: String

        /// The object of `--json`.
        func object() throws -> [String: JSONValue] {
            // Fractions are no part of our documents.
            let text = output.replacing(#/"(seconds|saved)":[0-9.]+/#) { "\"\($0.output.1)\":0" }
            guard case .object(let members) = try JSONValue(parsing: Array(text.utf8), maximumDepth: 32) else { return [:] }
            return members
        }
    }

    let folder = TemporaryFolder("waybill-commands")
    private let output = Mutex("")
    private let errors = Mutex("")
    private let clock = Mutex<UInt64>(0)
    private let environment: [String: String]
    private let columns: Int?
    private let secret: String?
    /// Whether `system.yaml` of the folder is the machine's policy; otherwise it has none.
    private let systemPolicy: Bool

    init(environment: [String: String] = [:], columns: Int? = nil, secret: String? = nil, systemPolicy: Bool = false) {
        self.systemPolicy = systemPolicy
        self.environment = environment
        self.columns = columns
        self.secret = secret
    }

    var console: Console {
        let columns = columns
        let secret = secret
        var variables = ["XDG_CONFIG_HOME": folder.path("config")]
        variables.merge(environment) { _, new in new }
        var console = Console(
            environment: { [variables] in variables[$0] }, currentDirectory: folder.path,
            write: { [self] text in output.withLock { $0 += text } }, writeError: { [self] text in errors.withLock { $0 += text } },
            errorColumns: { columns }, readSecret: { secret }, isInputTerminal: false, now: { [self] in clock.withLock { $0 } })
        console.helpColumns = 80
        console.systemPolicy = folder.path(systemPolicy ? "system.yaml" : "none.yaml")
        return console
    }

    func advance(seconds: Double) { clock.withLock { $0 += UInt64(seconds * 1e9) } }

    /// What was written to standard error since the last call.
    func takeErrors() -> String {
        errors.withLock { text in
            defer { text = "" }
            return text
        }
    }

    func takeOutput() -> String {
        output.withLock { text in
            defer { text = "" }
            return text
        }
    }

    /// Runs a command line.
    func run(_ arguments: String...) async -> Ran { await run(arguments) }

    func run(_ arguments: [String]) async -> Ran {
        let code = await CommandLineTool(arguments, console: console).run()
        return Ran(code: code, output: takeOutput(), errors: takeErrors())
    }
}
