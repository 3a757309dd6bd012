extension PickleMachine {
    /// What old torch files begin with, little-endian.
    private static let torchMagic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

    /// Opcodes that push a value which stands in the pickle.
    mutating func literal(_ opcode: UInt8) throws(Fault) -> Bool {
        switch opcode {
        case UInt8(ascii: "N"): push(.none)
        case 0x88: push(.boolean(true))
        case 0x89: push(.boolean(false))
        case UInt8(ascii: "I"), UInt8(ascii: "L"):
            guard let line = try line(), let number = PickleText.integer(line) else { throw .broken("a number is none") }
            push(number.map { .integer($0) } ?? .other)
        case UInt8(ascii: "F"):
            guard let line = try line(), Self.isReal(line) else { throw .broken("a number is none") }
            push(.other)
        case UInt8(ascii: "J"): push(.integer(Int(Int32(truncatingIfNeeded: try unsigned(4)))))
        case UInt8(ascii: "K"): push(.integer(Int(try unsigned(1))))
        case UInt8(ascii: "M"): push(.integer(Int(try unsigned(2))))
        case UInt8(ascii: "G"):
            try skip(8)
            push(.other)
        case 0x8A: try long(count: try length(1))
        case 0x8B: try long(count: try signedLength())
        case UInt8(ascii: "S"):
            guard let line = try line(), let value = PickleText.quoted(line) else { throw .broken("a text has no quotes") }
            push(text(value))
        case UInt8(ascii: "V"):
            guard let line = try line() else { throw .broken("a text has no end") }
            push(text(PickleText.rawUnicode(line)))
        case UInt8(ascii: "T"): push(try text(count: try signedLength()))
        case UInt8(ascii: "U"), 0x8C: push(try text(count: try length(1)))
        case UInt8(ascii: "X"): push(try text(count: try length(4)))
        case 0x8D: push(try text(count: try length(8)))
        case UInt8(ascii: "B"): try skipped(try length(4))
        case UInt8(ascii: "C"): try skipped(try length(1))
        case 0x8E, 0x96: try skipped(try length(8))
        // A buffer that stands outside of the pickle.
        case 0x97: push(.other)
        case 0x98: _ = try top()
        default: return false
        }
        return true
    }

    /// Opcodes that make or fill containers.
    mutating func container(_ opcode: UInt8) throws(Fault) -> Bool {
        switch opcode {
        case UInt8(ascii: ")"): push(tuple([]))
        case UInt8(ascii: "t"): push(tuple(try popMark()))
        case 0x85: push(tuple([try pop()]))
        case 0x86:
            let second = try pop()
            push(tuple([try pop(), second]))
        case 0x87:
            let third = try pop()
            let second = try pop()
            push(tuple([try pop(), second, third]))
        case UInt8(ascii: "]"), 0x8F: push(.other)
        case UInt8(ascii: "l"), 0x91:
            _ = try popMark()
            push(.other)
        case UInt8(ascii: "}"): push(dictionary())
        case UInt8(ascii: "d"):
            let items = try popMark()
            push(dictionary())
            try set(items)
        case UInt8(ascii: "s"):
            let value = try pop()
            try set([try pop(), value])
        case UInt8(ascii: "u"): try set(try popMark())
        case UInt8(ascii: "a"):
            _ = try pop()
            _ = try top()
        case UInt8(ascii: "e"), 0x90:
            _ = try popMark()
            _ = try top()
        default: return false
        }
        return true
    }

    func tuple(_ items: [PickleValue]) -> PickleValue {
        PickleNode(items, budget: nodes).map { .tuple($0) } ?? .other
    }

    private func dictionary() -> PickleValue {
        PickleNode([], isDictionary: true, budget: nodes).map { .dictionary($0) } ?? .other
    }

    private mutating func set(_ items: [PickleValue]) throws(Fault) {
        guard items.count.isMultiple(of: 2) else { throw .broken("a dictionary has a key without a value") }
        guard case .dictionary(let node) = try top() else { return }
        for index in stride(from: 0, to: items.count, by: 2) {
            if let key = items[index].text { node.set(key, items[index + 1]) }
        }
    }

    private mutating func long(count: Int) throws(Fault) {
        guard count == Self.torchMagic.count || count <= 8 else {
            try skip(count)
            push(.other)
            return
        }
        let bytes = try bytes(count)
        if bytes == Self.torchMagic {
            push(.torchMagic)
            return
        }
        guard count <= 8 else {
            push(.other)
            return
        }
        var value: Int64 = bytes.last.map { $0 >= 0x80 ? -1 : 0 } ?? 0
        for byte in bytes.reversed() { value = value << 8 | Int64(byte) }
        push(.integer(Int(value)))
    }

    private mutating func signedLength() throws(Fault) -> Int {
        let length = Int32(truncatingIfNeeded: try unsigned(4))
        guard length >= 0 else { throw .broken("a length is negative") }
        return Int(length)
    }

    private mutating func skipped(_ count: Int) throws(Fault) {
        try skip(count)
        push(.other)
    }

    private static func isReal(_ line: [UInt8]) -> Bool {
        !line.isEmpty && line.count <= 400
            && line.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    0x20,
                    0x09, 0x0D:
                    true
                default: "einfatyEINFATY".utf8.contains(byte)
                }
            }
    }
}
