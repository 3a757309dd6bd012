import Testing
import WaybillCodec
import WaybillFormat
import WaybillSystem

/// What every implementation of Protocol/CHUNKING.md and Protocol/FRAME.md must do.
@Suite struct ConformanceTests {
    @Test func theVectorsAreThere() {
        #expect(Vectors.cases("chunks").count >= 20)
        #expect(Vectors.cases("frames").count >= 20)
    }

    @Test(arguments: Vectors.cases("chunks"))
    func chunkPlan(vector: Vector) throws {
        let name = try #require(vector["name"]?.text)
        let bytes = try #require(Vectors.make(vector["make"]), "\(name)")
        #expect(bytes.count == vector["size"]?.number)
        #expect(SHA256.digest(of: bytes).hex == vector["sha256"]?.text)

        let (format, chunks) = ChunkPlan.chunks(of: bytes)
        #expect(format.rawValue == vector["format"]?.text, "\(name)")
        let rows = try #require(vector["chunks"]?.elements)
        let expected = rows.compactMap { row -> PlannedChunk? in
            guard let row = row.elements, row.count == 3, let length = row[0].number, let element = row[1].number,
                let digest = row[2].text.flatMap({ Digest(hex: $0) })
            else { return nil }
            return PlannedChunk(length: length, element: UInt8(element), digest: digest)
        }
        #expect(expected.count == rows.count, "\(name)")
        #expect(chunks == expected, "\(name)")
    }

    @Test(arguments: Vectors.cases("frames"))
    func frame(vector: Vector) throws {
        let name = try #require(vector["name"]?.text)
        let frame = try #require(vector["frame"]?.text.flatMap(Vectors.hex) ?? Vectors.make(vector["frame"]?["make"]), "\(name)")
        let raw = vector["raw"]?.text.flatMap(Vectors.hex) ?? Vectors.make(vector["raw"]?["make"]) ?? []
        let length = try #require(vector["length"]?.number, "\(name)")
        let digest = try #require(vector["sha256"]?.text.flatMap { Digest(hex: $0) }, "\(name)")
        let isValid = try #require(vector["valid"], "\(name)") == .bool(true)

        let output = Slab(capacity: max(length, 1))
        #expect(passes(frame, length: length, digest: digest, into: output) == isValid, "\(name)")
        guard isValid else { return }
        #expect(output.bytes(0..<output.count) == raw, "\(name)")

        // What the encoder makes of the same bytes is another valid frame.
        let transform = try #require(FrameTransform.known(frame[1]))
        let encoded = FrameEncoder.makeFrameSlab()
        FrameEncoder().encode(Samples.slab(raw), range: 0..<raw.count, transform: transform, into: encoded)
        #expect(passes(encoded.bytes(0..<encoded.count), length: length, digest: digest, into: output), "\(name)")
    }

    /// Decoding and hashing together: that is what a reader relies on.
    private func passes(_ frame: [UInt8], length: Int, digest: Digest, into output: Slab) -> Bool {
        let decoder = FrameDecoder()
        do {
            try decoder.decode(Samples.slab(frame), range: 0..<frame.count, rawLength: length, into: output, subject: "a frame")
        } catch {
            return false
        }
        return VerifiedChunk.naming(output, range: 0..<output.count)?.name.digest == digest
    }
}
