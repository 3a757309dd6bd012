/// Scans what is, may be or should be a pickle.
enum PickleScan {
    private static let maximumPickles = 1 << 20
    private static let maximumDoubtful = 64
    /// Pickles of an old torch file, before the storages.
    private static let torchPickles = 5

    /// Looks at the pickles at the beginning of a source and at what follows them.
    ///
    /// - Parameter isExpected: whether the name promises a pickle: then what does not parse is a broken pickle.
    /// - Returns: false, and nothing is reported, if it is no pickle.
    static func scan(
        _ source: any ByteSource, from start: Int = 0, isExpected: Bool, _ session: ScanSession
    ) throws(ScanStop) -> Bool {
        var machine = PickleMachine(ByteWindow(source, at: start))
        let first = try source.read(start, 1).first
        guard isExpected || mayBegin(first) else { return false }
        var count = 0
        // Pickles that parse, but for which nothing else speaks.
        var doubtful: [PickleMachine] = []
        var isTorch = false
        while true {
            let begin = machine.window.position
            let ending = try machine.run()
            let isPickle = isEvident(machine, ending, from: begin)
            if !isPickle, !(isExpected && count == 0), case .stopped = ending, doubtful.count < maximumDoubtful, machine.opcodeCount > 1,
                try !machine.window.isAtEnd()
            {
                doubtful.append(machine)
                machine = machine.next()
                continue
            }
            guard isPickle || isExpected && count == 0 else {
                if count == 0 { return false }
                machine.window.seek(begin)
                break
            }
            count += doubtful.count + 1
            session.looked(at: .pickle)
            for machine in doubtful + [machine] {
                for observation in machine.observations { session.report(observation.rule, at: observation.offset, observation.detail) }
            }
            doubtful = []
            switch ending {
            case .stopped: break
            case .broken(let cause):
                session.report(
                    .pickleMalformed, at: machine.window.position, "the pickle breaks off: \(cause). What stands before runs all the same")
                try EmbeddedPickles.search(source, from: begin + 1, session)
                return true
            case .limit(let cause):
                session.report(.pickleLimit, at: machine.window.position, "the pickle cannot be followed: \(cause)")
                session.markPartial("a pickle was not followed to its end")
                return true
            }
            if count == 1, case .torchMagic = machine.result { isTorch = true }
            if try machine.window.isAtEnd() { return true }
            if isTorch, count == torchPickles, storagesEnd(machine) == source.size { return true }
            guard count < maximumPickles else {
                session.report(.pickleLimit, at: machine.window.position, "more than 1,048,576 pickles in a row")
                session.markPartial("a pickle was not followed to its end")
                return true
            }
            machine = machine.next()
        }
        let rest = doubtful.first?.start ?? machine.window.position
        session.report(.pickleTrailingData, at: rest, "bytes follow the last pickle")
        try EmbeddedPickles.search(source, from: rest, session)
        return true
    }

    /// Where the storages of an old torch file end: each has its number of elements before it.
    private static func storagesEnd(_ machine: PickleMachine) -> Int? {
        machine.storages.values.reduce(machine.window.position as Int?) { sum, count in
            guard let sum else { return nil }
            let (end, overflow) = sum.addingReportingOverflow(8 + count)
            return overflow ? nil : end
        }
    }

    private static func mayBegin(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return byte == 0x80 || byte < 0x80 && "(.0122FIJKLMNPSTUVXBC]}){cidgihjG".utf8.contains(byte) || (0x82...0x98).contains(byte)
    }

    /// Whether bytes of which nothing was promised are a pickle. Text and weights are not taken for one: a name must have been imported,
    /// or it must have parsed to its end.
    private static func isEvident(_ machine: PickleMachine, _ ending: PickleMachine.Ending, from begin: Int) -> Bool {
        switch ending {
        case .stopped:
            let isWhole = machine.window.source.size.map { $0 == machine.window.position } ?? false
            return machine.hasProtocol || machine.importCount > 0 || machine.callCount > 0 || isWhole && machine.opcodeCount > 1
        case .broken, .limit:
            if machine.dangerousCount > 0 { return machine.hasProtocol || machine.callCount > 0 }
            return machine.importCount > 0 && (machine.hasProtocol || machine.callCount > 0)
                || machine.hasProtocol && machine.opcodeCount > 64
        }
    }
}
