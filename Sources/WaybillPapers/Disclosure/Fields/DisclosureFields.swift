import WaybillFormat

/// A value of the shape that the schema demands.
indirect enum DisclosureValue: Sendable, Equatable {
    case text(String)
    case integer(Int)
    /// As written.
    case decimal(String)
    case list([Stated<DisclosureValue>])
    case record(DisclosureFields)

    var json: JSONValue {
        switch self {
        case .text(let text), .decimal(let text): .string(text)
        case .integer(let value): .integer(value)
        case .list(let items): .array(items.map(\.value.json))
        case .record(let fields): fields.json
        }
    }
}

/// What stands under the keys of one record.
struct DisclosureFields: Sendable, Equatable {
    var values: [String: Stated<DisclosureValue>] = [:]
    /// Where the record begins.
    var line = 1

    static let none = DisclosureFields()

    var json: JSONValue { .object(values.mapValues(\.value.json)) }

    func text(_ key: String) -> Stated<String>? {
        values[key]?.compactMap { value in
            switch value {
            case .text(let text), .decimal(let text): text
            default: nil
            }
        }
    }

    func integer(_ key: String) -> Stated<Int>? {
        values[key]?.compactMap { value in if case .integer(let number) = value { number } else { nil } }
    }

    func texts(_ key: String) -> [Stated<String>] {
        list(key).compactMap { item in item.compactMap { value in if case .text(let text) = value { text } else { nil } } }
    }

    func records(_ key: String) -> [DisclosureFields] {
        list(key).compactMap { item in if case .record(let fields) = item.value { fields } else { nil } }
    }

    /// The record, without any values if there is none.
    func record(_ key: String) -> DisclosureFields {
        if case .record(let fields)? = values[key]?.value { fields } else { .none }
    }

    func choice<Choice: RawRepresentable & Sendable>(_ key: String) -> Stated<Choice>? where Choice.RawValue == String {
        text(key)?.compactMap(Choice.init(rawValue:))
    }

    /// A word other than `noAssertion`.
    func assertion(_ key: String) -> Stated<String>? { text(key).flatMap { $0.value == "noAssertion" ? nil : $0 } }

    private func list(_ key: String) -> [Stated<DisclosureValue>] {
        if case .list(let items)? = values[key]?.value { items } else { [] }
    }
}
