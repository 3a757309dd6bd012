import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

@Suite(.enabled(if: OpenSSL.isInstalled, "needs the program openssl"))
struct ExternalSignerTests {
    let folder = TemporaryFolder("signer")
    private let message = Array("what is signed".utf8)

    /// A program that signs with the key in the file `k`; `sign` and `publicKey` are what it does.
    private func program(
        publicKey: String = "exec openssl pkey -in $d/k -pubout", sign: String = "exec openssl dgst -sha256 -sign $d/k"
    ) throws -> String {
        try OpenSSL.makeKey("P-256", "k", in: folder)
        let path = try folder.write(
            "sign.sh", "#!/bin/sh\nd=\(folder.path)\ncase $1 in\npublic-key) \(publicKey);;\nsign) \(sign);;\nesac\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    @Test func signsAsTheKeyWould() throws {
        let signer = try ExternalSigner(command: program())
        #expect(try signer.publicKey == PrivateKey(file: folder.path("k")).publicKey)
        #expect(try signer.publicKey.verifies(signer.sign(message), of: message))
        // More than a pipe holds.
        let long = [UInt8](repeating: 7, count: 3 << 20)
        #expect(try signer.publicKey.verifies(signer.sign(long), of: long))
    }

    @Test func argumentsAreSeparatedBySpaces() throws {
        let path = try program()
        let wrapper = try folder.write(
            "wrap.sh", "#!/bin/sh\n[ \"$1\" = 'a;b' ] && [ \"$2\" = '$HOME' ] && [ $# = 3 ] && exec \(path) $3\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: wrapper)
        #expect(try ExternalSigner(command: "  \(wrapper)  a;b $HOME ").publicKey.curve == .p256)
        #expect(try ExternalSigner(command: "sh \(path)").publicKey.curve == .p256)
    }

    @Test func inheritsNothingButItsThree() throws {
        let held = open(folder.path, O_RDONLY)
        defer { close(held) }
        let signer = try ExternalSigner(
            command: program(sign: "ls /proc/self/fd | tr '\\n' ' ' >$d/fds; exec openssl dgst -sha256 -sign $d/k"))
        _ = try signer.sign(message)
        // The fourth is ls's own.
        #expect(try String(decoding: Files.read(folder.path("fds")), as: UTF8.self) == "0 1 2 3 ")
    }

    @Test func signatureOfAnotherKeyOrHashIsNoticed() throws {
        let other = "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | openssl dgst -sha256 -sign /dev/stdin $d/k"
        for sign in [other, "exec openssl dgst -sha384 -sign $d/k", "cat", "echo", "true", "openssl dgst -sha256 -sign $d/k; echo"] {
            let signer = try ExternalSigner(command: program(sign: sign))
            expectRefused(.failure, "is no signature by the key") { () throws(SystemError) in try signer.sign(message) }
        }
    }

    @Test func whatItSaysIsShownHarmlessly() throws {
        let signer = try ExternalSigner(command: program(sign: "printf 'no token\\033[2J\\n' >&2; exit 3"))
        expectRefused(.failure, "ended with 3, and said: no token\\u{1B}[2J") { () throws(SystemError) in try signer.sign(message) }
        let loud = try ExternalSigner(command: program(sign: "head -c 9999999 /dev/zero >&2; kill -9 $$"))
        expectRefused(.failure, "signal 9") { () throws(SystemError) in try loud.sign(message) }
        do { _ = try loud.sign(message) } catch { #expect(error.description.utf8.count < 16_384) }
    }

    @Test func failingIsNoSignatureEvenIfOneIsPrinted() throws {
        let signer = try ExternalSigner(command: program(sign: "openssl dgst -sha256 -sign $d/k; exit 1"))
        expectRefused(.failure, "ended with 1") { () throws(SystemError) in try signer.sign(message) }
    }

    @Test func answerIsBounded() throws {
        let path = try program(publicKey: "exec cat /dev/zero")
        expectRefused(.failure, "more than 65536 bytes") { () throws(SystemError) in try ExternalSigner(command: path) }
    }

    @Test func timeIsBoundedAndNoProcessIsLeft() throws {
        let path = try program(publicKey: "echo $$ >$d/pid; exec sleep 100")
        let began = Date()
        expectRefused(.failure, "was not done after 1 second") { () throws(SystemError) in try ExternalSigner(command: path, seconds: 1) }
        #expect(Date().timeIntervalSince(began) < 10)
        let pid = try #require(Int32(String(decoding: Files.read(folder.path("pid")), as: UTF8.self).dropLast()))
        #expect(kill(pid, 0) == -1 && errno == ESRCH)
    }

    @Test func programThatDoesNotReadDoesNotEndUs() throws {
        let signer = try ExternalSigner(command: program(sign: "exec <&-; exit 4"))
        expectRefused(.failure, "ended with 4") { () throws(SystemError) in try signer.sign([UInt8](repeating: 1, count: 4 << 20)) }
    }

    @Test func childOfItsOwnThatLivesOnIsNotWaitedFor() throws {
        let began = Date()
        let signer = try ExternalSigner(command: program(sign: "sleep 30 & exec openssl dgst -sha256 -sign $d/k"))
        #expect(try signer.publicKey.verifies(signer.sign(message), of: message))
        #expect(Date().timeIntervalSince(began) < 20)
    }

    @Test func commandThatIsNoneIsRefused() {
        expectRefused(.usage) { () throws(SystemError) in try ExternalSigner(command: "  ") }
        expectRefused(.failure, "cannot be run") { () throws(SystemError) in try ExternalSigner(command: "/absent/program") }
        expectRefused(.failure) { () throws(SystemError) in try ExternalSigner(command: "false") }
        expectRefused(.integrity) { () throws(SystemError) in try ExternalSigner(command: "true") }
    }
}
