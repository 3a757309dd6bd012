import Foundation
import Testing
import WaybillFormat

/// SplitMix64: the same numbers on every machine, so that a failing seed can be run again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

/// The body must throw a `FormatError` of that code whose cause or remedy contains `text`.
func expectRefusal<T>(
    _ text: String, code: ErrorCode = .integrity, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> T
) {
    do {
        let value = try body()
        Issue.record("accepted: \(value)", sourceLocation: sourceLocation)
    } catch let error as FormatError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        #expect("\(error.cause) \(error.remedy)".contains(text), "\(error)", sourceLocation: sourceLocation)
        #expect(!error.remedy.isEmpty, "no remedy: \(error)", sourceLocation: sourceLocation)
    } catch {
        Issue.record("another error: \(error)", sourceLocation: sourceLocation)
    }
}

/// The folder of test vectors in this repository.
let vectorsFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Protocol/vectors/v1", directoryHint: .isDirectory)

func vectorBytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: vectorsFolder.appending(path: path)))
}

/// The cases of a file that is a JSON list.
func vectorCases(_ path: String) throws -> [JSONValue] {
    try #require(try JSONValue(parsing: try vectorBytes(path), subject: path).elements)
}

func digest(_ text: String) -> Digest { TestDigest.digest(of: Array(text.utf8)) }

func chunk(_ text: String, _ length: Int) throws -> ChunkName {
    try #require(ChunkName(digest: digest(text), length: length))
}

extension [UInt8] {
    /// The bytes with one field of 32 bits replaced.
    func with32(_ value: UInt32, at offset: Int) -> [UInt8] {
        var copy = self
        for index in 0..<4 { copy[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index)) }
        return copy
    }

    func with(_ byte: UInt8, at offset: Int) -> [UInt8] {
        var copy = self
        copy[offset] = byte
        return copy
    }

    func flipped(bit: Int) -> [UInt8] {
        var copy = self
        copy[bit / 8] ^= 1 << UInt8(bit % 8)
        return copy
    }
}

extension JSONValue {
    enum Step {
        case member(String)
        case element(Int)
    }

    /// The tree with the value at `path` replaced, or taken out where `value` is nil.
    func with(_ value: JSONValue?, at path: Step...) -> JSONValue { replacing(path[...], value) }

    private func replacing(_ path: ArraySlice<Step>, _ value: JSONValue?) -> JSONValue {
        guard let step = path.first else { return value ?? .null }
        let rest = path.dropFirst()
        switch (self, step) {
        case (.object(var members), .member(let name)):
            members[name] = rest.isEmpty ? value : (members[name] ?? .object([:])).replacing(rest, value)
            return .object(members)
        case (.array(var elements), .element(let index)):
            if rest.isEmpty, value == nil {
                elements.remove(at: index)
            } else if index == elements.count {
                elements.append(value ?? .null)
            } else {
                elements[index] = elements[index].replacing(rest, value)
            }
            return .array(elements)
        default:
            return self
        }
    }
}

extension JSONValue.Step: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    init(stringLiteral value: String) { self = .member(value) }
    init(integerLiteral value: Int) { self = .element(value) }
}
