import Testing
import WaybillCommands
import WaybillFormat

@Suite struct ResolverTests {
    private func resolver(existing: Set<String> = []) throws -> AddressResolver {
        AddressResolver(
            aliases: [
                "hub": try RemoteLocation(parsing: "https://models.example.com/hub"),
                "disk": try RemoteLocation(parsing: "file:///srv/store"),
            ], currentDirectory: "/home/u/work", exists: { existing.contains($0) })
    }

    @Test(arguments: [
        ("hub/acme/tiny", "https://models.example.com/hub/acme/tiny"),
        ("hub/acme/tiny:v1", "https://models.example.com/hub/acme/tiny:v1"),
        ("disk/acme/tiny", "file:///srv/store/acme/tiny"),
        ("file:./store/acme/tiny", "file:///home/u/work/store/acme/tiny"),
        ("file:../store/acme/tiny", "file:///home/u/store/acme/tiny"),
        ("http://LOCALHOST:80/acme/tiny", "http://localhost/acme/tiny"),
    ])
    func addressesAreCanonical(text: String, canonical: String) throws {
        #expect(try resolver().address(text).text == canonical)
    }

    @Test func onlyADigestAloneHasNoRef() throws {
        let digest = String(repeating: "ab", count: 32)
        #expect(try resolver().address("hub/a/b").lookedUpRef == .main)
        #expect(try resolver().address("hub/a/b@\(digest)").lookedUpRef == nil)
        #expect(try resolver().address("hub/a/b:x@\(digest)").lookedUpRef?.text == "x")
    }

    @Test(arguments: [
        ("hbu/acme/tiny:v1", "Did you mean 'hub/acme/tiny:v1'?"),
        ("mirror/acme/tiny", "Declared are: disk, hub"),
        ("localhost:8090/acme/tiny", "Write http://localhost:8090/acme/tiny"),
        ("models.example.com/acme/tiny", "Write http://models.example.com/acme/tiny"),
        ("acme/tiny", "Write http://host:8090/acme/tiny"),
        ("./store/acme/tiny", "For a store in a directory write file:./store/acme/tiny"),
    ])
    func wrongAddressesGetASuggestion(text: String, remedy: String) throws {
        let resolver = try resolver()
        let error = #expect(throws: CommandError.self) { try resolver.address(text) }
        #expect(error?.code == .usage)
        #expect(error?.remedy.hasPrefix(remedy) == true, "\(error?.remedy ?? "")")
    }

    @Test func aStoreInADirectoryIsPointedOut() throws {
        let resolver = try resolver(existing: ["store", "store/acme/tiny"])
        let remote = #expect(throws: CommandError.self) { try resolver.remote("store") }
        #expect(remote?.remedy == "For a store in a directory write file:./store")
        let address = #expect(throws: CommandError.self) { try resolver.address("store/acme/tiny") }
        #expect(address?.remedy == "For a store in a directory write file:./store/acme/tiny")
    }

    @Test func remotesHaveNoModel() throws {
        let resolver = try resolver()
        #expect(try resolver.remote("hub").text == "https://models.example.com/hub")
        let error = #expect(throws: CommandError.self) { try resolver.remote("hub/acme/tiny") }
        #expect(error?.remedy == "Write hub")
    }

    @Test func aDeclaredAliasWinsAndADotForcesAPath() throws {
        let resolver = try resolver(existing: ["hub/acme/tiny", "other/acme/tiny", "acme/tiny", "tiny"])
        guard case .address(let address) = try resolver.target("hub/acme/tiny") else {
            Issue.record("the alias did not win")
            return
        }
        #expect(address.remote.text == "https://models.example.com/hub")
        for path in ["./hub/acme/tiny", "other/acme/tiny", "acme/tiny", "tiny", ".", "..", "/a", "~/a", "../x/y/z"] {
            #expect(try resolver.target(path) == .directory(path))
        }
        #expect(try resolver.target("file:./s/acme/tiny") == .address(try resolver.address("file:./s/acme/tiny")))
    }

    @Test func whatIsNeitherSaysSo() throws {
        let resolver = try resolver()
        let missing = #expect(throws: CommandError.self) { try resolver.target("acme/tiny") }
        #expect(missing?.code == .notFound)
        #expect(missing?.remedy == "For a model of a mirror write its whole address, for example disk/acme/tiny")
        let alias = #expect(throws: CommandError.self) { try resolver.target("hbu/acme/tiny") }
        #expect(alias?.remedy == "Did you mean 'hub/acme/tiny'?")
        let scheme = #expect(throws: CommandError.self) { try resolver.target("localhost:8090/acme/tiny") }
        #expect(scheme?.remedy.hasPrefix("Write http://localhost:8090/acme/tiny") == true)
    }

    @Test func storesAreDirectories() throws {
        let resolver = try resolver()
        #expect(try resolver.storeDirectory("store") == "store")
        #expect(try resolver.storeDirectory("disk") == "/srv/store")
        #expect(try resolver.storeDirectory("./disk") == "./disk")
        #expect(try resolver.storeDirectory("file:./s") == "/home/u/work/s")
        #expect(throws: CommandError.self) { try resolver.storeDirectory("hub") }
        #expect(throws: CommandError.self) { try resolver.storeDirectory("http://h") }
    }

    @Test(arguments: [
        ("a", "/home/u/work/a"), ("./a/./b", "/home/u/work/a/b"), ("../../x", "/home/x"), ("../../../../x", "/x"), ("/a/../b", "/a/../b"),
        ("a/../b", "/home/u/work/a/../b"), (".", "/home/u/work"),
    ])
    func pathsBecomeAbsolute(path: String, absolute: String) throws {
        #expect(try resolver().absolutePath(path) == absolute)
    }

    @Test func distancesCountSlips() {
        #expect(Nearest.distance("main", "mian") == 1)
        #expect(Nearest.distance("main", "man") == 1)
        #expect(Nearest.distance("main", "maini") == 1)
        #expect(Nearest.distance("main", "main") == 0)
        #expect(Nearest.distance("", "abc") == 3)
        #expect(Nearest.to("MIAN", in: ["prod", "main"]) == "main")
        #expect(Nearest.to("zebra", in: ["prod", "main"]) == nil)
        #expect(Nearest.to("v1.2", in: ["v1.1", "v2.2"]) == "v1.1")
    }
}
