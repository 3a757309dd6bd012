/// Hosts as they may stand in an address.
enum HostName {
    /// The canonical form of a host without brackets or port; nil if it is none.
    static func canonical(_ text: String) -> String? {
        let host = text.lowercased()
        guard host.utf8.count <= 253 else { return nil }
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        for label in labels {
            guard let first = label.first, let last = label.last, label.count <= 63 else { return nil }
            guard label.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }) else { return nil }
            guard first != UInt8(ascii: "-"), last != UInt8(ascii: "-") else { return nil }
        }
        // "127.1" and "0x7f.1" mean different hosts to different resolvers.
        if let last = labels.last, last.allSatisfy(\.isDigit) || last.starts(with: "0x".utf8) {
            return ipv4(host) == nil ? nil : host
        }
        return host
    }

    static func isIPv4Loopback(_ host: String) -> Bool { ipv4(host)?.first == 127 }

    /// The four numbers of a dotted quad in its one decimal form.
    static func ipv4(_ text: String) -> [UInt8]? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var numbers: [UInt8] = []
        for part in parts {
            guard part.allSatisfy(\.isDigit), let number = UInt8(String(Substring(part))) else {
                return nil
            }
            guard part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    /// The canonical form (RFC 5952) of an IPv6 address without brackets; nil for zones and for anything else.
    static func canonicalIPv6(_ text: String) -> String? {
        guard text.utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
        else {
            return nil
        }
        var groups: [UInt16] = []
        let characters = Array(text)
        let doubles = characters.indices.filter { $0 + 1 < characters.count && characters[$0] == ":" && characters[$0 + 1] == ":" }
        if doubles.isEmpty {
            guard let all = ipv6Groups(text), all.count == 8 else { return nil }
            groups = all
        } else {
            // A second "::" leaves an empty group on the right, which is none.
            let head = String(characters[..<doubles[0]])
            let tail = String(characters[(doubles[0] + 2)...])
            guard !head.contains("."), let before = head.isEmpty ? [] : ipv6Groups(head) else { return nil }
            guard let after = tail.isEmpty ? [] : ipv6Groups(tail), before.count + after.count <= 7 else { return nil }
            groups = before + Array(repeating: 0, count: 8 - before.count - after.count) + after
        }
        return compressed(groups)
    }

    private static func ipv6Groups(_ text: String) -> [UInt16]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { String($0) }
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if part.contains(".") {
                guard index == parts.count - 1, let quad = ipv4(part) else { return nil }
                groups.append(UInt16(quad[0]) << 8 | UInt16(quad[1]))
                groups.append(UInt16(quad[2]) << 8 | UInt16(quad[3]))
            } else {
                guard (1...4).contains(part.utf8.count), let group = UInt16(part, radix: 16) else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func compressed(_ groups: [UInt16]) -> String {
        // The first longest run of at least two zero groups becomes "::".
        var best = 0..<0
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start >= 2, end - start > best.count { best = start..<end }
            start = max(end, start + 1)
        }
        func joined(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
        return best.isEmpty ? joined(groups[...]) : joined(groups[..<best.lowerBound]) + "::" + joined(groups[best.upperBound...])
    }
}
