import COpenSSL

/// An `EVP_PKEY`, which is never changed once it is made, so that threads may share it.
final class KeyHandle: @unchecked Sendable {
    private let key: OpaquePointer

    private init?(_ key: OpaquePointer?) {
        // What OpenSSL says of input that is no key is of no use to anybody later.
        ERR_clear_error()
        guard let key else { return nil }
        self.key = key
    }

    deinit { EVP_PKEY_free(key) }

    /// Of a DER SubjectPublicKeyInfo and nothing behind it.
    convenience init?(publicKeyInfo der: [UInt8]) {
        let key = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            guard let key = d2i_PUBKEY(nil, &cursor, buffer.count) else { return nil }
            guard cursor == buffer.baseAddress.map({ $0 + buffer.count }) else {
                EVP_PKEY_free(key)
                return nil
            }
            return key
        }
        self.init(key)
    }

    convenience init?(publicPEM text: [UInt8]) {
        self.init(Self.reading(text) { PEM_read_bio_PUBKEY($0, nil, nil, nil) })
    }

    convenience init?(privatePEM text: [UInt8]) {
        // Without a callback of ours OpenSSL would ask for a passphrase at the terminal.
        self.init(Self.reading(text) { PEM_read_bio_PrivateKey($0, nil, { _, _, _, _ in -1 }, nil) })
    }

    /// A new key on a curve of that name.
    convenience init?(generating group: String) {
        guard let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_group_name(context, group) == 1, EVP_PKEY_generate(context, &key) == 1
        else { return nil }
        self.init(key)
    }

    /// PKCS #8, not encrypted.
    var privatePEM: [UInt8]? {
        guard let bio = BIO_new(BIO_s_mem()) else { return nil }
        defer {
            BIO_free(bio)
            ERR_clear_error()
        }
        guard PEM_write_bio_PKCS8PrivateKey(bio, key, nil, nil, 0, nil, nil) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = BIO_read(bio, &bytes, Int32(bytes.count))
        return count > 0 ? Array(bytes[..<Int(count)]) : nil
    }

    private static func reading(_ text: [UInt8], _ read: (OpaquePointer) -> OpaquePointer?) -> OpaquePointer? {
        text.withUnsafeBytes { buffer in
            guard let bio = BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count)) else { return nil }
            defer { BIO_free(bio) }
            return read(bio)
        }
    }

    /// OpenSSL's name of the curve; nil if this is no EC key, or one with a curve of its own making.
    var group: String? {
        guard EVP_PKEY_is_a(key, "EC") == 1 else { return nil }
        var isExplicit: Int32 = 0
        if EVP_PKEY_get_int_param(key, "decoded-from-explicit", &isExplicit) == 1, isExplicit != 0 { return nil }
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1, count < name.count else { return nil }
        return String(decoding: name[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The DER SubjectPublicKeyInfo.
    var publicKeyInfo: [UInt8]? {
        var output: UnsafeMutablePointer<UInt8>?
        let count = i2d_PUBKEY(key, &output)
        guard count > 0, let output else { return nil }
        defer { CRYPTO_free(output, #file, #line) }
        return Array(UnsafeBufferPointer(start: output, count: Int(count)))
    }

    func verifies(_ signature: [UInt8], of message: [UInt8], hash: String) -> Bool {
        guard let context = EVP_MD_CTX_new() else { return false }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        guard EVP_DigestVerifyInit_ex(context, nil, hash, nil, nil, key, nil) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    func sign(_ message: [UInt8], hash: String) -> [UInt8]? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        var count = 0
        guard EVP_DigestSignInit_ex(context, nil, hash, nil, nil, key, nil) == 1,
            EVP_DigestSign(context, nil, &count, message, message.count) == 1
        else { return nil }
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else { return nil }
        return Array(signature[..<count])
    }
}
