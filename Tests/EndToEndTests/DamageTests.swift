import Foundation
import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

/// One wrong bit, a cut or a missing object anywhere in a store: a pull says which object it is, or brings the right bytes.
/// A file under its final name is always right.
@Suite(.serialized)
struct DamageTests {
    /// Places in a pack: every field of header, frames, footer and trailer.
    private static func placesInPack(
        _ bytes: [UInt8], wanted: Set<ChunkName>, _ generator: inout SeededGenerator
    ) throws -> (frames: [Int], footer: [Int]) {
        let trailer = try PackTrailer(decoding: Array(bytes.suffix(16)), packSize: bytes.count, subject: "pack")
        let start = trailer.footerOffset(packSize: bytes.count)
        let footer = try PackFooter(decoding: Array(bytes[start..<bytes.count - 16]), subject: "pack")
        var frames: [Int] = []
        for row in footer.rows where wanted.contains(row.name) {
            let planes = Int(bytes[row.offset + 2])
            let body = 8 + 12 * planes
            frames += [0, 1, 2, 3, 4, 7].map { row.offset + $0 }
            for plane in 0..<planes { frames += [0, 1, 4, 8, 11].map { row.offset + 8 + 12 * plane + $0 } }
            frames += [body, (body + row.stored) / 2, row.stored - 1].map { row.offset + $0 }
            frames += (0..<10).map { _ in row.offset + Int.random(in: 0..<row.stored, using: &generator) }
        }
        let fields = [0, 8, 24, 32, 36] + [0, 32, 36, 40, 44, 45, 48].map { 56 + $0 }
        return (frames, [0, 7] + fields.map { start + $0 } + [16, 12, 8, 1].map { bytes.count - $0 })
    }

    @Test("a flipped bit in any field of a pack")
    func packBits() throws {
        let sample = try DamagedStore()
        var generator = SeededGenerator(seed: 11)
        let wanted = Set(try sample.rows().map(\.name))
        for object in sample.objects("packs") {
            var found = 0
            let bytes = try Files.read(sample.store + "/" + object)
            let (frames, footer) = try Self.placesInPack(bytes, wanted: wanted, &generator)
            for place in frames + footer {
                let bit = Int.random(in: 0..<8, using: &generator)
                try sample.damaged(object, { try Files.flipBit($0, byte: place, bit: bit) }) { result, out in
                    try sample.requireHonest(result, out, object, "byte \(place) bit \(bit)")
                    if result.status == 4 { found += 1 }
                    // A pull reads frames alone: header and footer are for those who rebuild an index.
                    if footer.contains(place) { #expect(result.status == 0, "byte \(place) bit \(bit): \(result.shown)") }
                }
            }
            // Nearly all of a frame counts; a few bits of a zlib stream are padding.
            #expect(found >= frames.count - 6)
        }
    }

    @Test("a flipped bit in lists, manifests, entries and locators is always found")
    func metadataBits() throws {
        let sample = try DamagedStore()
        var generator = SeededGenerator(seed: 12)
        let manifest = try sample.manifest()
        let list = try sample.list()
        let locator = ObjectName.locator(list).path
        let fixed: [(object: String, places: [Int])] = [
            (ObjectName.list(list).path, [0, 8, 12, 16, 48, 52, 53]), (locator, [0, 8, 40, 44, 48, 52, 56, 88, 92, 96]),
            (manifest, [0, 1]),
            (sample.newestEntry, [0, 1]),
        ]
        for (object, places) in fixed {
            let size = try Files.read(sample.store + "/" + object).count
            let random = (0..<14).map { _ in Int.random(in: 0..<size, using: &generator) }
            for place in places + random + [size - 4, size - 1] {
                let bit = Int.random(in: 0..<8, using: &generator)
                try sample.damaged(object, { try Files.flipBit($0, byte: place, bit: bit) }) { result, out in
                    #expect(result.status == 4, "\(object) byte \(place) bit \(bit): \(result.shown)")
                    try sample.requireHonest(result, out, object, "byte \(place) bit \(bit)")
                }
            }
        }
    }

    @Test("a flipped bit in a hint or an older object changes nothing")
    func hintBits() throws {
        let sample = try DamagedStore()
        var hints = ["refs/acme/tiny/main/latest", "refs/acme/tiny/index.json", "catalog.json", "refs/acme/tiny/main/0000000001"]
        let newest = try sample.manifest()
        hints += sample.objects("manifests").filter { $0 != newest }
        #expect(hints.count == 5)
        for object in hints {
            let size = try Files.read(sample.store + "/" + object).count
            for place in Set([0, size / 2, size - 2, size - 1]) {
                try sample.damaged(object, { try Files.flipBit($0, byte: place, bit: 1) }) { result, out in
                    #expect(result.status == 0, "\(object) byte \(place): \(result.shown)")
                    try sample.requireHonest(result, out, object, "byte \(place)")
                    #expect(result.int("entry") == 2)
                }
            }
        }
    }

    @Test("a flipped bit in waybill.json: right, or an error that names it")
    func descriptionBits() throws {
        let sample = try DamagedStore()
        let size = try Files.read(sample.store + "/waybill.json").count
        for place in 0..<size {
            try sample.damaged("waybill.json", { try Files.flipBit($0, byte: place, bit: place % 8) }) { result, out in
                // Another layout or an unknown feature is a newer store: 1. The rest is damage.
                try sample.requireHonest(result, out, "waybill.json", allowed: [1, 4], "byte \(place)")
                #expect(result.status != 0 || place >= size - 1, "byte \(place)")
            }
        }
    }

    @Test("a flipped bit behind a served mirror and behind nginx")
    func servedBits() throws {
        let sample = try DamagedStore()
        let served = try ServedMirror(store: sample.store)
        let nginx = NginxMirror.isInstalled ? try NginxMirror(store: sample.store) : nil
        let manifest = try sample.manifest()
        let list = try sample.list()
        let objects = [ObjectName.list(list).path, ObjectName.locator(list).path, manifest, sample.newestEntry, try sample.largestPack()]
        for url in [served.url] + (nginx.map { [$0.url] } ?? []) {
            for object in objects {
                let size = try Files.read(sample.store + "/" + object).count
                for place in [20, size / 2] {
                    try sample.damaged(object, from: "\(url)/acme/tiny", { try Files.flipBit($0, byte: place, bit: 3) }) { result, out in
                        // The first frame of a pack may hold a chunk of the older revision.
                        if place != 20 || !object.hasPrefix("packs/") {
                            #expect(result.status == 4, "\(url) \(object) byte \(place): \(result.shown)")
                        }
                        try sample.requireHonest(result, out, object, "\(url) byte \(place)")
                    }
                }
            }
            let (result, out) = try sample.pull("\(url)/acme/tiny")
            #expect(result.status == 0)
            #expect(try Files.differences(sample.model, out) == [])
        }
    }
}
