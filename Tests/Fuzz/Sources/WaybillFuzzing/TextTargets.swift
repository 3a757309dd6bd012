import WaybillFormat

/// Names, paths, addresses and headers.
extension FuzzTarget {
    /// Names of models and refs, objects' paths, digests, times and hints: each the inverse of its writer.
    public static let name = FuzzTarget("name") { (input) throws(BrokenProperty) in
        if let n = RefHint.decode(input) { try require(RefHint.encode(n) == input, "a hint in two forms") }
        guard let text = text(input) else { return false }
        var isAccepted = false
        if let model = try parsed(refusal: [.usage], { () throws(FormatError) in try ModelName(text) }) {
            try require(model.path.utf8.elementsEqual(text.utf8), "a model's name in two forms")
            try require(isSafe(model.org) && isSafe(model.name), "a model's name that is no name of a folder")
            isAccepted = true
        }
        if let ref = try parsed(refusal: [.usage], { () throws(FormatError) in try RefName(text) }) {
            try require(ref.text.utf8.elementsEqual(text.utf8) && isSafe(ref.text), "a ref's name")
            isAccepted = true
        }
        if let object = ObjectName(path: text) {
            try require(object.path.utf8.elementsEqual(text.utf8), "an object's path in two forms")
            for part in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
                try require(isSafe(String(decoding: part, as: UTF8.self)), "an object's path that leaves its folder")
            }
            isAccepted = true
        }
        if let push = PushName(text) { try require(push.text.utf8.elementsEqual(text.utf8) && isSafe(push.text), "a push's name") }
        if let digest = Digest(hex: text) { try require(digest.hex.utf8.elementsEqual(text.utf8), "a digest in two forms") }
        if let seconds = Timestamp.secondsSince1970(text) {
            try require(Timestamp.text(secondsSince1970: seconds).utf8.elementsEqual(text.utf8), "a time in two forms")
        }
        return isAccepted
    }

    private static func isSafe(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 128
            && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") }
    }

    /// Lines, each a path of a model's file; those that are accepted also as a model's files.
    public static let path = FuzzTarget("path") { (input) throws(BrokenProperty) in
        var paths: [ModelPath] = []
        for line in input.split(separator: UInt8(ascii: "\n")) {
            guard let text = text(line) else { continue }
            guard let path = try parsed(refusal: [.integrity], { () throws(FormatError) in try ModelPath(text) }) else { continue }
            try require(path.text.utf8.elementsEqual(line), "another text")
            try require(path.components.joined(separator: "/").utf8.elementsEqual(line), "other components")
            for component in path.components {
                try require(!["", ".", "..", ".waybill", ".git", ".cache"].contains(component.lowercased()), "a component")
                try require(component.utf8.count <= ModelPath.maximumComponentByteCount, "a long component")
                try require(component.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\\") }, "a character")
            }
            paths.append(path)
        }
        let isAccepted = try parsed(refusal: [.integrity], { () throws(FormatError) in try ModelPath.requireDistinct(paths) }) != nil
        try require(isAccepted == areDistinct(paths), "paths that \(isAccepted ? "collide are accepted" : "do not collide are refused")")
        return isAccepted && !paths.isEmpty
    }

    /// The rule for the paths of a manifest, slowly.
    private static func areDistinct(_ paths: [ModelPath]) -> Bool {
        let keys = paths.map { $0.text.lowercased() }
        var folders: Set<String> = []
        for key in keys {
            for slash in key.utf8.indices where key.utf8[slash] == UInt8(ascii: "/") {
                folders.insert(String(Substring(key.utf8[..<slash])))
            }
        }
        return zip(paths, paths.dropFirst()).allSatisfy { $0.text.utf8.lexicographicallyPrecedes($1.text.utf8) }
            && Set(keys).count == keys.count && folders.isDisjoint(with: keys)
    }

    public static let address = FuzzTarget("address") { (input) throws(BrokenProperty) in
        guard let text = text(input) else { return false }
        let remote = try location(text)
        let parse = { () throws(FormatError) in try Address(parsing: text) }
        try requireDiscreet(text, parse)
        guard let address = try parsed(refusal: [.usage], parse) else { return remote }
        let written = address.description
        let again = try parsed(refusal: [.usage], { () throws(FormatError) in try Address(parsing: written) })
        try require(again == address && again?.description == written, "written as \(written) it is another address")
        return true
    }

    private static func location(_ text: String) throws(BrokenProperty) -> Bool {
        let parse = { () throws(FormatError) in try RemoteLocation(parsing: text) }
        try requireDiscreet(text, parse)
        guard let remote = try parsed(refusal: [.usage], parse) else { return false }
        let written = remote.description
        let again = try parsed(refusal: [.usage], { () throws(FormatError) in try RemoteLocation(parsing: written) })
        try require(again == remote && again?.description == written, "written as \(written) it is another place")
        try require(remote.effectivePort.map { (1...65_535).contains($0) } ?? true, "a port")
        return true
    }

    /// No message repeats what stands before the @ of a host.
    private static func requireDiscreet<T>(_ text: String, _ parse: () throws(FormatError) -> T) throws(BrokenProperty) {
        do throws(FormatError) { _ = try parse() } catch {
            let message = Array(error.description.utf8)
            // The @ of a digest stands in the last segment.
            for segment in text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst().dropLast() {
                guard let at = segment.lastIndex(of: UInt8(ascii: "@")) else { continue }
                let secret = segment[...at]
                // Too short to mean anything, or like the stars that stand there instead.
                guard secret.count > 4, secret.first != UInt8(ascii: "@"), !secret.contains(UInt8(ascii: "*")) else { continue }
                let isTold = message.indices.contains { message[$0...].starts(with: secret) }
                try require(!isTold, "a message repeats a password: \(error)")
            }
        }
    }

    /// Eight bytes: the object's size; then a request's `Range`.
    public static let range = FuzzTarget("range") { (input) throws(BrokenProperty) in
        guard input.count >= 8, let header = text(input.dropFirst(8)) else { return false }
        let size = Int(littleEndian(input.prefix(8)) & UInt64(Int.max))
        try require(ByteRange.parse(header: nil, size: size) == .whole, "no header")
        let asked = ByteRange.parse(header: header, size: size)
        if header.utf8.allSatisfy({ $0 < 0x80 }) {
            try require(ByteRange.parse(header: header.uppercased(), size: size) == asked, "case counts")
        }
        guard case .partial(let range) = asked else { return asked == .unsatisfiable }
        try require(!range.isEmpty && range.lowerBound >= 0 && range.upperBound <= size, "bytes outside the object")
        try require(ByteRange.parse(header: ByteRange.header(for: range), size: size) == asked, "our own request is read in another way")
        let answer = ContentRange(range, size: size)
        try require(ContentRange(header: answer.header) == answer && answer.range == range, "our own answer is read in another way")
        return true
    }

    /// An answer's `Content-Range`.
    public static let contentRange = FuzzTarget("content-range") { (input) throws(BrokenProperty) in
        guard let header = text(input), let answer = ContentRange(header: header) else { return false }
        try require(!answer.range.isEmpty && answer.start >= 0 && answer.end <= (answer.total ?? .max) - 1, "bytes outside the object")
        try require(ContentRange(header: answer.header) == answer, "written again it is another")
        return true
    }
}
