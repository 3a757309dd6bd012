import WaybillFormat

/// What `parse` gives, or nil if it refuses. Of an object that may only be because it is damaged (`.integrity`) or because a newer
/// Waybill may know it (`.failure`); of what a person types, `.usage`.
func parsed<T, E: WaybillError>(
    refusal codes: Set<ErrorCode> = [.integrity, .failure], _ parse: () throws(E) -> T
) throws(BrokenProperty) -> T? {
    do {
        return try parse()
    } catch {
        try require(codes.contains(error.code), "refused with \(error.code): \(error)")
        try require(!error.cause.isEmpty && !error.remedy.isEmpty, "an error that does not help: \(error)")
        // What a person typed is repeated as it is; what an object says is not.
        try require(error.code == .usage || error.cause.utf8.count <= 2_048, "an error of \(error.cause.utf8.count) bytes")
        return nil
    }
}

/// An input as text; nil if it is not UTF-8.
func text(_ input: some Collection<UInt8>) -> String? { String(validating: input, as: UTF8.self) }

extension Digest {
    static let zero = Digest([UInt8](repeating: 0, count: Digest.byteCount).span, at: 0)
}

/// Stands in for SHA-256, which no mutation of an input would ever fit.
let anyDigest: DigestFunction = { _ in .zero }

func littleEndian(_ bytes: some Collection<UInt8>) -> UInt64 {
    var value: UInt64 = 0
    for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
    return value
}
