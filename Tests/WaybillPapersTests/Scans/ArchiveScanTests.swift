import Testing
import WaybillFormat
import WaybillPapers

/// Pickles inside archives, and archives that are traps themselves.
@Suite struct ArchiveScanTests {
    private static let evil = PickleBuilder.osSystem

    // MARK: What is inside is found

    @Test(arguments: ["model.pt", "model.bin", "archive.zip", "notes.txt", "model.safetensors"])
    func aPickleInAZipIsFound(name: String) throws {
        for method in [0, 8] {
            var zip = ZipBuilder()
            let data = method == 0 ? Self.evil : ZipBuilder.stored(Self.evil)
            zip.members = [
                .init(name: "archive/data.pkl", data: data, method: method, size: Self.evil.count),
                .init(name: "archive/version", data: [0x33]),
            ]
            let scan = try Samples.scan(zip.bytes, name)
            #expect(scan.rules.contains(.pickleDangerousGlobal), "\(method): \(scan.findings)")
            #expect(scan.members(.pickleDangerousGlobal) == ["archive/data.pkl"])
        }
    }

    @Test func theNameOfAMemberDoesNotMatter() throws {
        for name in ["data.pkl", "a.txt", "weights", "x/y/z.safetensors", "version"] {
            #expect(try Samples.scan(ZipBuilder.archive((name, Self.evil)), "a.bin").members(.pickleDangerousGlobal) == [name])
        }
    }

    @Test func archivesInArchivesAreFollowed() throws {
        var bytes = Self.evil
        for level in 1...4 {
            bytes =
                level == 2
                ? ZipBuilder.gzip(bytes)
                : level == 3 ? TarBuilder.archive(TarBuilder.member("in.bin", bytes)) : ZipBuilder.archive(("in.bin", bytes))
            let scan = try Samples.scan(bytes, "a.bin")
            #expect(scan.rules.contains(.pickleDangerousGlobal), "\(level): \(scan.findings)")
            #expect(scan.findings.first?.member.count == level)
        }
        let fifth = try Samples.scan(ZipBuilder.archive(("in.bin", bytes)), "a.bin")
        #expect(fifth.rules == [.archiveDepth])
        #expect(fifth.completeness != .complete)
    }

    @Test func aPickleInATarIsFound() throws {
        for tar in [
            TarBuilder.archive(TarBuilder.member("pickle", Self.evil)),
            ZipBuilder.gzip(TarBuilder.archive(TarBuilder.member("pickle", Self.evil))),
        ] {
            let scan = try Samples.scan(tar, "model.tar")
            #expect(scan.rules.contains(.pickleDangerousGlobal), "\(scan.findings)")
            #expect(scan.members(.pickleDangerousGlobal).first?.hasSuffix("pickle") == true)
        }
    }

    @Test func aPickleInACompressedFileIsFound() throws {
        let zlib = [0x78, 0x01] + ZipBuilder.stored(Self.evil) + [0, 0, 0, 0]
        for bytes in [ZipBuilder.gzip(Self.evil), zlib] {
            #expect(try Samples.scan(bytes, "model.joblib").rules.contains(.pickleDangerousGlobal))
        }
    }

    @Test func aPickleInNumpyIsFound() throws {
        func array(_ descr: String, _ data: [UInt8]) -> [UInt8] {
            let header = Array("{'descr': \(descr), 'fortran_order': False, 'shape': (1,), }\n".utf8)
            return [0x93] + Array("NUMPY".utf8) + [1, 0] + ZipBuilder.number(header.count, 2) + header + data
        }
        for bytes in [
            array("'|O'", Self.evil), array("'O'", Self.evil), array("[('a', '|O')]", Self.evil), array("'|\\x4f'", Self.evil),
            array("'<f8'", [UInt8](repeating: 0, count: 8) + Self.evil), array("'<f8'", Self.evil + [0]),
        ] {
            for (bytes, name) in [(bytes, "a.npy"), (bytes, "b.bin"), (ZipBuilder.archive(("a.npy", bytes)), "a.npz")] {
                #expect(try Samples.scan(bytes, name).isUnsafe, "\(String(decoding: bytes.prefix(60), as: UTF8.self))")
            }
        }
        #expect(try Samples.scan(array("'<f8'", [UInt8](repeating: 0, count: 8)), "a.npy").isClean)
        #expect(try Samples.scan(array("'|O'", PickleBuilder.harmless), "a.npy").isClean)
        #expect(try Samples.scan(array("'|O'", [1, 2, 3]), "a.npy").rules == [.pickleMalformed])
        #expect(try Samples.scan(array("'<f8'", [0, 0]), "a.npy").rules == [.numpyMalformed])
    }

    @Test func whatIsNotReadIsSaid() throws {
        for magic in [
            [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], [0x52, 0x61, 0x72, 0x21, 0x1A, 0x07], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00],
            [0x28, 0xB5, 0x2F, 0xFD], [0x04, 0x22, 0x4D, 0x18], Array("BZh91AY&SY".utf8),
        ] as [[UInt8]] {
            let scan = try Samples.scan(magic + [UInt8](repeating: 7, count: 40), "model.pkl")
            #expect(scan.rules == [.archiveUnreadable])
            #expect(scan.completeness != .complete)
        }
    }

    // MARK: Names and links

    @Test(arguments: ["../x", "a/../../x", "/etc/passwd", "C:\\x", "c:x", "a\\..\\x", "a\u{1}b", "..", "a/.."])
    func namesThatLeaveTheFolder(name: String) throws {
        #expect(try Samples.scan(ZipBuilder.archive((name, [0x61])), "a.zip").rules == [.archivePath])
        #expect(try Samples.scan(TarBuilder.archive(TarBuilder.member(name)), "a.tar").rules == [.archivePath])
    }

    @Test func ordinaryNames() throws {
        for name in ["a", "a/b.txt", "..a/b..", "a/...", "./a", "ü/é", "ab:c"] {
            #expect(try Samples.scan(ZipBuilder.archive((name, Array("text".utf8))), "a.zip").isClean, "\(name)")
        }
    }

    @Test func longNamesOfTarCount() throws {
        let gnu = TarBuilder.archive(TarBuilder.member("@LongLink", Array("../../evil\u{0}".utf8), type: "L"), TarBuilder.member("ok"))
        #expect(try Samples.scan(gnu, "a.tar").rules == [.archivePath])
        let record = "path=../../evil\n"
        let length = record.utf8.count + 3
        let pax = TarBuilder.archive(TarBuilder.member("pax", Array("\(length) \(record)".utf8), type: "x"), TarBuilder.member("ok"))
        #expect(try Samples.scan(pax, "a.tar").rules == [.archivePath])
        // It names only the next one.
        let two = TarBuilder.archive(
            TarBuilder.member("@LongLink", Array("fine\u{0}".utf8), type: "L"), TarBuilder.member("../x"), TarBuilder.member("../y"))
        #expect(try Samples.scan(two, "a.tar").details(.archivePath).count == 1)
    }

    @Test func links() throws {
        for (target, rule) in [
            ("/etc", ScanRule.archiveLinkEscape), ("../../x", .archiveLinkEscape), ("a/../../../x", .archiveLinkEscape),
            ("b", .archiveLink),
            ("../b", .archiveLink),
        ] {
            for type in ["1", "2"] as [Character] {
                #expect(
                    try Samples.scan(TarBuilder.archive(TarBuilder.member("d/link", type: type, link: target)), "a.tar").rules == [rule],
                    "\(target)")
            }
            var zip = ZipBuilder()
            zip.members = [.init(name: "d/link", data: Array(target.utf8), attributes: 0xA1FF_0000)]
            #expect(try Samples.scan(zip.bytes, "a.zip").rules == [rule], "\(target)")
        }
        for type in ["3", "4", "6"] as [Character] {
            #expect(try Samples.scan(TarBuilder.archive(TarBuilder.member("x", type: type)), "a.tar").rules == [.archiveSpecialFile])
        }
    }

    @Test func duplicateNames() throws {
        #expect(try Samples.scan(ZipBuilder.archive(("a", [0x61]), ("a", [0x62])), "a.zip").rules == [.archiveDuplicateName])
        #expect(
            try Samples.scan(TarBuilder.archive(TarBuilder.member("a"), TarBuilder.member("a")), "a.tar").rules == [.archiveDuplicateName])
        // Both are looked at.
        let scan = try Samples.scan(ZipBuilder.archive(("data.pkl", PickleBuilder.harmless), ("data.pkl", Self.evil)), "a.pt")
        #expect(scan.rules == [.archiveDuplicateName, .pickleDangerousGlobal])
    }

    // MARK: Traps of zip

    @Test func headersThatDisagree() throws {
        let plain = ZipBuilder.Member(name: "data.pkl", data: PickleBuilder.harmless)
        var (name, method, size) = (plain, plain, plain)
        name.localName = "other.pkl"
        method.localMethod = 8
        size.size = 3
        for member in [name, method, size] {
            var zip = ZipBuilder()
            zip.members = [member]
            #expect(try Samples.scan(zip.bytes, "a.pt").rules.contains(.archiveHeaderMismatch))
        }
        // What the local header makes of it counts as well.
        var hidden = ZipBuilder()
        hidden.members = [.init(name: "data.pkl", data: ZipBuilder.stored(Self.evil), method: 0, localMethod: 8)]
        #expect(try Samples.scan(hidden.bytes, "a.pt").rules.isSuperset(of: [.archiveHeaderMismatch, .pickleDangerousGlobal]))
        // An inflated member of another size.
        var longer = ZipBuilder()
        longer.members = [.init(name: "a.txt", data: ZipBuilder.stored(Array("hello".utf8)), method: 8, size: 4)]
        #expect(try Samples.scan(longer.bytes, "a.zip").rules == [.archiveHeaderMismatch])
    }

    @Test func membersThatShareBytes() throws {
        var zip = ZipBuilder()
        zip.members = [
            .init(name: "a", data: [UInt8](repeating: 0x61, count: 99)),
            .init(name: "a", data: [UInt8](repeating: 0x61, count: 99), isLocal: false, offset: 0),
        ]
        #expect(try Samples.scan(zip.bytes, "a.zip").rules.contains(.archiveOverlap))
    }

    @Test func whatTheDirectoryDoesNotListIsFound() throws {
        var zip = ZipBuilder()
        zip.members = [
            .init(name: "a.txt", data: [0x61]), .init(name: "b.pkl", data: Self.evil, isListed: false), .init(name: "c.txt", data: [0x63]),
        ]
        let hidden = try Samples.scan(zip.bytes, "a.zip")
        #expect(hidden.rules == [.archiveUnlistedData, .pickleDangerousGlobal])
        // Before, behind and between.
        let plain = ZipBuilder.archive(("a.txt", [0x61]))
        #expect(try Samples.scan(Self.evil + plain, "a.bin").rules.isSuperset(of: [.archiveUnlistedData, .pickleDangerousGlobal]))
        var prefixed = ZipBuilder()
        prefixed.add("a.txt", [0x61])
        prefixed.prefix = [UInt8](repeating: 7, count: 100) + Self.evil
        #expect(try Samples.scan(prefixed.bytes, "a.zip").rules.isSuperset(of: [.archiveUnlistedData, .pickleEmbedded]))
    }

    @Test func aZipAtTheEndOfAnythingIsFound() throws {
        let zip = ZipBuilder.archive(("archive/data.pkl", Self.evil))
        let gguf = Array("GGUF".utf8) + ZipBuilder.number(3, 4) + [UInt8](repeating: 0, count: 16)
        for head in [
            gguf, Array("{\"a\": 1}".utf8) + [UInt8](repeating: 0x20, count: 9), [UInt8](repeating: 0, count: 3_000),
            PickleBuilder.harmless,
        ] {
            let scan = try Samples.scan(head + zip, "model.bin")
            #expect(scan.members(.pickleDangerousGlobal) == ["archive/data.pkl"], "\(scan.findings)")
        }
        #expect(try Samples.scan(gguf + zip, "model.gguf").rules.contains(.contentPolyglot))
    }

    /// The first bytes of some formats are anyone's choice.
    @Test func aHeaderThatIsAPickleIsFound() throws {
        let tar = TarBuilder.archive(TarBuilder.member("cos\nsystem\n(S'id'\ntR."))
        let scan = try Samples.scan(tar, "model.tar")
        #expect(scan.rules.isSuperset(of: [.contentPolyglot, .pickleDangerousGlobal]), "\(scan.findings)")
        // T, and a length within which the next opcodes lie.
        let length = 0x0100_54
        var header = Array("{".utf8) + [UInt8](repeating: 0x20, count: length - 2) + Array("}".utf8)
        let payload = Array("cos\nsystem\n(S'id'\ntR.".utf8)
        header.replaceSubrange(253..<253 + payload.count, with: payload)
        let safetensors = try Samples.scan(ZipBuilder.number(length, 8) + header, "model.safetensors")
        #expect(
            safetensors.rules.isSuperset(of: [.safetensorsHeader, .contentPolyglot, .pickleDangerousGlobal])
                || safetensors.rules.contains(.pickleEmbedded))
    }

    @Test func twoEndRecords() throws {
        var inner = ZipBuilder()
        inner.add("data.pkl", Self.evil)
        var outer = ZipBuilder()
        outer.add("a.txt", [0x61])
        // The first archive's directory stays valid, the second's end record comes last.
        let both = inner.bytes + outer.bytes
        let scan = try Samples.scan(both, "a.zip")
        #expect(scan.rules.isSuperset(of: [.archiveAmbiguousEnd, .pickleDangerousGlobal]), "\(scan.findings)")
    }

    @Test func encryptedMembersAndOtherCompressions() throws {
        var zip = ZipBuilder()
        zip.members = [.init(name: "a", data: [1, 2, 3], flags: 1)]
        let encrypted = try Samples.scan(zip.bytes, "a.zip")
        #expect(encrypted.rules == [.archiveEncrypted])
        #expect(encrypted.completeness != .complete)
        zip.members = [.init(name: "a", data: [1, 2, 3], method: 14)]
        #expect(try Samples.scan(zip.bytes, "a.zip").rules == [.archiveUnreadable])
    }

    @Test func bombs() throws {
        var zip = ZipBuilder()
        zip.members = [.init(name: "a", data: ZipBuilder.stored([0x61]), method: 8, size: 200 << 20)]
        #expect(try Samples.scan(zip.bytes, "a.zip").rules.contains(.archiveBomb))
    }

    @Test func brokenArchives() throws {
        let zip = ZipBuilder.archive(("a.txt", [0x61]))
        #expect(try Samples.scan(Array(zip.prefix(40)), "a.zip").rules.contains(.archiveMalformed))
        // The members are found without their directory.
        let evil = ZipBuilder.archive(("data.pkl", Self.evil))
        let cut = try Samples.scan(Array(evil.dropLast(22)), "a.pt")
        #expect(cut.rules.isSuperset(of: [.archiveMalformed, .pickleDangerousGlobal]), "\(cut.findings)")
        var damaged = ZipBuilder()
        damaged.members = [.init(name: "a", data: [0xFF, 0xFF, 0xFF], method: 8, size: 9)]
        #expect(try Samples.scan(damaged.bytes, "a.zip").rules == [.archiveMalformed])
        let tar = TarBuilder.archive(TarBuilder.member("a"), TarBuilder.member("b", isDamaged: true))
        #expect(try Samples.scan(tar, "a.tar").rules == [.archiveMalformed])
        #expect(try Samples.scan(TarBuilder.archive(TarBuilder.member("a", size: 99_999)), "a.tar").rules == [.archiveMalformed])
        let gzip = ZipBuilder.gzip(Array("hello".utf8))
        #expect(try Samples.scan(Array(gzip.prefix(14)), "a.gz").rules == [.archiveMalformed])
        #expect(
            try Samples.scan(TarBuilder.archive(TarBuilder.member("a")) + Self.evil, "a.tar").rules == [
                .archiveUnlistedData, .pickleEmbedded,
            ])
    }

    /// Torch takes its tensors as they are: they are not read.
    @Test func tensorsOfTorchAreNotRead() throws {
        let reads = ReadCounter()
        let size = 3 << 30
        var zip = ZipBuilder()
        zip.members = [
            .init(name: "m/data.pkl", data: PickleBuilder.harmless), .init(name: "m/data/0", data: [UInt8](repeating: 0, count: 4)),
        ]
        // The tensor is made gigabytes long by hand.
        let pickle =
            [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0] + ZipBuilder.number(PickleBuilder.harmless.count, 4)
            + ZipBuilder.number(PickleBuilder.harmless.count, 4) + [10, 0, 0, 0] + Array("m/data.pkl".utf8) + PickleBuilder.harmless
        let local =
            [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0] + ZipBuilder.number(size, 4) + ZipBuilder.number(size, 4) + [
                8, 0, 0, 0,
            ]
            + Array("m/data/0".utf8)
        func entry(_ name: String, _ count: Int, _ offset: Int) -> [UInt8] {
            [0x50, 0x4B, 1, 2, 20, 3, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + ZipBuilder.number(count, 4) + ZipBuilder.number(count, 4)
                + ZipBuilder.number(name.utf8.count, 2) + [UInt8](repeating: 0, count: 12) + ZipBuilder.number(offset, 4) + Array(name.utf8)
        }
        let directory = entry("m/data.pkl", PickleBuilder.harmless.count, 0) + entry("m/data/0", size, pickle.count)
        let start = pickle.count + local.count + size
        let end =
            [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 2, 0, 2, 0] + ZipBuilder.number(directory.count, 4) + ZipBuilder.number(start, 4) + [0, 0]
        let file = try Samples.sparse(
            "model.pt", size: start + directory.count + end.count, [(0, pickle + local), (start, directory + end)], reads: reads)
        let scan = try ContentScanner.scan(file)
        #expect(scan.isClean, "\(scan)")
        #expect(reads.total < 4 << 20)
        #expect(reads.largest <= 1 << 20)
    }
}
