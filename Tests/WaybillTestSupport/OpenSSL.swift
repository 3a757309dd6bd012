import Foundation

/// The program `openssl`: what makes keys and certificates for tests, and the second opinion on ours.
public enum OpenSSL {
    public static let isInstalled = Tool.find("openssl") != nil

    /// What it printed. Arguments name files in `folder`.
    @discardableResult
    public static func run(_ arguments: [String], in folder: TemporaryFolder) throws -> String {
        let result = try Tool.run(Tool.find("openssl") ?? "/usr/bin/openssl", arguments, in: folder.path)
        guard result.status == 0 else { throw OpenSSLFailure(arguments: arguments, errors: result.errors) }
        return result.output
    }

    /// A new private key on a curve (`P-256`), as PEM in the file `name`.
    /// - Parameter options: such as `ec_param_enc:explicit`.
    @discardableResult
    public static func makeKey(_ curve: String, _ name: String, in folder: TemporaryFolder, options: [String] = []) throws -> [UInt8] {
        let wanted = (["ec_paramgen_curve:\(curve)"] + options).flatMap { ["-pkeyopt", $0] }
        try run(["genpkey", "-algorithm", "EC"] + wanted + ["-out", name], in: folder)
        return try Files.read(folder.path(name))
    }

    /// The public key of the file `name`, as PEM.
    public static func publicPEM(_ name: String, in folder: TemporaryFolder, options: [String] = []) throws -> [UInt8] {
        Array(try run(["pkey", "-in", name, "-pubout"] + options, in: folder).utf8)
    }

    /// The public key of the file `name`, as DER.
    public static func publicDER(_ name: String, in folder: TemporaryFolder, options: [String] = []) throws -> [UInt8] {
        try run(["pkey", "-in", name, "-pubout", "-outform", "DER", "-out", "\(name).der"] + options, in: folder)
        return try Files.read(folder.path("\(name).der"))
    }

    /// A certificate in the file `name.crt` for the key in the file `name`, self-signed or by `issuer`.
    /// - Parameter extensions: lines of OpenSSL's configuration, such as `keyUsage=critical,digitalSignature`.
    @discardableResult
    public static func certify(
        _ name: String, by issuer: String? = nil, extensions: [String], subject: String? = nil, options: [String] = ["-days", "1000"],
        in folder: TemporaryFolder
    ) throws -> [UInt8] {
        try run(["req", "-new", "-utf8", "-key", name, "-subj", subject ?? "/CN=\(name)", "-out", "\(name).csr"], in: folder)
        try folder.write("\(name).ext", (["[e]"] + extensions).joined(separator: "\n") + "\n")
        let signing = issuer.map { ["-CA", "\($0).crt", "-CAkey", $0, "-CAcreateserial"] } ?? ["-signkey", name]
        let files = ["-in", "\(name).csr", "-extfile", "\(name).ext", "-extensions", "e", "-out", "\(name).crt"]
        try run(["x509", "-req"] + files + signing + options, in: folder)
        return try Files.read(folder.path("\(name).crt"))
    }

    public static let authority = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"]
    public static let signing = ["keyUsage=critical,digitalSignature"]
}

public struct OpenSSLFailure: Error, CustomStringConvertible {
    let arguments: [String]
    let errors: String

    public var description: String { "openssl \(arguments.joined(separator: " ")): \(errors)" }
}
