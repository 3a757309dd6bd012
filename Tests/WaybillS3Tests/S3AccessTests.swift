import Testing
import WaybillFormat
import WaybillStore

/// Where settings come from, and which counts.
@Suite struct S3AccessTests {
    private func access(
        bucket: String = "models", _ settings: S3Settings = S3Settings(), _ environment: [String: String] = [:], credentials: String? = nil,
        config: String? = nil
    ) throws -> S3Access {
        let files = ["/home/u/.aws/credentials": credentials, "/home/u/.aws/config": config]
        let all = environment.merging(["HOME": "/home/u"]) { a, _ in a }
        return try S3Access(bucket: bucket, settings: settings, environment: { all[$0] }, file: { files[$0] ?? nil })
    }

    private let keys = ["AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK"]

    @Test func bare() throws {
        let bare = try access()
        #expect(bare.base == "https://models.s3.us-east-1.amazonaws.com")
        #expect(bare.region == "us-east-1")
        #expect(bare.credentials == nil)
    }

    @Test func regions() throws {
        #expect(try access(.init(), ["AWS_REGION": "eu-west-1"]).base == "https://models.s3.eu-west-1.amazonaws.com")
        #expect(try access(.init(), ["AWS_REGION": "cn-north-1"]).base == "https://models.s3.cn-north-1.amazonaws.com.cn")
        #expect(try access(.init(), ["AWS_DEFAULT_REGION": "a-1", "AWS_REGION": "b-1"]).region == "b-1")
        #expect(try access(.init(region: "c-1"), ["AWS_REGION": "b-1"]).region == "c-1")
        #expect(try access(config: "[default]\nregion = d-1\n").region == "d-1")
        #expect(throws: StoreError.self) { try access(.init(), ["AWS_REGION": "evil.example/"]) }
    }

    @Test func endpoints() throws {
        let config = "[default]\nendpoint_url = http://profile:1\n"
        #expect(try access(.init(), [:], config: config).base == "http://profile:1/models")
        #expect(try access(.init(), ["AWS_ENDPOINT_URL": "http://all:2"], config: config).base == "http://all:2/models")
        let both = ["AWS_ENDPOINT_URL": "http://all:2", "AWS_ENDPOINT_URL_S3": "https://only/"]
        #expect(try access(.init(), both, config: config).base == "https://only/models")
        #expect(try access(.init(endpoint: "http://[::1]:7480"), both).base == "http://[::1]:7480/models")
        for wrong in ["only", "ftp://only", "http://user:secret@host", "file:///srv", ""] {
            #expect(throws: StoreError.self, "\(wrong)") { try access(.init(endpoint: wrong)) }
        }
    }

    @Test func addressing() throws {
        #expect(try access(bucket: "my.models").base == "https://s3.us-east-1.amazonaws.com/my.models")
        #expect(try access(.init(addressing: .path)).base == "https://s3.us-east-1.amazonaws.com/models")
        #expect(try access(.init(endpoint: "http://s3.local:8080", addressing: .virtual)).base == "http://models.s3.local:8080")
        let config = "[default]\ns3 =\n  max_concurrent_requests = 9\n  addressing_style = virtual\nregion = x-1\n"
        #expect(try access(.init(endpoint: "http://s3.local"), config: config).base == "http://models.s3.local")
        #expect(try access(.init(), config: config).region == "x-1")
        #expect(throws: StoreError.self) { try access(.init(endpoint: "http://127.0.0.1:1", addressing: .virtual)) }
        #expect(throws: StoreError.self) { try access(config: "[default]\ns3 =\n  addressing_style = odd\n") }
    }

    @Test func credentialsFromTheEnvironment() throws {
        let found = try #require(try access(.init(), keys.merging(["AWS_SESSION_TOKEN": "T"]) { a, _ in a }).credentials)
        #expect((found.accessKey, found.secretKey) == ("AK", "SK"))
        #expect(found.sessionToken == "T")
        #expect(throws: StoreError.self) { try access(.init(), ["AWS_ACCESS_KEY_ID": "AK"]) }
        #expect(throws: StoreError.self) { try access(.init(), ["AWS_SECRET_ACCESS_KEY": "SK"]) }
        #expect(throws: StoreError.self) { try access(.init(), ["AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "S\nK"]) }
    }

    private let file = """
        # comment
        [default]
        aws_access_key_id = D
        aws_secret_access_key=DS
        [ lab ]
        aws_access_key_id = L   # a note
        aws_secret_access_key = L/S+=
        aws_session_token = LT
        nonsense
        """

    @Test func credentialsFromProfiles() throws {
        #expect(try access(credentials: file).credentials?.secretKey == "DS")
        let lab = try access(.init(), ["AWS_PROFILE": "lab"], credentials: file, config: "[profile lab]\nregion = l-1\n")
        #expect(lab.credentials?.accessKey == "L")
        #expect(lab.credentials?.secretKey == "L/S+=")
        #expect(lab.credentials?.sessionToken == "LT")
        #expect(lab.region == "l-1")
        // The environment's keys count more than its profile, and less than an option.
        #expect(try access(.init(), keys.merging(["AWS_PROFILE": "lab"]) { a, _ in a }, credentials: file).credentials?.accessKey == "AK")
        #expect(try access(.init(profile: "lab"), keys, credentials: file).credentials?.accessKey == "L")
        #expect(throws: StoreError.self) { try access(.init(profile: "none"), keys, credentials: file) }
        #expect(throws: StoreError.self) { try access(credentials: "[default]\naws_access_key_id = D\n") }
        // [lab] of the config file is no profile.
        #expect(throws: StoreError.self) { try access(.init(profile: "lab"), [:], config: "[lab]\nregion = l-1\n") }
    }

    @Test func otherFiles() throws {
        let found = try S3Access(
            bucket: "models", settings: S3Settings(),
            environment: { ["AWS_SHARED_CREDENTIALS_FILE": "/c", "AWS_CONFIG_FILE": "/g"][$0] },
            file: { ["/c": "[default]\naws_access_key_id=A\naws_secret_access_key=B", "/g": "[default]\nregion=r-1"][$0] })
        #expect(found.credentials?.accessKey == "A")
        #expect(found.region == "r-1")
    }

    @Test func keysThatAreElsewhereAreExplained() {
        let error = #expect(throws: StoreError.self) { try access(config: "[default]\nsso_session = work\n") }
        #expect(error?.remedy.contains("export-credentials") == true)
    }

    @Test func errorsShowNoSecret() {
        let secrets = "[default]\naws_access_key_id = AKIAHUSH\naws_secret_access_key = very hush\n"
        let error = #expect(throws: StoreError.self) { try access(credentials: secrets) }
        #expect(error.map { "\($0)".contains("hush") || "\($0)".contains("AKIA") } == false)
    }
}
