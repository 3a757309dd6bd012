import Testing
import WaybillFormat
import WaybillPapers

/// Pickles that run commands, by every road that leads there.
@Suite struct PickleScanTests {
    /// The same call by different opcodes.
    static let routes: [(name: String, bytes: [UInt8])] = [
        ("GLOBAL, REDUCE", PickleBuilder().global("os", "system").op("(").line("S", "'id'").op("t").op("R").stopped),
        ("GLOBAL of posix", PickleBuilder(protocol: 2).global("posix", "system").call("id").stopped),
        ("GLOBAL of nt", PickleBuilder(protocol: 2).global("nt", "system").call("id").stopped),
        ("INST", PickleBuilder().op("(").line("S", "'id'").line("i", "os", "system").stopped),
        ("OBJ", PickleBuilder().op("(").global("os", "system").line("S", "'id'").op("o").stopped),
        ("NEWOBJ", PickleBuilder(protocol: 2).global("subprocess", "Popen").text("id").op(0x85).op(0x81).stopped),
        ("NEWOBJ_EX", PickleBuilder(protocol: 4).stackGlobal("subprocess", "Popen").text("id").op(0x85).op("}").op(0x92).stopped),
        ("STACK_GLOBAL", PickleBuilder.osSystem),
        ("STACK_GLOBAL of builtins", PickleBuilder(protocol: 4).stackGlobal("builtins", "eval").call("1").stopped),
        ("__builtin__", PickleBuilder().global("__builtin__", "eval").op("(").line("V", "1").op("t").op("R").stopped),
        ("getattr", PickleBuilder(protocol: 4).stackGlobal("builtins", "getattr").op(")").op("R").stopped),
        ("import_module", PickleBuilder(protocol: 4).stackGlobal("importlib", "import_module").call("os").stopped),
        ("runpy", PickleBuilder(protocol: 4).stackGlobal("runpy", "_run_code").call("x").stopped),
        ("torch.load", PickleBuilder(protocol: 4).stackGlobal("torch.storage", "_load_from_bytes").call("x").stopped),
        ("pickle in pickle", PickleBuilder(protocol: 4).stackGlobal("_pickle", "loads").call("x").stopped),
        ("dotted name", PickleBuilder(protocol: 4).stackGlobal("collections", "OrderedDict.__init__.__globals__").op(")").op("R").stopped),
        ("module in module", PickleBuilder(protocol: 4).stackGlobal("collections", "abc.sys.modules").op(")").op("R").stopped),
        ("submodule of torch", PickleBuilder(protocol: 2).global("torch.os", "system").call("id").stopped),
        ("methodcaller", PickleBuilder(protocol: 4).stackGlobal("operator", "methodcaller").call("x").stopped),
    ]

    @Test(arguments: routes) func isDangerous(route: (name: String, bytes: [UInt8])) throws {
        let scan = try Samples.scan(route.bytes, "model.pkl")
        #expect(scan.rules == [.pickleDangerousGlobal], "\(route.name): \(scan.findings)")
        #expect(scan.kinds == [.pickle])
        #expect(scan.isUnsafe)
    }

    /// Whatever it is called.
    @Test(arguments: [
        "notes.txt", "model.safetensors", "data.json", "weights.bin", "noending", "a.npy", "picture.png", "model.gguf", "x.onnx",
    ])
    func isFoundUnderAnyName(name: String) throws {
        for route in Self.routes {
            let scan = try Samples.scan(route.bytes, name)
            #expect(scan.rules.contains(.pickleDangerousGlobal), "\(route.name): \(scan.findings)")
        }
    }

    @Test func codeInsteadOfDataIsSaid() throws {
        for name in ["model.safetensors", "notes.txt", "model.gguf", "a.npy", "config.json"] {
            #expect(try Samples.scan(PickleBuilder.harmless, name).rules == [.contentCodeInstead], "\(name)")
        }
        #expect(try Samples.scan(PickleBuilder.harmless, "weights.bin").isClean)
    }

    @Test func everyFindingSaysWhere() throws {
        let bytes = PickleBuilder(protocol: 4).op("N").op("0").stackGlobal("os", "system").call("id").stopped
        let finding = try #require(try Samples.scan(bytes, "a/b.pkl").findings.first)
        #expect(finding.file.text == "a/b.pkl")
        #expect(finding.member == [])
        #expect(finding.offset == 16)
        #expect(finding.severity == .unsafe)
        #expect(finding.detail.contains("'os.system'"))
    }

    // MARK: Names

    @Test func aNameFromTheMemoIsFound() throws {
        // PUT 7, POP, GET 7: by line, byte and four bytes; MEMOIZE.
        let stores: [(PickleBuilder) -> PickleBuilder] = [
            { $0.text("os").line("p", "7").op("0").line("g", "7") },
            { $0.text("os").raw([0x71, 7]).op("0").raw([0x68, 7]) },
            { $0.text("os").raw([0x72, 7, 1, 0, 0]).op("0").raw([0x6A, 7, 1, 0, 0]) },
            { $0.text("os").op(0x94).op("0").raw([0x68, 0]) },
            { $0.text("os").op("2").op("0") },
            { $0.op("(").text("a").text("b").op("1").text("os") },
            { $0.op("(").op("0").text("os") },
            { $0.text("other").raw([0x71, 7]).op("0").text("os").raw([0x71, 7]).op("0").raw([0x68, 7]) },
        ]
        for (index, store) in stores.enumerated() {
            let bytes = store(PickleBuilder(protocol: 4)).text("system").op(0x93).call("id").stopped
            #expect(try Samples.scan(bytes, "a.pkl").details(.pickleDangerousGlobal).first?.contains("'os.system'") == true, "\(index)")
        }
    }

    @Test func aNameWithEscapesIsFound() throws {
        let names: [(PickleBuilder) -> PickleBuilder] = [
            { $0.line("S", "'\\x6fs'").line("S", "\"sys\\164em\"") },
            { $0.line("V", "\\u006fs").line("V", "s\\U00000079stem") },
            { $0.raw([0x54, 2, 0, 0, 0] + Array("os".utf8)).raw([0x55, 6] + Array("system".utf8)) },
            { $0.raw([0x58, 2, 0, 0, 0] + Array("os".utf8)).raw([0x8D, 6, 0, 0, 0, 0, 0, 0, 0] + Array("system".utf8)) },
        ]
        for (index, name) in names.enumerated() {
            let bytes = name(PickleBuilder(protocol: 4)).op(0x93).call("id").stopped
            #expect(try Samples.scan(bytes, "a.pkl").details(.pickleDangerousGlobal).first?.contains("'os.system'") == true, "\(index)")
        }
    }

    @Test func aNameThatIsMadeIsUnresolved() throws {
        let made = PickleBuilder(protocol: 4).stackGlobal("_codecs", "encode").call("os")
        let scan = try Samples.scan(made.text("system").op(0x93).call("id").stopped, "a.pkl")
        #expect(scan.rules == [.pickleUnresolvedGlobal])
        #expect(scan.isUnsafe)
        // A name longer than any.
        let long = String(repeating: "a", count: 255)
        let tooLong = PickleBuilder(protocol: 4).raw([0x58, 0, 1, 0, 0] + Array((long + "b").utf8)).text("x").op(0x93).stopped
        #expect(try Samples.scan(tooLong, "a.pkl").rules == [.pickleUnresolvedGlobal])
    }

    /// Only the line feed ends a line: white space is part of the name.
    @Test func whiteSpaceBelongsToTheName() throws {
        for (module, name) in [
            ("collections ", "OrderedDict"), ("collections", "OrderedDict\r"), (" collections", "OrderedDict"), ("col lections", "x"),
        ] {
            let scan = try Samples.scan(PickleBuilder(protocol: 2).global(module, name).op(")").op("R").stopped, "a.pkl")
            #expect(scan.rules == [.pickleUnresolvedGlobal], "\(module).\(name)")
        }
        let crlf = try Samples.scan(PickleBuilder().global("os\r", "system\r").op(")").op("R").stopped, "a.pkl")
        #expect(crlf.isUnsafe)
    }

    @Test func whatIsNotListedIsUnsafe() throws {
        for (module, name) in [
            ("mymodel", "Net"), ("torch.nn.modules.linear", "Linear"), ("numpy", "frompyfunc"), ("collections", "abc"),
            ("torch", "FooStorage"), ("naïve", "Modèle"),
        ] {
            let scan = try Samples.scan(PickleBuilder(protocol: 4).stackGlobal(module, name).op(")").op(0x81).stopped, "a.pkl")
            #expect(scan.rules == [.pickleUnlistedGlobal], "\(module).\(name): \(scan.findings)")
            #expect(scan.isUnsafe)
        }
        // The import alone runs the module.
        #expect(try Samples.scan(PickleBuilder(protocol: 4).stackGlobal("mymodel", "x").stopped, "a.pkl").isUnsafe)
    }

    @Test func whatIsListedIsClean() throws {
        for (module, name) in [
            ("collections", "OrderedDict"), ("torch", "FloatStorage"), ("torch._utils", "_rebuild_tensor_v2"), ("numpy", "dtype"),
            ("numpy._core.multiarray", "_reconstruct"), ("numpy.core.multiarray", "scalar"), ("torch", "bfloat16"), ("builtins", "set"),
            ("__builtin__", "set"), ("copy_reg", "_reconstructor"), ("torch.nn.parameter", "Parameter"), ("_codecs", "encode"),
        ] {
            #expect(
                try Samples.scan(PickleBuilder(protocol: 2).global(module, name).op(")").op("R").stopped, "a.pkl").isClean,
                "\(module).\(name)")
        }
    }

    // MARK: Calls

    @Test func aCallOfWhatIsNoNameIsUnsafe() throws {
        let result = PickleBuilder(protocol: 2).global("collections", "OrderedDict").op(")").op("R")
        #expect(try Samples.scan(result.op(")").op("R").stopped, "a.pkl").rules == [.pickleUnknownCall])
        #expect(try Samples.scan(PickleBuilder(protocol: 2).text("x").op(")").op(0x81).stopped, "a.pkl").rules == [.pickleUnknownCall])
    }

    @Test func extensionsAreUnsafe() throws {
        for code in [[0x82, 1], [0x83, 1, 0], [0x84, 1, 0, 0, 0]] as [[UInt8]] {
            #expect(try Samples.scan(PickleBuilder(protocol: 2).raw(code).stopped, "a.pkl").rules == [.pickleExtension])
        }
        #expect(try Samples.scan(PickleBuilder(protocol: 2).raw([0x82, 0]).stopped, "a.pkl").rules == [.pickleMalformed])
    }

    @Test func buildOnAnImportIsUnsafe() throws {
        let bytes = PickleBuilder(protocol: 2).global("torch.nn.parameter", "Parameter").op("N").op("}").op(0x86).op("b").stopped
        #expect(try Samples.scan(bytes, "a.pkl").rules == [.pickleBuildOnGlobal])
        let instance = PickleBuilder(protocol: 2).global("collections", "OrderedDict").op(")").op("R").op("}").op("b").stopped
        #expect(try Samples.scan(instance, "a.pkl").isClean)
    }

    @Test func persistentIdentifiers() throws {
        #expect(try Samples.scan(PickleBuilder().line("P", "anything").stopped, "a.pkl").rules == [.picklePersistentID])
        #expect(try Samples.scan(PickleBuilder(protocol: 2).text("x").op("Q").stopped, "a.pkl").rules == [.picklePersistentID])
        let storage = PickleBuilder(protocol: 2).op("(").text("storage").global("torch", "FloatStorage").text("0").text("cpu").raw([
            0x4B, 9,
        ])
        #expect(try Samples.scan(storage.op("t").op("Q").stopped, "a.pkl").isClean)
    }

    @Test func allocations() throws {
        func bytes(_ count: [UInt8]) -> [UInt8] {
            PickleBuilder(protocol: 2).global("builtins", "bytearray").raw(count).op(0x85).op("R").stopped
        }
        #expect(try Samples.scan(bytes([0x4A, 0, 0, 0, 0x7F]), "a.pkl").rules == [.pickleAllocation])
        #expect(try Samples.scan(bytes([0x4A, 0, 0, 0, 0x40]), "a.pkl").isClean)
    }
}
