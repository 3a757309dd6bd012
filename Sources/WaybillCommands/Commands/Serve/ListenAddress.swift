import WaybillFormat

/// `HOST:PORT` of `--listen`.
package struct ListenAddress: Hashable, Sendable {
    /// An IPv6 address without brackets.
    package let host: String
    package let port: Int

    /// - Throws: `.usage`, with the likely correction.
    package init(_ text: String) throws(CommandError) {
        func refused(_ remedy: String) -> CommandError { .usage("--listen \(text)", "is not HOST:PORT", remedy) }
        if text.allSatisfy({ $0.isASCII && $0.isNumber }), !text.isEmpty {
            throw refused("Write 127.0.0.1:\(text) for this machine only, 0.0.0.0:\(text) for all networks")
        }
        if let scheme = text.firstRange(of: "://") { throw refused("Write \(text[scheme.upperBound...]), without http://") }
        guard let colon = text.lastIndex(of: ":") else { throw refused("Write \(text):8090") }
        guard let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port), text[text.index(after: colon)...].count <= 5
        else {
            throw refused("A port is a number from 0 to 65535 (0: any free one)")
        }
        let name = text[..<colon]
        if name.hasPrefix("["), name.hasSuffix("]") {
            host = String(name.dropFirst().dropLast())
        } else {
            guard !name.contains(":") else { throw refused("An IPv6 address stands in brackets: [::1]:\(port)") }
            host = String(name)
        }
        guard !host.isEmpty else { throw refused("Write 127.0.0.1:\(port) for this machine only, 0.0.0.0:\(port) for all networks") }
        self.port = port
    }

    /// Reached from this machine only.
    package var isLoopback: Bool { RemoteLocation.http(scheme: "http", host: host.lowercased(), port: nil, base: "").isLoopback }

    /// `http://host:port` with the port that was had.
    package func url(port: Int) -> String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
