import Testing
import WaybillFormat
import WaybillSystem
import WaybillTestSupport

@Suite struct SHA256Tests {
    static let known: [(message: [UInt8], hex: String)] = [
        ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            Array(
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"
                    .utf8), "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        ([0xBD], "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"),
        ([UInt8](repeating: 0, count: 55), "02779466cdec163811d078815c633f21901413081449002f24aa3e80f0b88ef7"),
        ([UInt8](repeating: 0, count: 56), "d4817aa5497628e7c77e6b606107042bbba3130888c5f47a375e6179be789fbb"),
        ([UInt8](repeating: 0, count: 57), "65a16cb7861335d5ace3c60718b5052e44660726da4cd13bb745381b235a1785"),
        ([UInt8](repeating: 0, count: 64), "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"),
        ([UInt8](repeating: 0, count: 1_000), "541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53"),
        ([UInt8](repeating: 0x41, count: 1_000), "c2e686823489ced2017f6059b8b239318b6364f6dcd835d0a519105a1eadd6e4"),
        ([UInt8](repeating: 0x55, count: 1_005), "f4d62ddec0f3dd90ea1380fa16a5ff8dc4c54b21740650f24afc4120903552b0"),
        ([UInt8](repeating: 0x61, count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ([UInt8](repeating: 0, count: 1_000_000), "d29751f2649b32ff572b5e0a9f541ea660a50f94ff0beedfb0b692b924cc8025"),
    ]

    /// Bytes whose digests were computed by another implementation.
    static let pattern: [UInt8] = (0..<1 << 16).map { UInt8(truncatingIfNeeded: $0 * 7 + 3) }

    @Test("the vectors of NIST", arguments: known)
    func vectors(message: [UInt8], hex: String) { #expect(SHA256.digest(of: message).hex == hex) }

    @Test("every length from 0 to 299: the digest over all digests")
    func lengths() {
        var all: [UInt8] = []
        for count in 0..<300 { all += SHA256.digest(of: Array(Self.pattern.prefix(count))).bytes }
        #expect(SHA256.digest(of: all).hex == "7b074096cabb18dd0d1b468a173cb2f97f80e952525bca29542e606fd6d0753a")
    }

    @Test(
        "lengths around the block's end",
        arguments: [
            (55, "e7313d333c272e639f790978283f9eb392e843d0f29b7016828bb1daa4aac70b"),
            (64, "39e3d7b6b5d075d37d053ad89b24b41bef4f3c29760c84447cab3f3be1882241"),
            (65, "aacca6ff74fdbb296d165a45cecfa04e5127bc008770fbbdd48006f2d2fae95e"),
            (119, "9ce7368e4daf32341631b492e80359dc9f594b48453cd0dd5bf0b19279cc177e"),
            (128, "d2742f1f4ac6bb7ca2b239ee18402ba8b3f9f8e652d2a72973c2b9ba11c08cf6"),
            (65_536, "510b126e1d4ced49107fe4ab03ee54cb1c8e4caf6064e1dd29c48d4a3e74c38b"),
        ])
    func boundaries(count: Int, hex: String) { #expect(SHA256.digest(of: Array(Self.pattern.prefix(count))).hex == hex) }

    @Test("however the bytes are divided, the digest is the same, and the context begins anew")
    func divided() {
        var generator = SeededGenerator(seed: 11)
        var hasher = SHA256()
        for _ in 0..<60 {
            let bytes = generator.bytes(Int.random(in: 0...9_000, using: &generator))
            var rest = bytes[...]
            while !rest.isEmpty {
                let part = Array(rest.prefix(Int.random(in: 0...700, using: &generator)))
                hasher.update(part.span)
                rest = rest.dropFirst(part.count)
            }
            #expect(hasher.finish() == SHA256.digest(of: bytes))
        }
        #expect(hasher.finish() == SHA256.digest(of: []))
    }

    @Test("a range of a slab is cut to what is filled")
    func slabRange() {
        let slab = Slab(capacity: 64)
        let bytes = Array(Self.pattern.prefix(20))
        slab.append(bytes.span)
        var hasher = SHA256()
        hasher.update(slab, range: 4..<15)
        #expect(hasher.finish() == SHA256.digest(of: Array(bytes[4..<15])))
        hasher.update(slab, range: 15..<64)
        #expect(hasher.finish() == SHA256.digest(of: Array(bytes[15..<20])))
    }
}
