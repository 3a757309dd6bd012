import WaybillFormat

/// What a frame's first bytes say of its size, for whoever looks for frames in a pack whose footer is lost.
package enum FrameHeader {
    /// Header and table of planes are never longer.
    package static let largestByteCount = FrameFields.payloadOffset(planes: FrameTransform.maximumPlanes)

    /// The raw length of the chunk and the bytes of the whole frame; nil if this cannot be the beginning of a frame.
    package static func lengths(_ bytes: [UInt8]) -> (raw: Int, stored: Int)? {
        func number(_ at: Int) -> Int {
            Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16 | Int(bytes[at + 3]) << 24
        }
        guard bytes.count >= FrameFields.headerBytes, bytes[0] == FrameFields.version, bytes[3] == 0 else { return nil }
        let planes = Int(bytes[2])
        guard (1...FrameTransform.maximumPlanes).contains(planes), bytes.count >= FrameFields.payloadOffset(planes: planes) else {
            return nil
        }
        let raw = number(4)
        var stored = FrameFields.payloadOffset(planes: planes)
        for plane in 0..<planes { stored += number(FrameFields.headerBytes + plane * FrameFields.planeBytes + 8) }
        guard (1...Limits.chunk).contains(raw), stored <= raw + Limits.frameOverhead else { return nil }
        return (raw, stored)
    }
}
