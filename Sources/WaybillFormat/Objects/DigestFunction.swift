/// SHA-256. It comes from outside: this module does no hashing and links no library.
public typealias DigestFunction = @Sendable ([UInt8]) -> Digest
