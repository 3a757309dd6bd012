extension PickleMachine {
    /// A gibibyte: what a few bytes may ask for.
    private static let maximumAllocation = 1 << 30

    // MARK: Imports

    mutating func importByLines(at offset: Int) throws(Fault) {
        push(try lines(at: offset))
    }

    mutating func importFromStack(at offset: Int) throws(Fault) {
        let name = try pop()
        let module = try pop()
        push(checked(module.text, name.text, at: offset))
    }

    /// The two lines of GLOBAL and INST.
    private mutating func lines(at offset: Int) throws(Fault) -> PickleValue {
        // Only the line feed is cut off: blanks and CR belong to the name.
        guard let module = try line(), let name = try line(), !module.isEmpty, !name.isEmpty else {
            throw .broken("an import has no name")
        }
        return checked(String(validating: module, as: UTF8.self), String(validating: name, as: UTF8.self), at: offset)
    }

    private mutating func checked(_ module: String?, _ name: String?, at offset: Int) -> PickleValue {
        guard let module, let name else {
            observe(.pickleUnresolvedGlobal, at: offset, "imports something whose name is not known before it is loaded")
            // That it is called as well goes without saying.
            return .global(PickleGlobal(module: "", name: ""))
        }
        let global = PickleGlobal(module: module, name: name)
        switch PickleNames.verdict(global) {
        case .allowed: imported(true, isDangerous: false)
        case .dangerous:
            imported(true, isDangerous: true)
            observe(.pickleDangerousGlobal, at: offset, "imports \(quoted(global.text)), which can run code, or read, write or send data")
        case .unlisted:
            imported(true, isDangerous: false)
            observe(
                .pickleUnlistedGlobal, at: offset,
                "imports \(quoted(global.text)), whose code loading needs and runs; it is not on the list of harmless names")
        case .impossible:
            observe(.pickleUnresolvedGlobal, at: offset, "imports \(quoted(global.text)), which is no name")
        }
        return .global(global)
    }

    mutating func fromRegistry(width: Int, at offset: Int) throws(Fault) {
        let code = try unsigned(width)
        guard code > 0 else { throw .broken("an extension has the number 0") }
        observe(.pickleExtension, at: offset, "takes number \(code) of the reader's registry of extensions, whatever stands there")
        push(.other)
    }

    // MARK: Calls

    mutating func reduce(at offset: Int) throws(Fault) {
        let arguments = try pop()
        call(try pop(), arguments, at: offset)
    }

    mutating func newObject(hasKeywords: Bool, at offset: Int) throws(Fault) {
        if hasKeywords { _ = try pop() }
        let arguments = try pop()
        call(try pop(), arguments, at: offset)
    }

    mutating func instantiateByLines(at offset: Int) throws(Fault) {
        let type = try lines(at: offset)
        call(type, tuple(try popMark()), at: offset)
    }

    mutating func instantiateFromStack(at offset: Int) throws(Fault) {
        let items = try popMark()
        guard let type = items.first else { throw .broken("OBJ has no class") }
        call(type, tuple(Array(items.dropFirst())), at: offset)
    }

    private mutating func call(_ callable: PickleValue, _ arguments: PickleValue, at offset: Int) {
        called()
        guard let global = callable.global else {
            observe(.pickleUnknownCall, at: offset, "calls something that is not an imported name")
            push(.other)
            return
        }
        var items: [PickleValue] = []
        if case .tuple(let node) = arguments { items = node.items }
        if global.module == "builtins", ["bytearray", "bytes"].contains(global.name), let count = items.first?.integer,
            count > Self.maximumAllocation
        {
            observe(.pickleAllocation, at: offset, "asks for \(count) bytes of memory")
        }
        push(PickleNode(items, global: global, budget: nodes).map { .instance($0) } ?? .other)
    }

    mutating func build(at offset: Int) throws(Fault) {
        let state = try pop()
        switch try top() {
        case .global(let global):
            observe(.pickleBuildOnGlobal, at: offset, "changes \(quoted(global.text)) itself, for the whole process")
        case .instance(let node):
            guard let global = node.global else { return }
            if global.module == "numpy", global.name == "dtype" {
                // (version, byte order, subarray, names, fields, ...)
                guard case .tuple(let state) = state, state.items.count >= 5 else {
                    node.isStructured = true
                    return
                }
                for item in state.items[2...4] {
                    if case .none = item { continue }
                    node.isStructured = true
                }
            } else if global.module == "joblib.numpy_pickle", followsArrays {
                try passArray(state, at: offset)
            }
        default: break
        }
    }

    // MARK: Storages of torch

    mutating func persistent(_ id: PickleValue, at offset: Int) {
        // ("module", class, file, source): old torch keeps the source of the classes that it imports.
        if case .tuple(let node) = id, node.items.count == 4, node.items[0].text == "module", let type = node.items[1].global {
            push(.global(type))
            return
        }
        push(.other)
        // ("storage", class, key, device, elements, view)
        guard case .tuple(let node) = id, node.items.count >= 5, node.items[0].text == "storage", let type = node.items[1].global,
            let key = node.items[2].text, let count = node.items[4].integer, count >= 0
        else {
            observe(.picklePersistentID, at: offset, "refers to something outside of the pickle")
            return
        }
        guard let width = PickleNames.storageWidths[type.name], storages.count < Self.maximumStorages else { return }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: width)
        storages[key] = overflow ? Int.max / 2 : bytes
    }
}
