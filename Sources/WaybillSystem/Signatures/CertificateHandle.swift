import COpenSSL
import Glibc

/// An `X509`, which is only read once it is made.
final class CertificateHandle: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { X509_free(pointer) }

    /// Of DER and nothing behind it.
    convenience init?(der: [UInt8]) {
        let pointer = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var cursor = buffer.baseAddress
            guard let pointer = d2i_X509(nil, &cursor, buffer.count) else { return nil }
            guard cursor == buffer.baseAddress.map({ $0 + buffer.count }) else {
                X509_free(pointer)
                return nil
            }
            return pointer
        }
        ERR_clear_error()
        guard let pointer else { return nil }
        self.init(pointer)
    }

    /// All certificates of a PEM text; nil if one of them is broken or there are more than `limit`.
    static func all(pem: [UInt8], limit: Int) -> [CertificateHandle]? {
        pem.withUnsafeBytes { buffer -> [CertificateHandle]? in
            guard let bio = BIO_new_mem_buf(buffer.baseAddress, Int32(buffer.count)) else { return nil }
            defer {
                BIO_free(bio)
                ERR_clear_error()
            }
            ERR_clear_error()
            var found: [CertificateHandle] = []
            while let pointer = PEM_read_bio_X509(bio, nil, { _, _, _, _ in -1 }, nil) {
                found.append(CertificateHandle(pointer))
                if found.count > limit { return nil }
            }
            // The text has an end; a certificate that cannot be read is another error.
            return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE ? found : nil
        }
    }

    var der: [UInt8]? { Self.encoded { i2d_X509(pointer, $0) } }

    /// The DER SubjectPublicKeyInfo, as it stands in the certificate.
    var publicKeyInfo: [UInt8]? {
        guard let key = X509_get_X509_PUBKEY(pointer) else { return nil }
        return Self.encoded { i2d_X509_PUBKEY(key, $0) }
    }

    private static func encoded(_ write: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>) -> Int32) -> [UInt8]? {
        var output: UnsafeMutablePointer<UInt8>?
        let count = write(&output)
        guard count > 0, let output else { return nil }
        defer { CRYPTO_free(output, #file, #line) }
        return Array(UnsafeBufferPointer(start: output, count: Int(count)))
    }

    /// Seconds since 1970 from which it is valid.
    var notBefore: Int? {
        var parts = tm()
        guard let time = X509_get0_notBefore(pointer), ASN1_TIME_to_tm(time, &parts) == 1 else { return nil }
        return timegm(&parts)
    }

    /// The name of whom it is about, as RFC 2253 writes it, in UTF-8; at most a few KiB, nothing made harmless.
    var subject: String {
        guard let bio = BIO_new(BIO_s_mem()) else { return "" }
        defer {
            BIO_free(bio)
            ERR_clear_error()
        }
        // RFC 2253, save that letters beyond ASCII stay letters.
        let text =
            ASN1_STRFLGS_ESC_2253 | ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT | ASN1_STRFLGS_DUMP_UNKNOWN | ASN1_STRFLGS_DUMP_DER
        let form = XN_FLAG_SEP_COMMA_PLUS | XN_FLAG_DN_REV | XN_FLAG_FN_SN | XN_FLAG_DUMP_UNKNOWN_FIELDS
        guard let name = X509_get_subject_name(pointer), X509_NAME_print_ex(bio, name, 0, UInt(text) | UInt(form)) >= 0 else { return "" }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = BIO_read(bio, &bytes, Int32(bytes.count))
        return String(decoding: bytes.prefix(Int(max(0, count))), as: UTF8.self)
    }

    /// What the key may be used for; nil if the extensions are broken.
    var usage: CertificateUsage? {
        let flags = X509_get_extension_flags(pointer)
        guard flags & UInt32(EXFLAG_INVALID) == 0 else { return nil }
        let key = flags & UInt32(EXFLAG_KUSAGE) != 0 ? X509_get_key_usage(pointer) : nil
        let extended = flags & UInt32(EXFLAG_XKUSAGE) != 0 ? X509_get_extended_key_usage(pointer) : nil
        return CertificateUsage(
            isAuthority: flags & UInt32(EXFLAG_CA) != 0,
            signsCertificates: key.map { $0 & UInt32(KU_KEY_CERT_SIGN) != 0 },
            signsData: key.map { $0 & UInt32(KU_DIGITAL_SIGNATURE) != 0 },
            signsCode: extended.map { $0 & UInt32(XKU_CODE_SIGN | XKU_ANYEKU) != 0 })
    }
}

/// What the extensions of a certificate allow; nil where it has none of that kind.
struct CertificateUsage: Equatable {
    let isAuthority: Bool
    let signsCertificates: Bool?
    let signsData: Bool?
    let signsCode: Bool?

    /// Why it cannot sign a model; nil if it can.
    var refusal: String? {
        if signsCertificates ?? isAuthority { return "its certificate is one of an authority, which signs certificates" }
        // RFC 5280: where purposes are listed, others are not meant, so that a web server's key signs no model.
        if let signsCode { return signsCode ? nil : "its certificate is for other purposes than code signing" }
        return signsData == true ? nil : "its certificate is for no signatures (digitalSignature or codeSigning)"
    }
}
