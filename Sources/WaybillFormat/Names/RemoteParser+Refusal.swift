extension RemoteParser {
    /// Why the text is none; what may be a password in it is not repeated.
    func refused(_ cause: String, _ remedy: String) -> FormatError {
        FormatError(.usage, subject: discreet(text), cause: discreet(cause), remedy: discreet(remedy))
    }

    /// `message` without what stands before the @ of a host: it must not end up in a log.
    private func discreet(_ message: String) -> String {
        let secrets = self.secrets
        guard !secrets.isEmpty else { return message }
        var rest = message.utf8[...]
        var kept: [UInt8] = []
        while let byte = rest.first {
            if let secret = secrets.first(where: { rest.starts(with: $0) }) {
                kept += "***@".utf8
                rest = rest.dropFirst(secret.count)
            } else {
                kept.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }

    /// What stands before an @, it included, wherever that may be a host's: also without a scheme, or with a slash too few. In an
    /// address the @ of a digest stands in the last segment. Longest first.
    private var secrets: [Substring.UTF8View] {
        let segments = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        var secrets: [Substring.UTF8View] = []
        for (index, segment) in segments.enumerated() {
            let before = index > 0 ? segments[index - 1] : nil
            guard index + 1 < segments.count || before.map({ $0.isEmpty || $0.last == UInt8(ascii: ":") }) == true else { continue }
            var user = segment
            if index == 0, let colon = segment.firstIndex(of: UInt8(ascii: ":")) { user = segment[segment.index(after: colon)...] }
            if let at = user.lastIndex(of: UInt8(ascii: "@")) { secrets.append(user[...at]) }
        }
        return secrets.sorted { $0.count > $1.count }
    }
}
