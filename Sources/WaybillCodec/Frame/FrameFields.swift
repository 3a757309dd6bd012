/// Offsets and codes of Protocol/FRAME.md.
enum FrameFields {
    static let version: UInt8 = 1
    /// Bytes before the planes' table.
    static let headerBytes = 8
    /// Bytes of a row of the planes' table.
    static let planeBytes = 12
    /// Flag bit 0: a delta against a base chunk, reserved.
    static let baseFlag: UInt8 = 1

    static func payloadOffset(planes: Int) -> Int { headerBytes + planeBytes * planes }
}

/// How one plane is stored.
package enum PlaneCodec: UInt8, Sendable {
    case raw = 0
    case constant = 1
    case zlib = 2
}
