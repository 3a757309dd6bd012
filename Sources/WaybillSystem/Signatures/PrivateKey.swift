import COpenSSL
import WaybillFormat

/// What can sign: a key in a file, or a device that keeps it to itself.
public protocol Signer: Sendable {
    var publicKey: PublicKey { get }

    /// A signature in DER over `message`, with the hash of the key's curve. Blocks.
    func sign(_ message: [UInt8]) throws(SystemError) -> [UInt8]
}

/// A private key in memory.
public struct PrivateKey: Signer {
    public let publicKey: PublicKey
    /// Whether the file that it came from can be read by others than its owner: worth a warning.
    public let isExposed: Bool
    private let handle: KeyHandle

    /// Reads a PEM file (PKCS #8 or SEC 1, not encrypted).
    /// - Throws: `.integrity` if it holds no key of ours.
    public init(file path: String) throws(SystemError) {
        let file = try OwnedFile.open(path, .read)
        let text = try file.read(at: 0, count: PublicKey.maximumByteCount + 1)
        try self.init(pem: text, subject: path, isExposed: try file.status().permissions & 0o077 != 0)
    }

    /// - Throws: `.integrity` if the text holds no key on one of the three curves.
    public init(pem: [UInt8], subject: String = "private key", isExposed: Bool = false) throws(SystemError) {
        guard pem.count <= PublicKey.maximumByteCount, let handle = KeyHandle(privatePEM: pem) else {
            throw SystemError(
                .integrity, subject: subject, cause: "holds no private key in PEM that can be read without a passphrase",
                remedy: "'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256' makes one; for an encrypted key use --signer")
        }
        publicKey = try PublicKey(handle, subject: subject)
        self.handle = handle
        self.isExposed = isExposed
        // A file may state a public key that is not this private key's: nobody could verify what it signs.
        guard publicKey.verifies(try sign(Self.probe), of: Self.probe) else {
            throw SystemError(
                .integrity, subject: subject, cause: "holds a public key that does not belong to its private key",
                remedy: "Make the file again from the private key alone: 'openssl ec -in KEY -no_public', then 'openssl pkey'")
        }
    }

    private static let probe = Array("Waybill".utf8)

    public func sign(_ message: [UInt8]) throws(SystemError) -> [UInt8] {
        guard let signature = handle.sign(message, hash: publicKey.curve.names.hash) else {
            throw SystemError(.failure, subject: "private key", cause: "OpenSSL made no signature", remedy: "Check the key")
        }
        return signature
    }
}

extension PrivateKey {
    /// Makes a new key and writes it to a file that nobody else may read.
    /// - Throws: `.conflict` if something is there.
    public static func create(file path: String, curve: PublicKey.Curve = .p256) throws(SystemError) -> PrivateKey {
        guard let handle = KeyHandle(generating: curve.names.group), let pem = handle.privatePEM else {
            throw SystemError(.failure, subject: path, cause: "OpenSSL made no key on \(curve.rawValue)", remedy: "Check its installation")
        }
        let key = try PrivateKey(pem: pem, subject: path)
        let slash = path.lastIndex(of: "/")
        let folder = try Folder.open(slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        let temporary = try folder.writeTemporary(pem, mode: 0o600)
        let isNew = try folder.link(temporary, to: name, in: folder)
        try folder.remove(temporary)
        try folder.sync()
        guard isNew else {
            throw SystemError(.conflict, subject: path, cause: "is there already", remedy: "Choose another name for a new key")
        }
        return key
    }
}
