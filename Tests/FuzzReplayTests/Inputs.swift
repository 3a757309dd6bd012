import Foundation
import Testing

/// The inputs of Tests/Fuzz.
enum Inputs {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fuzz", directoryHint: .isDirectory)

    /// The inputs of a corpus file, each after its length (Scripts/fuzzing/corpus.py writes them).
    static func corpus(of name: String) throws -> [[UInt8]] {
        let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "Corpus/\(name).corpus")))
        var inputs: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            let input = rest.dropFirst(4).prefix(count)
            try #require(input.count == count, "\(name).corpus is cut")
            inputs.append(Array(input))
            rest = rest.dropFirst(4 + count)
        }
        return inputs
    }

    /// The names of the corpus files.
    static func corpora() throws -> [String] {
        try names(in: "Corpus").map { $0.replacing(".corpus", with: "") }.sorted()
    }

    /// By target: file and bytes of what once failed.
    static func failures() throws -> [(target: String, inputs: [(file: String, bytes: [UInt8])])] {
        try names(in: "Failures").map { target in
            let files = try names(in: "Failures/\(target)")
            return (target, try files.map { ($0, [UInt8](try Data(contentsOf: folder.appending(path: "Failures/\(target)/\($0)")))) })
        }
    }

    private static func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path()).filter { !$0.hasPrefix(".") }.sorted()
    }
}
