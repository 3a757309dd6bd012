import Testing
import WaybillFormat
import WaybillStore
import WaybillTestSupport

/// Documents of an endpoint with bytes that were changed, cut, repeated or swapped: read or refused, and nothing else.
@Suite(.timeLimit(.minutes(2)))
struct S3MutationTests {
    private static let listing = """
        <?xml version="1.0" encoding="UTF-8"?>
        <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>a&amp;b/</Prefix>\
        <IsTruncated>true</IsTruncated><NextContinuationToken>1+/=&#x41;</NextContinuationToken>\
        <Contents><Key>k1</Key><LastModified>2026-11-24T16:40:15.120Z</LastModified><Size>5</Size><ETag>&quot;0&quot;</ETag></Contents>\
        <Contents><Key>k2</Key><LastModified>2026-11-24T16:40:15Z</LastModified><Size>18446744073709551616</Size></Contents>\
        <CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes></ListBucketResult>
        """
    private static let error = "<Error><Code>SlowDown</Code><Message>ä&lt;&#10;</Message><Region>eu-west-1</Region></Error>"
    private static let profiles = "[default]\naws_access_key_id = A # b\ns3 =\n  addressing_style = path\n[profile x]\nregion=r\n"

    private func mutate(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.removeSubrange(at...)
            case 2: bytes.remove(at: at)
            case 3: bytes.insert("<>&;/\"'!?=#x \0[]".utf8.randomElement(using: &random) ?? 0, at: at)
            default: bytes.insert(contentsOf: bytes[at..<min(at + 40, bytes.count)], at: 0)
            }
        }
        return bytes
    }

    @Test func documents() {
        var random = SeededGenerator(seed: 91)
        var (read, refused) = (0, 0)
        for text in [Self.listing, Self.error] {
            for _ in 0..<20_000 {
                let bytes = mutate(Array(text.utf8), &random)
                if (try? XMLElement(parsing: bytes, subject: "")) != nil { read += 1 } else { refused += 1 }
                _ = try? S3Listing(parsing: bytes, subject: "")
                if let failure = S3Failure(parsing: bytes) {
                    let isShown = failure.message.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
                    #expect(isShown && failure.message.unicodeScalars.count <= 200)
                }
            }
        }
        #expect(read > 1_000 && refused > 1_000)
    }

    @Test func profiles() {
        var random = SeededGenerator(seed: 92)
        for _ in 0..<10_000 {
            let text = String(decoding: mutate(Array(Self.profiles.utf8), &random), as: UTF8.self)
            _ = AWSProfiles(parsing: text).profile("default", isConfig: true)
            _ = try? S3Access(
                bucket: "models", settings: S3Settings(), environment: { ["HOME": "/h"][$0] }, file: { _ in text })
        }
    }
}
