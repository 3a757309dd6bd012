import Testing
import WaybillFormat

@Suite struct AddressTests {
    static let files = ["http", "s3", "file", "alias", "model"]

    @Test(arguments: files) func vectors(file: String) throws {
        var valid = 0
        var invalid = 0
        for item in try vectorCases("addresses/\(file).json") {
            let name = Comment(rawValue: try #require(item["name"]?.text))
            let text = try #require(item["text"]?.text)
            if item["valid"] == .bool(true) {
                valid += 1
                try check(item, text, name)
            } else {
                invalid += 1
                expectRefusal(try #require(item["errorContains"]?.text), code: .usage) { try Address(parsing: text) }
            }
        }
        #expect(valid > 0 && invalid > 0)
    }

    private func check(_ item: JSONValue, _ text: String, _ name: Comment) throws {
        let address = try Address(parsing: text)
        #expect(address.model.org == item["org"]?.text, name)
        #expect(address.model.name == item["model"]?.text, name)
        #expect(address.ref?.text == item["ref"]?.text, name)
        #expect(address.effectiveRef.text == item["ref"]?.text ?? "main", name)
        #expect(address.revision?.hex == item["revision"]?.text, name)
        #expect(address.description == item["canonical"]?.text, name)
        #expect(address.remote.isLoopback == (item["loopback"] == .bool(true)), name)
        let remote = try #require(item["remote"])
        switch address.remote {
        case .http(let scheme, let host, let port, let base):
            #expect(remote["kind"]?.text == "http", name)
            #expect(scheme == remote["scheme"]?.text, name)
            #expect(host == remote["host"]?.text, name)
            #expect(port == remote["port"]?.number, name)
            #expect(base == remote["base"]?.text, name)
        case .s3(let bucket, let prefix):
            #expect(remote["kind"]?.text == "s3", name)
            #expect(bucket == remote["bucket"]?.text, name)
            #expect(prefix == remote["prefix"]?.text, name)
        case .file(let path):
            #expect(remote["kind"]?.text == "file", name)
            #expect(path == remote["path"]?.text, name)
        case .alias(let alias):
            #expect(remote["kind"]?.text == "alias", name)
            #expect(alias == remote["alias"]?.text, name)
        }
        #expect(try Address(parsing: address.description) == address, name)
        #expect(try RemoteLocation(parsing: address.remote.description) == address.remote, name)
        #expect(
            Address(remote: address.remote, model: address.model, ref: address.ref, revision: address.revision).description
                == address.description, name)
    }

    @Test(arguments: [
        ("http://h:8090/", "http://h:8090"), ("https://H/base/", "https://h/base"), ("hub", "hub"), ("s3://models/", "s3://models"),
        ("s3://models/a/b", "s3://models/a/b"), ("file:///", "file:///"), ("file:.", "file:."), ("file:./", "file:."),
        ("file:../x/", "file:../x"), ("file:/srv/store", "file:///srv/store"),
    ])
    func remotesStandAlone(text: String, canonical: String) throws {
        let remote = try RemoteLocation(parsing: text)
        #expect(remote.description == canonical)
        #expect(try RemoteLocation(parsing: canonical) == remote)
    }

    @Test(arguments: [
        ("localhost:8090", "Write http://localhost:8090"), ("host.example.com", "Write http://host.example.com"),
        ("/srv/store", "file:///srv/store"), ("./store", "file:./store"), ("~/store", "file:"), ("hub/acme", "not a remote"),
        ("", "an address was expected"), ("http://", "is not a host"), ("s3:models", "Write s3://models"),
    ])
    func remotesAreCorrected(text: String, remedy: String) {
        expectRefusal(remedy, code: .usage) { try RemoteLocation(parsing: text) }
    }

    @Test func originsAreCompared() throws {
        func same(_ a: String, _ b: String) throws -> Bool {
            try RemoteLocation(parsing: a).hasSameOrigin(as: try RemoteLocation(parsing: b))
        }
        #expect(try same("http://h/a", "http://H:80/b"))
        #expect(try same("https://h", "https://h:443"))
        #expect(try !same("http://h", "https://h"))
        #expect(try !same("http://h:443", "https://h:443"))
        #expect(try !same("http://h", "http://h:81"))
        #expect(try !same("http://h", "http://g"))
        #expect(try !same("hub", "hub"))
        #expect(try !same("file:///a", "file:///a"))
    }

    @Test(arguments: ["127.0.0.1.example.com", "localhost.example.com", "128.0.0.1", "notlocalhost"])
    func lookAlikesAreNotLoopback(host: String) throws {
        #expect(try !RemoteLocation(parsing: "http://\(host)").isLoopback)
        #expect(!RemoteLocation.http(scheme: "http", host: "+127.0.0.1", port: nil, base: "").isLoopback)
    }

    @Test(arguments: [
        "https://ann:secret@h/acme/tiny", "gopher://ann:secret@h/acme/tiny", "https:/ann:secret@h/acme/tiny", "ann:secret@h/acme/tiny",
        "s3://ann:secret@bucket/acme/tiny", "https://ann:secret word@h/acme/tiny", "https://ann:secret?@h/acme/tiny",
        "https://ann:secret@h",
    ])
    func noMessageRepeatsAPassword(text: String) {
        #expect {
            try Address(parsing: text)
        } throws: { error in
            "\(error)".contains("***@") && !"\(error)".contains("secret")
        }
    }

    @Test func noiseDoesNotTrap() throws {
        var generator = SeededGenerator(state: 7)
        let pieces = [
            "http", "https", "s3", "file", ":", "/", "//", "@", "[", "]", "::1", ".", "..", "acme", "tiny", "hub", "8090", "é", "%", "?",
            "#",
            String(repeating: "ab", count: 32), "~", " ", "-", "0",
        ]
        var accepted = 0
        for _ in 0..<20_000 {
            let starts = ["", "http://", "https://h", "s3://", "file:.", "file:///", "hub"]
            let middle = (0..<Int.random(in: 0..<5, using: &generator)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &generator)]
            }
            let end = Bool.random(using: &generator) ? "/acme/tiny" : "/a/b:c"
            let text = starts[Int.random(in: 0..<starts.count, using: &generator)] + middle.joined() + end
            guard let address = try? Address(parsing: text) else { continue }
            accepted += 1
            #expect(try Address(parsing: address.description) == address, "\(text)")
        }
        #expect(accepted > 0)
    }
}
