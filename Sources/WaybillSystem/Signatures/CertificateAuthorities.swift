import WaybillFormat

/// Authorities that a person pins: those of one PEM file, and no others. What the system trusts counts for nothing.
public struct CertificateAuthorities: Sendable {
    let handles: [CertificateHandle]
    private let encoded: Set<[UInt8]>

    public static let maximumByteCount = 1 << 20
    public static let maximumCount = 256

    /// - Throws: `.integrity` if the text holds none, or one that cannot be read.
    public init(pem: [UInt8], subject: String) throws(SystemError) {
        guard pem.count <= Self.maximumByteCount, let handles = CertificateHandle.all(pem: pem, limit: Self.maximumCount), !handles.isEmpty
        else {
            throw SystemError(
                .integrity, subject: subject, cause: "holds no certificates in PEM that can all be read (at most \(Self.maximumCount))",
                remedy: "Name the file of the authority's certificate, which begins with -----BEGIN CERTIFICATE-----")
        }
        self.handles = handles
        encoded = Set(handles.compactMap(\.der))
    }

    /// Reads a file of certificates in PEM.
    public init(file path: String) throws(SystemError) {
        let bytes = try OwnedFile.open(path, .read).read(at: 0, count: Self.maximumByteCount + 1)
        try self.init(pem: bytes, subject: path)
    }

    func contains(_ der: [UInt8]) -> Bool { encoded.contains(der) }
}
