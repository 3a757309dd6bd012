/// Reads a protobuf message field by field. What is not asked for is passed over unread.
struct ProtobufReader {
    struct Malformed: Error {}

    enum Field {
        case number(UInt64)
        /// Where a text or message lies.
        case range(Range<Int>)
    }

    enum Fault: Error {
        case malformed
        case stop(ScanStop)
    }

    static let maximumFields = 4_194_304

    private var window: ByteWindow
    let end: Int

    init(_ source: any ByteSource, _ range: Range<Int>) {
        window = ByteWindow(source, at: range.lowerBound, piece: 4_096)
        end = range.upperBound
    }

    /// The next field; nil at the end.
    mutating func next() throws(Fault) -> (number: Int, field: Field)? {
        guard window.position < end else { return nil }
        let key = try varint()
        guard key >> 3 > 0, key >> 3 < 1 << 29 else { throw .malformed }
        let number = Int(key >> 3)
        switch key & 7 {
        case 0: return (number, .number(try varint()))
        case 1: return (number, .range(try skip(8)))
        case 2:
            guard let count = Int(exactly: try varint()) else { throw .malformed }
            return (number, .range(try skip(count)))
        case 5: return (number, .range(try skip(4)))
        default: throw .malformed
        }
    }

    private mutating func varint() throws(Fault) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            let byte: UInt8?
            do { byte = try window.next() } catch { throw .stop(error) }
            guard let byte, window.position <= end else { throw .malformed }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .malformed
    }

    private mutating func skip(_ count: Int) throws(Fault) -> Range<Int> {
        let start = window.position
        guard count <= end - start else { throw .malformed }
        window.seek(start + count)
        return start..<start + count
    }
}
