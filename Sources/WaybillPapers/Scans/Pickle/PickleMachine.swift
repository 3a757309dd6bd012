/// Follows a pickle opcode by opcode, as Python's unpickler would, with nothing but what is known of each value.
///
/// Where Python's two unpicklers differ, or a value is not known, it goes on: what is wrong for certain ends it.
struct PickleMachine {
    enum Ending {
        case stopped
        /// What stands before has run.
        case broken(String)
        case limit(String)
    }

    struct Observation {
        var rule: ScanRule
        var offset: Int
        var detail: String
    }

    /// Ends a run.
    enum Fault: Error {
        case broken(String)
        case limit(String)
        case reading(ScanStop)
    }

    static let maximumStack = 1 << 20
    static let maximumMemo = 1 << 20
    private static let maximumMemoIndex = 1 << 24
    private static let maximumText = 255
    private static let maximumTexts = 16 << 20
    private static let maximumLine = 4_096
    private static let maximumObservations = 1_024
    static let maximumStorages = 262_144

    var window: ByteWindow
    private(set) var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private var textsKept = 0
    let nodes = PickleNode.Budget()
    private(set) var observations: [Observation] = []

    /// Opcodes that may still run.
    var fuel = Int.max
    private(set) var opcodeCount = 0
    /// Imports with a name that Python could import.
    private(set) var importCount = 0
    private(set) var dangerousCount = 0
    private(set) var callCount = 0
    private(set) var hasProtocol = false
    /// What the last pickle gave.
    private(set) var result = PickleValue.other
    /// Bytes of the storages of torch that were referred to, by key.
    var storages: [String: Int] = [:]
    /// Whether the arrays of joblib are passed over, or read as opcodes like by plain pickle.
    var followsArrays = true
    var nesting = 0

    /// Where the pickle begins.
    let start: Int

    init(_ window: ByteWindow, isMarked: Bool = false) {
        self.window = window
        start = window.position
        if isMarked { marks = [0] }
    }

    /// Whether something was seen for which the pickle is not to be loaded.
    var isUnsafe: Bool { observations.contains { $0.rule.severity == .unsafe } }

    mutating func observe(_ rule: ScanRule, at offset: Int, _ detail: String) {
        if observations.count < Self.maximumObservations { observations.append(Observation(rule: rule, offset: offset, detail: detail)) }
    }

    /// A machine for the pickle that follows: the memo stays, as it does for one unpickler that loads twice.
    func next() -> PickleMachine {
        var machine = PickleMachine(window)
        machine.memo = memo
        machine.storages = storages
        return machine
    }

    /// Runs from the window's position on to the end of the pickle.
    mutating func run() throws(ScanStop) -> Ending {
        do throws(Fault) {
            while true {
                let offset = window.position
                guard let opcode = try byte() else { throw .broken("it ends without STOP") }
                fuel -= 1
                guard fuel >= 0 else { throw .limit("more opcodes than are followed") }
                opcodeCount += 1
                if opcode == UInt8(ascii: ".") {
                    result = try pop()
                    return .stopped
                }
                try execute(opcode, at: offset)
                guard stack.count <= Self.maximumStack, marks.count <= Self.maximumStack else {
                    throw .limit("more than 1,048,576 values on the stack")
                }
            }
        } catch {
            switch error {
            case .broken(let cause): return .broken(cause)
            case .limit(let cause): return .limit(cause)
            case .reading(.damaged(let cause)): return .broken(cause)
            case .reading(let stop): throw stop
            }
        }
    }

    private mutating func execute(_ opcode: UInt8, at offset: Int) throws(Fault) {
        switch opcode {
        case 0x80:
            let version = try unsigned(1)
            guard version <= 5 else { throw .broken("protocol \(version) does not exist") }
            hasProtocol = hasProtocol || version >= 2
        case 0x95:
            let count = try length(8)
            guard let size = window.source.size else { break }
            guard count <= size - window.position else { throw .broken("a frame is longer than the file") }
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"):
            if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
        case UInt8(ascii: "1"): _ = try popMark()
        case UInt8(ascii: "2"): stack.append(try top())
        case UInt8(ascii: "c"): try importByLines(at: offset)
        case 0x93: try importFromStack(at: offset)
        case UInt8(ascii: "i"): try instantiateByLines(at: offset)
        case UInt8(ascii: "o"): try instantiateFromStack(at: offset)
        case UInt8(ascii: "R"): try reduce(at: offset)
        case 0x81: try newObject(hasKeywords: false, at: offset)
        case 0x92: try newObject(hasKeywords: true, at: offset)
        case UInt8(ascii: "b"): try build(at: offset)
        case 0x82: try fromRegistry(width: 1, at: offset)
        case 0x83: try fromRegistry(width: 2, at: offset)
        case 0x84: try fromRegistry(width: 4, at: offset)
        case UInt8(ascii: "P"):
            guard try line() != nil else { throw .broken("a persistent id has no end") }
            persistent(.other, at: offset)
        case UInt8(ascii: "Q"): persistent(try pop(), at: offset)
        default:
            if try literal(opcode) { return }
            if try container(opcode) { return }
            if try memory(opcode) { return }
            throw .broken("0x\(String(opcode, radix: 16)) is no opcode")
        }
    }

    // MARK: Stack

    mutating func push(_ value: PickleValue) { stack.append(value) }

    mutating func pop() throws(Fault) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.popLast() else { throw .broken("it takes from an empty stack") }
        return value
    }

    func top() throws(Fault) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.last else { throw .broken("it takes from an empty stack") }
        return value
    }

    mutating func replaceTop(_ value: PickleValue) { stack[stack.count - 1] = value }

    mutating func popMark() throws(Fault) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw .broken("it has no MARK where one is needed") }
        let values = Array(stack[mark...])
        stack.removeLast(stack.count - mark)
        return values
    }

    // MARK: Memo

    private mutating func memory(_ opcode: UInt8) throws(Fault) -> Bool {
        switch opcode {
        case UInt8(ascii: "p"): try remember(try lineIndex())
        case UInt8(ascii: "q"): try remember(Int(try unsigned(1)))
        case UInt8(ascii: "r"): try remember(Int(try unsigned(4)))
        case 0x94: try remember(memo.count)
        case UInt8(ascii: "g"): try recall(try lineIndex())
        case UInt8(ascii: "h"): try recall(Int(try unsigned(1)))
        case UInt8(ascii: "j"): try recall(Int(try unsigned(4)))
        default: return false
        }
        return true
    }

    private mutating func lineIndex() throws(Fault) -> Int {
        guard let line = try line(), let number = PickleText.integer(line), let index = number, index >= 0 else {
            throw .broken("a number of the memo is none")
        }
        return index
    }

    private mutating func remember(_ index: Int) throws(Fault) {
        guard index < Self.maximumMemoIndex, memo.count < Self.maximumMemo else { throw .limit("a larger memo than is followed") }
        memo[index] = try top()
    }

    private mutating func recall(_ index: Int) throws(Fault) {
        guard let value = memo[index] else { throw .broken("it takes what the memo does not have") }
        stack.append(value)
    }

    // MARK: Reading

    mutating func byte() throws(Fault) -> UInt8? {
        do { return try window.next() } catch { throw .reading(error) }
    }

    mutating func unsigned(_ width: Int) throws(Fault) -> UInt64 {
        do {
            if let value = try window.integer(width: width) { return value }
        } catch { throw .reading(error) }
        throw .broken("it ends inside an opcode")
    }

    /// A length that the file may have.
    mutating func length(_ width: Int) throws(Fault) -> Int {
        guard let length = Int(exactly: try unsigned(width)) else { throw .broken("a length is impossible") }
        return length
    }

    mutating func skip(_ count: Int) throws(Fault) {
        do {
            if try window.skip(count) { return }
        } catch { throw .reading(error) }
        throw .broken("a value is longer than the file")
    }

    mutating func bytes(_ count: Int) throws(Fault) -> [UInt8] {
        do {
            if let bytes = try window.take(count) { return bytes }
        } catch { throw .reading(error) }
        throw .broken("a value is longer than the file")
    }

    /// A line; nil if it has no end. Longer than the longest name, it is no name.
    mutating func line() throws(Fault) -> [UInt8]? {
        do { return try window.line(keeping: Self.maximumLine) } catch { throw .reading(error) }
    }

    /// The text of `count` bytes as far as texts are remembered.
    mutating func text(count: Int) throws(Fault) -> PickleValue {
        guard count <= Self.maximumText else {
            try skip(count)
            return .other
        }
        return text(String(decoding: try bytes(count), as: UTF8.self))
    }

    mutating func text(_ text: String) -> PickleValue {
        let count = text.utf8.count
        guard count <= Self.maximumText else { return .other }
        // Shorter ones take no memory of their own.
        if count > 15 {
            guard textsKept + count <= Self.maximumTexts else { return .other }
            textsKept += count
        }
        return .text(text)
    }

    mutating func imported(_ isPossible: Bool, isDangerous: Bool) {
        if isPossible { importCount += 1 }
        if isDangerous { dangerousCount += 1 }
    }

    mutating func called() { callCount += 1 }
}
