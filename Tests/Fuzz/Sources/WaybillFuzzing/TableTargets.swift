import WaybillFormat

/// Objects of fixed binary layout: what is accepted is written again as the same bytes, and no number in it is beyond its limit.
extension FuzzTarget {
    public static let list = FuzzTarget("list") { (input) throws(BrokenProperty) in
        let list = try parsed { () throws(FormatError) in try ListSegment(decoding: input, subject: "list") }
        guard let list else { return false }
        try require(list.encoded() == input, "written again it has other bytes")
        try require((1...Limits.segmentRows).contains(list.rows.count), "rows")
        try require(list.rows.allSatisfy { (1...Limits.chunk).contains($0.name.length) }, "lengths")
        return true
    }

    /// As it is, and as a body whose checksum is added here: no mutation would have the right one.
    public static let locator = FuzzTarget("locator") { (input) throws(BrokenProperty) in
        let asItIs = try locator(input)
        let checksum = CRC32.checksum(input)
        return try locator(input + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }) || asItIs
    }

    private static func locator(_ bytes: [UInt8]) throws(BrokenProperty) -> Bool {
        let locator = try parsed { () throws(FormatError) in try Locator(decoding: bytes, subject: "locator") }
        guard let locator else { return false }
        try require(locator.encoded() == bytes, "written again it has other bytes")
        try require(Set(locator.packs).count == locator.packs.count, "a pack twice")
        for place in locator.places.compactMap({ $0 }) {
            try require(locator.packs.contains(place.pack), "a pack that is not in the table")
            try require(place.stored >= 1 && place.offset >= 0 && place.offset + place.stored <= Limits.pack, "a place outside every pack")
        }
        let (segment, rows) = (locator.segment, locator.places.count)
        let again = try parsed { () throws(FormatError) in try Locator(decoding: bytes, segment: segment, rows: rows, subject: "") }
        try require(again == locator, "not about its own list")
        let other = try parsed { () throws(FormatError) in try Locator(decoding: bytes, segment: segment, rows: rows + 1, subject: "") }
        try require(other == nil, "about a list of another length")
        return true
    }

    /// What writers and collectors leave for one another: a condemned set (as it is, and with its checksum), an intent, a list of intents.
    public static let collection = FuzzTarget("collection") { (input) throws(BrokenProperty) in
        let checksum = CRC32.checksum(input)
        var isAccepted = try condemned(input)
        if try condemned(input + (0..<4).map { UInt8(truncatingIfNeeded: checksum >> (8 * $0)) }) { isAccepted = true }
        if let intent = try parsed({ () throws(FormatError) in try WriterIntent(decoding: input, subject: "intent") }) {
            let again = try parsed { () throws(FormatError) in try WriterIntent(decoding: intent.encoded(), subject: "intent") }
            try require(again == intent, "written again it is another intent")
            isAccepted = true
        }
        if let waits = try parsed({ () throws(FormatError) in try CondemnedWaits(decoding: input, subject: "waits") }) {
            let again = try parsed { () throws(FormatError) in try CondemnedWaits(decoding: waits.encoded(), subject: "waits") }
            try require(again == waits && waits.intents == waits.intents.sorted(), "written again they are other intents")
            isAccepted = true
        }
        return isAccepted
    }

    private static func condemned(_ bytes: [UInt8]) throws(BrokenProperty) -> Bool {
        let set = try parsed { () throws(FormatError) in try CondemnedSet(decoding: bytes, subject: "condemned") }
        guard let set else { return false }
        try require(set.encoded() == bytes, "written again it has other bytes")
        let groups = [set.manifests, set.lists, set.locators, set.packs]
        try require(groups.reduce(0) { $0 + $1.count } <= CondemnedSet.maximumDigests, "too many digests")
        try require(groups.allSatisfy { zip($0, $0.dropFirst()).allSatisfy { $0 < $1 } }, "order of digests")
        return true
    }

    /// A footer alone, and a whole pack.
    public static let pack = FuzzTarget("pack") { (input) throws(BrokenProperty) in
        let isFooter = try footer(input, packSize: nil)
        let end = Array(input.suffix(PackTrailer.byteCount))
        let trailer = try parsed { () throws(FormatError) in try PackTrailer(decoding: end, packSize: input.count, subject: "pack") }
        guard let trailer else { return isFooter }
        try require(trailer.encoded() == end, "the trailer written again has other bytes")
        let start = trailer.footerOffset(packSize: input.count)
        let stop = start + trailer.footerByteCount
        try require(start >= PackFooter.header.count && stop + PackTrailer.byteCount == input.count, "a footer outside the pack")
        return try footer(Array(input[start..<stop]), packSize: input.count) || isFooter
    }

    private static func footer(_ bytes: [UInt8], packSize: Int?) throws(BrokenProperty) -> Bool {
        let footer = try parsed { () throws(FormatError) in try PackFooter(decoding: bytes, subject: "pack", packSize: packSize) }
        guard let footer else { return false }
        try require(footer.encoded() == bytes, "the footer written again has other bytes")
        try require(footer.packByteCount <= Limits.pack && packSize ?? footer.packByteCount == footer.packByteCount, "the pack's size")
        var end = PackFooter.header.count
        for row in footer.rows {
            try require(row.offset == end, "a gap or an overlap")
            try require((1...row.name.length + Limits.frameOverhead).contains(row.stored), "a frame's length")
            end += row.stored
        }
        try require(end == footer.bodyEnd, "rows do not cover the frames")
        return true
    }

    /// A question; its bytes also as an answer to a question of the first byte's length.
    public static let have = FuzzTarget("have") { (input) throws(BrokenProperty) in
        if let count = input.first {
            let bytes = Array(input.dropFirst())
            let answer = try parsed { () throws(FormatError) in try HaveAnswer(decoding: bytes, count: Int(count), subject: "have") }
            if let answer {
                try require(answer.held.count == Int(count), "the answer's length")
                try require(answer.encoded() == bytes, "the answer written again has other bytes")
            }
        }
        let query = try parsed { () throws(FormatError) in try HaveQuery(decoding: input, subject: "have") }
        guard let query else { return false }
        try require(query.encoded() == input, "written again it has other bytes")
        try require(query.chunks.count <= Limits.have, "too many chunks")
        return true
    }
}
