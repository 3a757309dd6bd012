/// A value that a disclosure states, and the line where it stands. What is not stated is nil: no assertion, never "no".
public struct Stated<Value: Sendable>: Sendable {
    public let value: Value
    /// In disclosure.yaml, from 1.
    public let line: Int

    public init(value: Value, line: Int) {
        self.value = value
        self.line = line
    }
}

extension Stated: Equatable where Value: Equatable {}

extension Stated {
    func map<Other: Sendable>(_ transform: (Value) -> Other) -> Stated<Other> { Stated<Other>(value: transform(value), line: line) }

    func compactMap<Other: Sendable>(_ transform: (Value) -> Other?) -> Stated<Other>? {
        transform(value).map { Stated<Other>(value: $0, line: line) }
    }
}
