import WaybillCodec
import WaybillFormat
import WaybillSystem

extension HotLoop {
    /// What goes through every byte of a file or a document.
    static func scans(bytes: Int) -> [HotLoop] {
        var numbers = SeededNumbers(4)
        let noise = Slab(capacity: bytes)
        noise.append(numbers.bytes(bytes).span)
        // The chunker does not look at a chunk's first quarter megabyte.
        let regionBytes = 4 * bytes
        let region = Slab(capacity: regionBytes)
        region.append(numbers.bytes(regionBytes).span)
        let text = SampleText.wholeJSON(bytes)
        return [
            HotLoop("GearChunker", bytes: regionBytes) {
                var start = 0
                while let length = GearChunker.cut(region, from: start, to: regionBytes, isLast: true) { start += length }
            },
            HotLoop("SHA-256", bytes: bytes, isGuarded: false) { consume(noise.withSpan { SHA256.digest($0) }) },
            HotLoop("JSON", bytes: text.count) {
                do {
                    var scanner = JSONScanner(text)
                    try scanner.skipValue()
                    try scanner.finish()
                } catch {
                    fatalError("\(error)")
                }
            },
        ]
    }
}
