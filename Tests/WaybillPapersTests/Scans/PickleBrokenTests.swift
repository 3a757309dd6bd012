import Testing
import WaybillFormat
import WaybillPapers
import WaybillTestSupport

/// Pickles that break off, hide behind others or ask for too much.
@Suite struct PickleBrokenTests {
    /// What stands before the broken byte runs.
    @Test func aPayloadBeforeTheBreakIsFound() throws {
        for route in PickleScanTests.routes {
            for tail in [[0xFF], [], [0x80, 9], Array("garbage".utf8), [0x42, 0xFF, 0xFF, 0xFF, 0x7F]] as [[UInt8]] {
                let scan = try Samples.scan(route.bytes.dropLast() + tail, "weights.bin")
                #expect(scan.rules.isSuperset(of: [.pickleDangerousGlobal, .pickleMalformed]), "\(route.name): \(scan.findings)")
            }
        }
    }

    @Test func whatDoesNotParseIsUnsafe() throws {
        let broken: [[UInt8]] = [
            [0x80, 2], [0x80, 9, 0x4E, 0x2E], [0x80, 2, 0x2E], [0x80, 2, 0x30, 0x2E], [0x80, 2, 0x68, 3, 0x2E], Array("t.".utf8),
            Array("N(.".utf8),
            [0x80, 4, 0x95, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0x4E, 0x2E], [0x80, 2, 0x54, 0xFF, 0xFF, 0xFF, 0xFF, 0x2E], Array("Iabc\n.".utf8),
            Array("S'open\n.".utf8), Array("c\n\n.".utf8), Array("hello".utf8), [0x80, 2, 0x58, 9, 0, 0, 0, 0x61],
            [0x80, 4, 0x4E, 0x93, 0x2E], [0],
        ]
        for bytes in broken {
            let scan = try Samples.scan(bytes, "model.pkl")
            #expect(scan.rules.contains(.pickleMalformed), "\(bytes): \(scan.findings)")
            #expect(scan.isUnsafe)
        }
    }

    @Test func everyTruncationIsSeen() throws {
        let whole = PickleBuilder(protocol: 4).text("a").raw([0x71, 0]).global("collections", "OrderedDict").op(")").op("R").raw([0x4B, 1])
            .op(0x86).stopped
        #expect(try Samples.scan(whole, "model.pkl").isClean)
        for count in 1..<whole.count {
            #expect(try Samples.scan(Array(whole.prefix(count)), "model.pkl").rules.contains(.pickleMalformed), "\(count)")
        }
    }

    @Test func severalPicklesInARow() throws {
        let three = PickleBuilder.harmless + PickleBuilder.harmless + PickleBuilder.osSystem
        let scan = try Samples.scan(three, "model.bin")
        #expect(scan.rules == [.pickleDangerousGlobal])
        #expect(scan.findings.first?.offset ?? 0 > 2 * PickleBuilder.harmless.count)
        #expect(try Samples.scan(PickleBuilder.harmless + PickleBuilder.harmless, "model.bin").isClean)
        // Behind such for which nothing speaks.
        let bare = PickleBuilder().op("}").stopped + PickleBuilder().op("(").op("l").stopped
        #expect(
            try Samples.scan(bare + PickleBuilder().global("mymodel", "Net").op(")").op("R").stopped, "model").rules == [
                .pickleUnlistedGlobal
            ])
        #expect(try Samples.scan(bare + bare, "model.pkl").isClean)
        // One unpickler that loads twice keeps its memo.
        let first = PickleBuilder(protocol: 4).text("os").raw([0x71, 5]).stopped
        let second = PickleBuilder(protocol: 4).raw([0x68, 5]).text("system").op(0x93).call("id").stopped
        #expect(try Samples.scan(first + second, "model.pkl").rules == [.pickleDangerousGlobal])
    }

    @Test func aPickleBehindOtherDataIsFound() throws {
        let zeros = [UInt8](repeating: 0, count: 5_000)
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        for before in [zeros, png + zeros, Array("some text\n".utf8), [UInt8](repeating: 0x80, count: 3_000), Array("N.".utf8) + zeros] {
            for route in PickleScanTests.routes.prefix(6) {
                let scan = try Samples.scan(before + route.bytes + zeros, "data.bin")
                #expect(scan.rules.contains(.pickleEmbedded), "\(route.name) behind \(before.prefix(4)): \(scan.findings)")
                #expect(scan.isUnsafe)
            }
        }
    }

    @Test func aPickleAcrossTheEdgeOfAPieceIsFound() throws {
        for shift in [-300, -250, -10, -1, 0] {
            let zeros = [UInt8](repeating: 0, count: (1 << 20) + shift)
            for bytes in [PickleBuilder.osSystem, PickleScanTests.routes[0].bytes] {
                let scan = try Samples.scan(zeros + bytes + zeros, "data.bin")
                #expect(scan.findings.first?.rule == .pickleEmbedded, "\(shift)")
                #expect(scan.findings.first?.offset == zeros.count, "\(shift)")
            }
        }
    }

    @Test func trailingBytesAreSearched() throws {
        let zeros = [UInt8](repeating: 0, count: 100)
        #expect(try Samples.scan(PickleBuilder.harmless + zeros, "model.pkl").rules == [.pickleTrailingData])
        #expect(
            try Samples.scan(PickleBuilder.harmless + zeros + PickleBuilder.osSystem, "model.pkl").rules == [
                .pickleTrailingData, .pickleEmbedded,
            ])
        #expect(
            try Samples.scan(PickleBuilder.harmless + zeros + ZipBuilder.archive(("data.pkl", PickleBuilder.osSystem)), "model.pkl").rules
                .isSuperset(of: [.contentPolyglot, .pickleDangerousGlobal]))
    }

    @Test func textAndWeightsAreNoPickles() throws {
        for text in [
            "cat\nfoo\nbar", "config\nvalues\n(a)", "I am a text.\n", "N.B. this", "(a) first (b) second.", "import os\nos.system('id')\n",
            "the\nof\nand", "}{", "F1 score\n", "g\n", ". . .", "cos\nsystem\n", "(cos\nsystem\n",
        ] {
            let scan = try Samples.scan(text, "notes")
            #expect(scan.isClean && scan.kinds == [.unknown], "\(text): \(scan.findings)")
        }
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2_000 {
            // What begins like a pickle, by chance.
            let bytes =
                [0x80, UInt8.random(in: 0...5, using: &generator)] + (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let scan = try Samples.scan(bytes, "tensor")
            #expect(scan.worst != .unsafe, "\(bytes): \(scan.findings)")
        }
    }

    // MARK: Limits

    @Test func whatAsksForTooMuchIsUnsafe() throws {
        let marks = [UInt8](repeating: UInt8(ascii: "("), count: (1 << 20) + 9)
        let values = [UInt8](repeating: UInt8(ascii: "N"), count: (1 << 20) + 9)
        let memo = [0x4E, 0x72, 0xFF, 0xFF, 0xFF, 0x7F] as [UInt8]
        for bytes in [marks, values, memo] {
            let scan = try Samples.scan([0x80, 2] + bytes + [0x2E], "model.pkl")
            #expect(scan.rules == [.pickleLimit])
            #expect(scan.completeness != .complete)
        }
    }

    /// Shapes that cost a machine with a stack and a memo much.
    @Test func hostileShapesEndSoon() throws {
        let count = 1 << 20
        func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] { Array(repeatElement(bytes, count: count).joined()) }
        let shapes: [[UInt8]] = [
            [0x80, 2] + repeated([0x5D, 0x85, 0x30], count) + Array("N.".utf8),
            // Tuples in tuples.
            [0x80, 2, 0x29] + repeated([0x85], 4 * count) + [0x2E],
            [0x80, 2, 0x29] + repeated([0x32, 0x86], count) + [0x2E],
            // A dictionary that holds itself, again and again.
            [0x80, 2, 0x7D, 0x71, 0] + repeated(PickleBuilder().text("a").raw([0x68, 0]).op("s").bytes, count / 4) + [0x2E],
            // Everything could begin a pickle.
            repeated([0, 0x80, 2], count),
            [0] + repeated([0x80, 2, 0x4E], count),
            [0] + repeated(Array("cos\nsystem\n".utf8), count / 8),
            [0x80, 4] + repeated(PickleBuilder().text("0123456789abcdef0123456789abcdef").op(0x94).op("0").bytes, count / 8)
                + Array("N.".utf8),
        ]
        for (index, bytes) in shapes.enumerated() {
            let clock = ContinuousClock()
            let start = clock.now
            _ = try Samples.scan(bytes, "model.bin")
            #expect(clock.now - start < .seconds(10), "shape \(index): \(clock.now - start)")
        }
    }

    @Test func findingsAreKeptWithinBounds() throws {
        var pickle = PickleBuilder(protocol: 4)
        for index in 0..<500 { pickle = pickle.stackGlobal("module\(index)", "Name").op("0") }
        let scan = try Samples.scan(pickle.op("N").stopped, "model.pkl")
        #expect(scan.findings.count == 256)
        #expect(scan.completeness != .complete)
        // The same thing twice is one finding.
        let twice = PickleBuilder(protocol: 4).stackGlobal("a", "b").op("0").stackGlobal("a", "b")
        #expect(try Samples.scan(twice.stopped, "model.pkl").findings.count == 1)
    }

    @Test func detailsAreNeutralised() throws {
        let scan = try Samples.scan(PickleBuilder(protocol: 4).stackGlobal("os\u{1B}[2J\n", "\u{202E}x").stopped, "model.pkl")
        let detail = try #require(scan.findings.first?.detail)
        #expect(!detail.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
        #expect(detail.contains("\\u{1B}"))
    }
}
