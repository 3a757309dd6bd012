/// Reads the text of remotes and addresses; knows the usual slips and says what to write instead.
struct RemoteParser {
    let text: String

    static let maximumByteCount = 4_096

    init(_ text: String) { self.text = text }

    /// Splits off the last `trailingSegments` segments of the path; the rest is the remote.
    func remote(trailingSegments: Int) throws(FormatError) -> (remote: RemoteLocation, trailing: [String]) {
        guard !text.utf8.isEmpty else {
            throw refused("an address was expected", "Write for example http://host:8090/acme/tiny.")
        }
        guard text.utf8.count <= Self.maximumByteCount else {
            throw refused("an address has at most \(Self.maximumByteCount) bytes", "Shorten it.")
        }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value >= 0x7F && $0.value < 0xA0 }) else {
            throw refused("an address has no control characters", "Write it in one line.")
        }
        let characters = text.utf8
        if let colon = characters.firstIndex(of: UInt8(ascii: ":")) {
            let scheme = String(Substring(characters[..<colon])).lowercased()
            let rest = String(Substring(characters[characters.index(after: colon)...]))
            switch scheme {
            case "http", "https": return try http(scheme, rest, trailingSegments)
            case "s3": return try s3(rest, trailingSegments)
            case "file": return try file(rest, trailingSegments)
            default:
                if rest.hasPrefix("//") {
                    throw refused("the scheme \(scheme) is unknown", "Use http://, https://, s3:// or file:.")
                }
            }
        }
        return try alias(trailingSegments)
    }

    // MARK: Kinds

    private func http(_ scheme: String, _ rest: String, _ trailing: Int) throws(FormatError) -> (RemoteLocation, [String]) {
        let (authority, path) = try authorityAndPath(scheme, rest)
        guard !authority.utf8.contains(UInt8(ascii: "@")) else {
            throw refused("an address holds no user or password", "Leave out what stands before @, and use waybill login.")
        }
        let (host, port) = try hostAndPort(scheme, authority)
        let (base, model) = try split(try urlSegments(path), trailing, example: "\(scheme)://\(authority)/acme/tiny")
        try requirePlain(base)
        return (.http(scheme: scheme, host: host, port: port, base: base.map { "/\($0)" }.joined()), model)
    }

    private func s3(_ rest: String, _ trailing: Int) throws(FormatError) -> (RemoteLocation, [String]) {
        let (bucket, path) = try authorityAndPath("s3", rest)
        let bytes = bucket.utf8
        func isEdge(_ byte: UInt8) -> Bool { byte.isDigit || byte >= 0x61 && byte <= 0x7A }
        guard (3...63).contains(bytes.count), let first = bytes.first, let last = bytes.last, isEdge(first), isEdge(last),
            bytes.allSatisfy({ isEdge($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") })
        else {
            throw refused(
                "\"\(bucket)\" is not the name of a bucket",
                "Write s3://bucket/acme/tiny; a bucket has 3 to 63 of a-z, 0-9, dot and hyphen. The endpoint is set apart.")
        }
        let (prefix, model) = try split(try urlSegments(path), trailing, example: "s3://\(bucket)/acme/tiny")
        try requirePlain(prefix)
        return (.s3(bucket: bucket, prefix: prefix.joined(separator: "/")), model)
    }

    private func file(_ rest: String, _ trailing: Int) throws(FormatError) -> (RemoteLocation, [String]) {
        var path = rest
        if rest.hasPrefix("//") {
            path = String(Substring(rest.utf8.dropFirst(2)))
            guard path.utf8.first == UInt8(ascii: "/") else {
                throw refused("a file: address names no host", "Write file:///dir (three slashes), or file:./dir for a relative one.")
            }
        }
        let isAbsolute = path.utf8.first == UInt8(ascii: "/")
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
        guard isAbsolute || parts.first == "." || parts.first == ".." else {
            throw refused("a relative directory begins with ./", "Write file:./\(path), or file:///dir for an absolute one.")
        }
        let (directory, model) = try split(parts, trailing, example: "file:///srv/store/acme/tiny")
        var kept = directory.enumerated().filter { $0.element != "." || $0.offset == 0 && !isAbsolute }.map(\.element)
        if !isAbsolute, kept.isEmpty {
            throw refused("the directory is missing", "Write file:./acme/tiny for a store in the current directory.")
        }
        if kept.count > 1, kept[0] == ".", kept[1] == ".." { kept.removeFirst() }
        return (.file(path: (isAbsolute ? "/" : "") + kept.joined(separator: "/")), model)
    }

    private func alias(_ trailing: Int) throws(FormatError) -> (RemoteLocation, [String]) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
        let first = parts[0]
        if first.isEmpty || first == "." || first == ".." || first.hasPrefix("~") {
            throw refused(
                "this is the path of a directory of files, not of a store",
                first.isEmpty ? "For a store in a directory write file://\(text)." : "For a store in a directory write file:\(text).")
        }
        if parts.count > trailing,
            first.lowercased() == "localhost" || first.utf8.contains(where: { $0 == 0x3A || $0 == 0x2E || $0 == 0x5B })
        {
            throw refused("the scheme is missing", "Write http://\(text) or https://\(text).")
        }
        guard parts.count == 1 + trailing else {
            if trailing == 0 { throw refused("not a remote", "Use http://, https://, s3://, file:, or an alias of waybill remote add.") }
            if parts.count == trailing {
                throw refused("the remote is missing", "Write http://host:8090/\(text), file:./store/\(text) or alias/\(text).")
            }
            throw refused(
                "not an address", "Write alias/org/name (three parts), or begin with http://, https://, s3:// or file:.")
        }
        guard let byte = first.utf8.first, byte.isLetterOrDigit, first.utf8.count <= 64,
            first.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") })
        else {
            throw refused(
                "\"\(first)\" is not an alias", "An alias is 1 to 64 letters, digits, hyphens and underscores; see waybill remote.")
        }
        return (.alias(first), Array(parts.dropFirst()))
    }

    // MARK: Pieces

    private func authorityAndPath(_ scheme: String, _ rest: String) throws(FormatError) -> (String, String) {
        guard rest.hasPrefix("//") else {
            let tail = rest.utf8.drop { $0 == UInt8(ascii: "/") }
            throw refused("two slashes belong after \(scheme):", "Write \(scheme)://\(String(Substring(tail))).")
        }
        for byte in rest.utf8 {
            switch byte {
            case UInt8(ascii: "?"): throw refused("an address has no query", "Leave out what begins with ?.")
            case UInt8(ascii: "#"): throw refused("an address has no fragment", "Leave out what begins with #.")
            case UInt8(ascii: " "): throw refused("an address has no spaces", "Take them out.")
            default: break
            }
        }
        let after = rest.utf8.dropFirst(2)
        let end = after.firstIndex(of: UInt8(ascii: "/")) ?? after.endIndex
        return (String(Substring(after[..<end])), String(Substring(after[end...])))
    }

    private func hostAndPort(_ scheme: String, _ authority: String) throws(FormatError) -> (String, Int?) {
        let bytes = authority.utf8
        var host: String?
        var portText: Substring?
        if bytes.first == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else {
                throw refused("the bracket of the IPv6 address is not closed", "Write for example http://[::1]:8090/acme/tiny.")
            }
            host = HostName.canonicalIPv6(String(Substring(bytes[bytes.index(after: bytes.startIndex)..<close])))
            let after = Substring(bytes[bytes.index(after: close)...])
            if after.utf8.first == UInt8(ascii: ":") {
                portText = Substring(after.utf8.dropFirst())
            } else if !after.isEmpty {
                host = nil
            }
        } else if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            host = HostName.canonical(String(Substring(bytes[..<colon])))
            portText = Substring(bytes[bytes.index(after: colon)...])
            if portText?.utf8.contains(UInt8(ascii: ":")) == true {
                throw refused("an IPv6 address stands in brackets", "Write for example http://[::1]:8090/acme/tiny.")
            }
        } else {
            host = HostName.canonical(authority)
        }
        guard let host else { throw refused("\"\(authority)\" is not a host", "Write for example http://host.example:8090/acme/tiny.") }
        guard let portText else { return (host, nil) }
        guard portText.utf8.allSatisfy(\.isDigit), let port = Int(portText),
            (1...65_535).contains(port)
        else {
            throw refused("\"\(portText)\" is not a port", "A port is a number from 1 to 65535.")
        }
        return (host, port == (scheme == "https" ? 443 : 80) ? nil : port)
    }

    /// Segments between slashes; a slash at the end counts for nothing.
    private func urlSegments(_ path: String) throws(FormatError) -> [String] {
        var parts = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true { parts.removeLast() }
        guard parts.allSatisfy({ !$0.isEmpty }) else { throw refused("two slashes follow one another", "Write one.") }
        return parts.map { String(Substring($0)) }
    }

    private func split(_ parts: [String], _ trailing: Int, example: String) throws(FormatError) -> ([String], [String]) {
        guard parts.count >= trailing else {
            throw refused("the model (org/name) is missing at the end", "Write for example \(example).")
        }
        return (Array(parts.dropLast(trailing)), Array(parts.suffix(trailing)))
    }

    /// What stands before the model is unreserved characters only: nothing that a proxy or bucket reads in another way.
    private func requirePlain(_ parts: [String]) throws(FormatError) {
        for part in parts {
            let isPlain = part.utf8.allSatisfy {
                $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
                    || $0 == UInt8(ascii: "~")
            }
            guard isPlain, part != ".", part != ".." else {
                throw refused(
                    "\"\(part)\" cannot stand before the model",
                    "There only letters, digits, hyphen, underscore, dot and tilde are allowed; a ref (:ref) stands at the end.")
            }
        }
    }
}
