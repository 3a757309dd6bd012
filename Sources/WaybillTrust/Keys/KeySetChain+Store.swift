import WaybillFormat
import WaybillSystem

extension KeySetChain {
    /// What a store asks of a key set before it keeps it: that it follows from the one before. Whether the first one is whose it says is
    /// for readers to say, who pin a fingerprint.
    /// - Parameter previous: the bytes of set n - 1; nil for the first.
    /// - Throws: `.integrity`.
    public static func requireSuccession(
        of bytes: [UInt8], after previous: [UInt8]?, org: OrganizationName, n: Int
    ) throws(TrustError) {
        let next = try SignedKeySet(decoding: bytes, org: org, n: n)
        var before: SignedKeySet?
        if let previous { before = try SignedKeySet(decoding: previous, org: org, n: n - 1) }
        try KeySetSuccession(next, after: before).requireComplete()
    }
}
