/// A parser of bytes from outside, and what must hold whatever they are.
public struct FuzzTarget: Sendable {
    /// As `Scripts/fuzz` calls it; also the name of its corpus.
    public let name: String
    /// Whether the parser accepts the input. Throws where a property does not hold.
    public let check: @Sendable (_ input: [UInt8]) throws(BrokenProperty) -> Bool

    init(_ name: String, _ check: @escaping @Sendable (_ input: [UInt8]) throws(BrokenProperty) -> Bool) {
        self.name = name
        self.check = check
    }

    public static let all: [FuzzTarget] = [
        address, archive, attestationIndex, bundle, catalog, certificate, collection, contentRange, disclosure, encoder, envelope, frame,
        frontMatter, gguf, ggufPapers, have, inflate, json, keySet, licenseExpression, licenseText, list, locator, manifest, name, pack,
        path, pickle, policy, policyTest, publicKey, range, refEntry, refEnvelope, refIndex, safetensors, statement, store, template,
        trustRecord,
    ]

    /// For `LLVMFuzzerTestOneInput`: ends the process where a property does not hold.
    public func run(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
        do {
            _ = try check(Array(UnsafeBufferPointer(start: start, count: count)))
        } catch {
            fatalError(error.description)
        }
        return 0
    }
}

/// What does not hold of an input.
public struct BrokenProperty: Error, CustomStringConvertible {
    public let description: String
}

func require(_ condition: Bool, _ property: @autoclosure () -> String) throws(BrokenProperty) {
    if !condition { throw BrokenProperty(description: property()) }
}
