import COpenSSL
import WaybillFormat

/// OpenSSL's SHA-256, one context, reused.
public struct SHA256: ~Copyable {
    private let context: OpaquePointer

    /// One fetch for the process: `EVP_sha256()` would look the algorithm up under locks on every use.
    private nonisolated(unsafe) static let algorithm: OpaquePointer = {
        guard let algorithm = EVP_MD_fetch(nil, "SHA256", nil) else {
            // Only an installation of OpenSSL without its default provider comes here.
            preconditionFailure("OpenSSL offers no SHA-256: check its installation and openssl.cnf")
        }
        return algorithm
    }()

    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex2(context, Self.algorithm, nil) == 1 else {
            preconditionFailure("OpenSSL could not allocate a hash context: out of memory")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    public mutating func update(_ bytes: Span<UInt8>) {
        bytes.withUnsafeBytes { buffer in update(buffer) }
    }

    /// Hashes `range` of the slab's filled bytes.
    public mutating func update(_ slab: Slab, range: Range<Int>) {
        slab.withSpan(range) { span in update(span) }
    }

    mutating func update(_ buffer: UnsafeRawBufferPointer) {
        _ = EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
    }

    /// The digest of all updates since the last `finish`; the context begins anew.
    public mutating func finish() -> Digest {
        let digest = withUnsafeTemporaryAllocation(byteCount: Digest.byteCount, alignment: 8) { output in
            _ = EVP_DigestFinal_ex(context, output.baseAddress, nil)
            return Digest(UnsafeBufferPointer(output.bindMemory(to: UInt8.self)).span, at: 0)
        }
        _ = EVP_DigestInit_ex2(context, Self.algorithm, nil)
        return digest
    }

    /// The digest of `bytes`.
    public static func digest(_ bytes: Span<UInt8>) -> Digest {
        var hasher = SHA256()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The digest of `bytes`; the form that WaybillFormat asks for.
    @Sendable
    public static func digest(of bytes: [UInt8]) -> Digest { digest(bytes.span) }
}
