import Testing
import WaybillFormat
import WaybillStore

/// Where a redirect may lead, and what counts as the origin that the user named.
@Suite struct RedirectTests {
    @Test(
        "to HTTP addresses and paths of the same origin",
        arguments: [
            ("http://a/x", "http://b:1/y", "http://b:1/y"), ("http://a/x", "https://b/y", "https://b/y"),
            ("https://a:8443/x?q", "https://b/y", "https://b/y"), ("https://a:8443/x/y", "/z?q", "https://a:8443/z?q"),
            ("http://[::1]:80/x", "/z", "http://[::1]:80/z"),
        ])
    func followed(url: String, location: String, target: String) throws { #expect(try HTTPTransport.follow(location, from: url) == target) }

    @Test(
        "not from https to http, and not to what is no HTTP address",
        arguments: [
            ("https://a/x", "http://a/x"), ("https://a/x", "http://b/x"), ("http://a/x", "file:///etc/passwd"), ("http://a/x", "ftp://a/x"),
            ("http://a/x", "//evil/x"), ("https://a/x", "//evil/x"), ("http://a/x", "x"), ("http://a/x", ""),
            ("http://a/x", "javascript:x"),
        ])
    func refused(url: String, location: String) {
        do throws(StoreError) {
            let target = try HTTPTransport.follow(location, from: url)
            Issue.record("led to \(target)")
        } catch {
            #expect(error.code == .unavailable)
            #expect(error.subject == url)
        }
    }

    @Test("an origin is scheme, host and port; what only looks like one is another")
    func origins() {
        let named = "http://127.0.0.1:8090"
        for url in ["http://127.0.0.1:8090", "http://127.0.0.1:8090/", "http://127.0.0.1:8090/a/b?http://evil/", "http://127.0.0.1:8090?x"]
        {
            #expect(HTTPTransport.origin(of: url) == named, "\(url)")
        }
        let others = [
            "https://127.0.0.1:8090/", "http://127.0.0.1:80901/", "http://127.0.0.1/", "http://127.0.0.1:8090@evil/",
            "http://evil/127.0.0.1:8090",
            "http://127.0.0.1:8090.evil/", "http://evil#127.0.0.1:8090/", "http://127.0.0.1:8090\\@evil/", "127.0.0.1:8090", "",
        ]
        for url in others { #expect(HTTPTransport.origin(of: url) != named, "\(url)") }
    }
}
