/// Arrays of numpy. An array of objects is a pickle.
enum NumpyScan {
    private static let maximumHeader = 1 << 20
    private static let maximumArrays = 65_536

    static func scan(_ source: any ByteSource, _ session: ScanSession) throws(ScanStop) {
        session.looked(at: .numpy)
        var position = 0
        var last = 0
        // numpy.save may write one array behind the other.
        for _ in 0..<maximumArrays {
            guard let next = try scanArray(source, at: position, session) else { return }
            last = position
            position = next
            let head = try source.read(position, 8)
            if head.isEmpty { return }
            guard Magic.isNumpy(head) else { break }
        }
        if try PickleScan.scan(source, from: position, isExpected: false, session) { return }
        session.report(.numpyMalformed, at: position, "bytes behind the array")
        // What the header calls an array may be something else.
        try EmbeddedPickles.search(source, from: last, session)
    }

    /// - Returns: where the array ends; nil if nothing more is to be looked at.
    private static func scanArray(_ source: any ByteSource, at start: Int, _ session: ScanSession) throws(ScanStop) -> Int? {
        var window = ByteWindow(source, at: start + 6)
        guard let major = try window.next(), try window.next() != nil, let length = try window.integer(width: major == 1 ? 2 : 4),
            (1...3).contains(major), length <= UInt64(maximumHeader), let header = try window.take(Int(length))
        else {
            session.report(.numpyMalformed, at: start, "the header cannot be read")
            try suspect(source, at: start + 8, session)
            return nil
        }
        guard let array = NumpyHeader(header) else {
            session.report(.numpyMalformed, at: start, "the header is not the dictionary that the format demands")
            try suspect(source, at: window.position, session)
            return nil
        }
        let data = window.position
        guard !array.hasObjects else {
            _ = try PickleScan.scan(source, from: data, isExpected: true, session)
            return nil
        }
        guard let count = array.byteCount else { return nil }
        let (end, overflow) = data.addingReportingOverflow(count)
        guard !overflow, try window.skip(count) else {
            session.report(.numpyMalformed, at: start, "the array is longer than the file")
            try suspect(source, at: data, session)
            return nil
        }
        return end
    }

    /// A header that numpy may still read as one of objects.
    private static func suspect(_ source: any ByteSource, at offset: Int, _ session: ScanSession) throws(ScanStop) {
        if try PickleScan.scan(source, from: offset, isExpected: false, session) { return }
        try EmbeddedPickles.search(source, from: offset, session)
    }
}

/// The header of an npy file: a Python dictionary with `descr`, `fortran_order` and `shape`.
struct NumpyHeader {
    let hasObjects: Bool
    /// Nil for types with fields, whose size is not computed.
    let byteCount: Int?

    /// Nil for whatever is not written as numpy writes it: escapes, other keys, other punctuation.
    init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self), !text.contains("\\") else { return nil }
        let trimmed = text.drop { $0 == " " }
        guard trimmed.first == "{" else { return nil }
        // `'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }`
        var strings: [String] = []
        var plain = ""
        var quote: Character?
        var current = ""
        for character in trimmed {
            if let open = quote {
                if character == open {
                    strings.append(current)
                    current = ""
                    quote = nil
                    plain += "\u{0}"
                } else {
                    current.append(character)
                }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if !character.isWhitespace {
                plain.append(character)
            }
        }
        guard quote == nil, strings.contains("descr"), strings.contains("shape"), strings.contains("fortran_order") else { return nil }
        // Any text that could be a type of objects makes it one, wherever it stands.
        let codes = strings.filter { $0 != "descr" && $0 != "shape" && $0 != "fortran_order" }
        hasObjects = codes.contains { code in
            let bare = code.drop { "<>|=0123456789(),".contains($0) }
            return bare.hasPrefix("O") || code.lowercased().contains("object")
        }
        guard codes.count == 1, let element = ElementCode(codes[0]), let shape = Self.shape(plain) else {
            byteCount = nil
            return
        }
        var count = element.byteCount
        for dimension in shape {
            guard let sofar = count else { break }
            let (product, overflow) = sofar.multipliedReportingOverflow(by: dimension)
            count = overflow ? nil : product
        }
        byteCount = count
    }

    /// The numbers in the one pair of parentheses.
    private static func shape(_ plain: String) -> [Int]? {
        guard let open = plain.firstIndex(of: "("), let close = plain.firstIndex(of: ")"), open < close,
            plain.lastIndex(of: "(") == open
        else { return nil }
        var shape: [Int] = []
        for part in plain[plain.index(after: open)..<close].split(separator: ",") {
            guard let number = Int(part.last == "L" ? part.dropLast() : part), number >= 0 else { return nil }
            shape.append(number)
        }
        return shape
    }
}
