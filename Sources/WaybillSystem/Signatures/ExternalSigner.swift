import WaybillFormat

/// A key that a program keeps: a hardware token's, or a cloud's key service.
///
/// The program is run as `COMMAND public-key`, which prints the PEM of the public key, and as `COMMAND sign`, which reads the bytes to be
/// signed on standard input and prints a signature in DER.
public struct ExternalSigner: Signer {
    public let publicKey: PublicKey
    private let words: [String]
    private let seconds: Int

    private static let maximumAnswer = 64 << 10

    /// Asks the program for its public key. Blocks.
    /// - Parameters:
    ///   - command: a program, by path or looked up in PATH, and its arguments, separated by spaces; there is no quoting.
    ///   - seconds: for each answer; then it is killed.
    /// - Throws: `.usage` for an empty command, `.failure` if the program fails, `.integrity` if it names no key of ours.
    public init(command: String, seconds: Int = 60) throws(SystemError) {
        let words = command.split(separator: " ").map(String.init)
        guard let program = words.first, !command.utf8.contains(0) else {
            throw SystemError(.usage, subject: "--signer", cause: "names no program", remedy: "Name a program and its arguments")
        }
        self.words = words
        self.seconds = seconds
        let answer = try ChildProcess.run(words + ["public-key"], input: [], seconds: seconds, maximumOutput: Self.maximumAnswer)
        publicKey = try PublicKey(pem: answer, subject: StrangerText.neutralised(program, atMost: 256))
    }

    /// The program's signature, verified with the key that it named, so that a wrong device is noticed at once.
    public func sign(_ message: [UInt8]) throws(SystemError) -> [UInt8] {
        let signature = try ChildProcess.run(words + ["sign"], input: message, seconds: seconds, maximumOutput: Self.maximumAnswer)
        guard publicKey.verifies(signature, of: message) else {
            throw SystemError(
                .failure, subject: StrangerText.neutralised(words[0], atMost: 256),
                cause: "what it printed is no signature by the key that it named, in DER over \(publicKey.curve.rawValue)'s hash",
                remedy: "Check that 'sign' uses the key of 'public-key', hashes the bytes itself, and prints nothing else")
        }
        return signature
    }
}
