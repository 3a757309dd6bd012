/// HDF5 files of Keras: not parsed, but searched for the configuration, which stands in them as JSON text.
enum HDF5Scan {
    private static let magic: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    private static let searched = 64 << 20
    private static let overlap = 256
    private static let patterns = ["\"class_name\": \"Lambda\"", "\"class_name\":\"Lambda\"", "\"class_name\": \"TFSMLayer\""].map {
        Array($0.utf8)
    }

    /// - Returns: false if it is no HDF5 file.
    static func scan(_ source: any ByteSource, _ head: [UInt8], _ session: ScanSession) throws(ScanStop) -> Bool {
        // A block of the user's own may stand before it.
        guard [0, 512, 1_024, 2_048].contains(where: { head.count >= $0 + 8 && head[$0..<$0 + 8].elementsEqual(magic) }) else {
            return false
        }
        session.looked(at: .hdf5)
        session.markPartial("HDF5 is not parsed, only searched for the configuration of Keras")
        var position = 0
        while position < searched {
            let bytes = try source.read(position, ByteWindow.maximumRead)
            for pattern in patterns {
                if let index = find(pattern, in: bytes) {
                    session.report(.kerasLambda, at: position + index, "a Lambda layer: code inside the configuration")
                    return true
                }
            }
            guard bytes.count == ByteWindow.maximumRead else { break }
            position += bytes.count - overlap
        }
        return true
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        for index in 0...(bytes.count - pattern.count) where bytes[index] == pattern[0] && bytes[index + 2] == pattern[2] {
            if bytes[index..<index + pattern.count].elementsEqual(pattern) { return index }
        }
        return nil
    }
}
