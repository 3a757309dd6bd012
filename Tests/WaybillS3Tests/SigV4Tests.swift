import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem

/// AWS's published examples of Signature Version 4.
@Suite struct SigV4Tests {
    /// "Examples: Signature Calculations in AWS Signature Version 4", Amazon S3 API Reference.
    private let s3 = SigV4(
        credentials: S3Credentials(accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1")
    private let day = "20130524T000000Z"
    private let host = (name: "Host", value: "examplebucket.s3.amazonaws.com")
    private let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private func signature(
        _ method: String, _ path: String, _ query: [(String, String)] = [], _ headers: [(String, String)] = [], payload: String? = nil
    ) -> String {
        let payload = payload ?? empty
        let all =
            [host] + headers.map { (name: $0.0, value: $0.1) } + [
                (name: "x-amz-content-sha256", value: payload), (name: "x-amz-date", value: day),
            ]
        let message = SigV4.Message(
            method: method, path: SigV4.encoded(path, keepingSlashes: true), query: SigV4.query(query), headers: all, payload: payload)
        let text = s3.authorization(message, at: day)
        #expect(text.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders="))
        return text.split(separator: "=").last.map(String.init) ?? ""
    }

    @Test func getObject() {
        #expect(
            signature("GET", "/test.txt", [], [("Range", "bytes=0-9")])
                == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func putObject() {
        let payload = SHA256.digest(of: Array("Welcome to Amazon S3.".utf8)).hex
        #expect(payload == "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
        let headers = [("x-amz-storage-class", "REDUCED_REDUNDANCY"), ("Date", "Fri, 24 May 2013 00:00:00 GMT")]
        #expect(
            signature("PUT", "/test$file.text", [], headers, payload: payload)
                == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    }

    @Test func lifecycle() {
        #expect(
            signature("GET", "/", [("lifecycle", "")]) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
    }

    @Test func listObjects() {
        #expect(
            signature("GET", "/", [("prefix", "J"), ("max-keys", "2")])
                == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    /// "Deriving the signing key", AWS General Reference.
    @Test func signingKey() {
        let signer = SigV4(
            credentials: S3Credentials(accessKey: "A", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), region: "us-east-1",
            service: "iam")
        let key = signer.signingKey("20150830T123600Z").map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(key == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9")
    }

    /// get-vanilla of AWS's test suite.
    @Test func vanilla() {
        let signer = SigV4(
            credentials: S3Credentials(accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1", service: "service")
        let message = SigV4.Message(
            method: "GET", path: "/", query: "",
            headers: [("X-Amz-Date", "20150830T123600Z"), ("Host", "example.amazonaws.com")], payload: empty)
        #expect(
            signer.authorization(message, at: "20150830T123600Z")
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
                + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
    }

    /// get-header-value-trim: spaces at the ends go, several become one.
    @Test func headerValuesAreTrimmed() {
        let message = SigV4.Message(
            method: "GET", path: "/", query: "", headers: [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\" ")], payload: empty)
        let lines = SigV4.canonicalRequest(message).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.contains("my-header1:value1"))
        #expect(lines.contains("my-header2:\"a b c\""))
    }

    @Test func queriesAreSortedAndEscaped() {
        #expect(SigV4.query([("prefix", "a/b c"), ("list-type", "2"), ("delimiter", "/")]) == "delimiter=%2F&list-type=2&prefix=a%2Fb%20c")
        #expect(SigV4.query([("continuation-token", "1+/=ä~")]) == "continuation-token=1%2B%2F%3D%C3%A4~")
    }

    /// RFC 4231, cases 1, 2 and 6; and the empty key (checked with another implementation).
    @Test func hmac() {
        func code(_ key: [UInt8], _ text: String) -> String { Digest(HMACSHA256.code(of: Array(text.utf8), key: key).span, at: 0).hex }
        #expect(
            code(Array(repeating: 0x0B, count: 20), "Hi There") == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        #expect(
            code(Array("Jefe".utf8), "what do ya want for nothing?")
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            code(Array(repeating: 0xAA, count: 131), "Test Using Larger Than Block-Size Key - Hash Key First")
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        #expect(code([], "") == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test func credentialsShowNothing() {
        let secret = S3Credentials(accessKey: "AKIAVISIBLE", secretKey: "hush", sessionToken: "hush-token")
        var dumped = ""
        dump(secret, to: &dumped)
        dump([secret], to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\([secret])", dumped] {
            #expect(!text.contains("hush") && !text.contains("AKIA"), "\(text)")
        }
        #expect(secret.occur(in: "key AKIAVISIBLE is unknown"))
        #expect(!secret.occur(in: "nothing"))
    }
}
