/// Searches bytes of no known format for pickles that import what is not on the allowlist.
enum EmbeddedPickles {
    private static let candidateFuel = 4_096
    private static let piece = 1 << 20
    /// Longest import by lines that is recognised.
    private static let overlap = 256

    static func search(_ source: any ByteSource, from start: Int, to end: Int = .max, _ session: ScanSession) throws(ScanStop) {
        guard !session.isTensorData else { return }
        var position = start
        let limit = min(end, start + session.searchBudget)
        while position < limit {
            let bytes = try source.read(position, min(piece, limit - position))
            guard !bytes.isEmpty else { return }
            // What begins in the overlap is found in the next piece.
            let isLast = bytes.count < piece
            let count = isLast ? bytes.count : bytes.count - overlap
            for index in 0..<count {
                guard isCandidate(bytes, index) else { continue }
                guard session.embeddedFuel > 0 else {
                    session.report(.pickleLimit, at: position + index, "more places that could begin a pickle than are followed")
                    session.markPartial("more places that could begin a pickle than are followed")
                    return
                }
                // What begins in the middle may rely on a MARK before it.
                try follow(source, at: position + index, first: bytes[index], session)
            }
            position += count
            session.searchBudget -= count
            if isLast { break }
        }
        if position >= limit, limit < end, try !source.read(limit, 1).isEmpty {
            session.markPartial("only 64 MiB of unknown data were searched for pickles")
        }
    }

    private static func isCandidate(_ bytes: [UInt8], _ index: Int) -> Bool {
        switch bytes[index] {
        case 0x80: index + 1 < bytes.count && (1...5).contains(bytes[index + 1])
        case UInt8(ascii: "c"), UInt8(ascii: "i"): isImport(bytes, index + 1)
        default: false
        }
    }

    /// Whether two lines name something that is unmistakably dangerous.
    private static func isImport(_ bytes: [UInt8], _ start: Int) -> Bool {
        guard let (module, next) = identifier(bytes, start), let (name, _) = identifier(bytes, next) else { return false }
        let global = PickleGlobal(module: module, name: name)
        return PickleNames.isUnmistakable(module: global.module, name: global.name)
    }

    private static func identifier(_ bytes: [UInt8], _ start: Int) -> (text: String, next: Int)? {
        var index = start
        while index < bytes.count, index - start < 64 {
            let byte = bytes[index]
            if byte == 0x0A {
                guard index > start else { return nil }
                return (String(decoding: bytes[start..<index], as: UTF8.self), index + 1)
            }
            guard byte < 0x80,
                byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || Character(Unicode.Scalar(byte)).isLetter
                    || Character(Unicode.Scalar(byte)).isNumber
            else { return nil }
            index += 1
        }
        return nil
    }

    private static func follow(_ source: any ByteSource, at offset: Int, first: UInt8, _ session: ScanSession) throws(ScanStop) {
        var machine = PickleMachine(ByteWindow(source, at: offset, piece: 1_024), isMarked: first != 0x80)
        machine.fuel = min(candidateFuel, session.embeddedFuel)
        let ending = try machine.run()
        session.embeddedFuel -= machine.opcodeCount + 16
        let isWhole = if case .stopped = ending { true } else { false }
        // Lines of a list of words may look like INST, which calls at once.
        let isCalled = machine.callCount > (first == UInt8(ascii: "i") ? 1 : 0)
        guard machine.importCount > 0, machine.isUnsafe, isWhole || isCalled || machine.hasProtocol && machine.dangerousCount > 0
        else { return }
        session.looked(at: .pickle)
        let cause = machine.observations.first { $0.rule.severity == .unsafe }
        session.report(.pickleEmbedded, at: offset, "a pickle inside other data \(cause?.detail ?? "imports something")")
    }
}
