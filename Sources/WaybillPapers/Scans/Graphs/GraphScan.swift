/// ONNX models and TensorFlow graphs. Protobuf has no magic: a message is taken for one of them if it has their fields.
struct GraphScan {
    private static let maximumDepth = 32

    private let source: any ByteSource
    private let session: ScanSession
    private var fields = 0

    /// - Returns: nil if it is neither.
    static func scan(
        _ source: any ByteSource, _ head: [UInt8], isExpected: Bool, _ session: ScanSession
    ) throws(ScanStop) -> ContentKind? {
        guard let size = source.size, let first = head.first, first == 0x08 || first == 0x0A || isExpected else { return nil }
        var scan = GraphScan(source: source, session: session)
        do throws(ProtobufReader.Fault) {
            guard let kind = try scan.kind(0..<size) else { return nil }
            session.looked(at: kind)
            if kind == .onnx {
                try scan.walk(0..<size, .onnxModel, 0)
            } else {
                try scan.walk(0..<size, scan.isFrozen ? .tensorflowGraph : .savedModel, 0)
            }
            return kind
        } catch {
            guard case .malformed = error else {
                if case .stop(let stop) = error { throw stop }
                return nil
            }
            guard isExpected else { return nil }
            session.report(.protobufMalformed, at: 0, "does not parse as protobuf")
            session.markPartial("a graph that does not parse")
            return nil
        }
    }

    private var isFrozen = false

    private init(source: any ByteSource, session: ScanSession) {
        self.source = source
        self.session = session
    }

    /// By the fields of the outermost message.
    private mutating func kind(_ range: Range<Int>) throws(ProtobufReader.Fault) -> ContentKind? {
        var reader = ProtobufReader(source, range)
        var seen: Set<Int> = []
        var numbers: Set<Int> = []
        var firstRange: Range<Int>?
        while let (number, field) = try reader.next() {
            try count()
            seen.insert(number)
            switch field {
            case .number: numbers.insert(number)
            case .range(let range): if number == 1, firstRange == nil { firstRange = range }
            }
        }
        // ir_version is a number, graph a message.
        if numbers.contains(1), seen.contains(7), !numbers.contains(7) || seen.contains(8) { return .onnx }
        if numbers.contains(1), seen == [1, 2] { return .tensorflow }
        // A graph: nodes with a name and an operation.
        if let firstRange, seen.isSubset(of: [1, 2, 3, 4]), !numbers.contains(1) {
            var node = ProtobufReader(source, firstRange)
            var texts: Set<Int> = []
            while let (number, field) = try node.next() { if case .range = field { texts.insert(number) } }
            if texts.isSuperset(of: [1, 2]), texts.isSubset(of: [1, 2, 3, 4, 5, 6, 7]) {
                isFrozen = true
                return .tensorflow
            }
        }
        return nil
    }

    /// A message of which some fields matter.
    private enum Message {
        case onnxModel, onnxGraph, onnxNode, onnxAttribute, onnxTensor, onnxSparse, onnxEntry, onnxTraining, onnxFunction, onnxOperators
        case savedModel, tensorflowMeta, tensorflowGraph, tensorflowLibrary, tensorflowFunction, tensorflowNode

        func child(_ number: Int) -> Message? {
            switch (self, number) {
            case (.onnxModel, 7): .onnxGraph
            case (.onnxModel, 8): .onnxOperators
            case (.onnxModel, 20): .onnxTraining
            case (.onnxModel, 25): .onnxFunction
            case (.onnxTraining, 1), (.onnxTraining, 2): .onnxGraph
            case (.onnxGraph, 1), (.onnxFunction, 7): .onnxNode
            case (.onnxGraph, 5): .onnxTensor
            case (.onnxGraph, 15): .onnxSparse
            case (.onnxNode, 5), (.onnxFunction, 11): .onnxAttribute
            case (.onnxAttribute, 5), (.onnxAttribute, 10): .onnxTensor
            case (.onnxAttribute, 6), (.onnxAttribute, 11): .onnxGraph
            case (.onnxAttribute, 22), (.onnxAttribute, 23): .onnxSparse
            case (.onnxSparse, 1), (.onnxSparse, 2): .onnxTensor
            case (.onnxTensor, 13): .onnxEntry
            case (.savedModel, 2): .tensorflowMeta
            case (.tensorflowMeta, 2): .tensorflowGraph
            case (.tensorflowGraph, 1): .tensorflowNode
            case (.tensorflowGraph, 2): .tensorflowLibrary
            case (.tensorflowLibrary, 1): .tensorflowFunction
            case (.tensorflowFunction, 3): .tensorflowNode
            default: nil
            }
        }
    }

    private mutating func walk(_ range: Range<Int>, _ message: Message, _ depth: Int) throws(ProtobufReader.Fault) {
        guard depth < Self.maximumDepth else { throw .malformed }
        var reader = ProtobufReader(source, range)
        var texts: [Int: Range<Int>] = [:]
        while let (number, field) = try reader.next() {
            try count()
            guard case .range(let part) = field else { continue }
            if let child = message.child(number) {
                try walk(part, child, depth + 1)
            } else if number <= 2 {
                texts[number] = part
            }
        }
        switch message {
        case .onnxEntry: try external(texts, at: range.lowerBound)
        case .onnxOperators:
            guard let domain = texts[1] else { break }
            let name = try text(domain)
            if !["", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview.training", "com.microsoft"].contains(name) {
                session.report(.onnxCustomDomain, at: range.lowerBound, "needs operators of \(quoted(name))")
            }
        case .tensorflowNode: try operation(texts, at: range.lowerBound)
        default: break
        }
    }

    private func external(_ texts: [Int: Range<Int>], at place: Int) throws(ProtobufReader.Fault) {
        guard let key = texts[1], let value = texts[2], try text(key) == "location" else { return }
        let location = try text(value)
        if let problem = ArchiveRules.problem(location) {
            session.report(.onnxExternalPath, at: place, "external data at \(quoted(location)), which \(problem)")
        }
    }

    private func operation(_ texts: [Int: Range<Int>], at place: Int) throws(ProtobufReader.Fault) {
        guard let name = texts[2], name.count <= 64 else { return }
        let operation = try text(name)
        if Self.dangerous.contains(operation) {
            session.report(.tensorflowOperation, at: place, "the operation \(quoted(operation)) reads or writes files, or calls Python")
        }
    }

    private static let dangerous: Set<String> = [
        "ReadFile", "WriteFile", "MatchingFiles", "PyFunc", "PyFuncStateless", "EagerPyFunc", "WholeFileReader", "WholeFileReaderV2",
    ]

    private func text(_ range: Range<Int>) throws(ProtobufReader.Fault) -> String {
        do { return String(decoding: try source.read(range.lowerBound, min(range.count, 4_096)), as: UTF8.self) } catch {
            throw .stop(error)
        }
    }

    private mutating func count() throws(ProtobufReader.Fault) {
        fields += 1
        guard fields <= ProtobufReader.maximumFields else { throw .malformed }
    }
}
