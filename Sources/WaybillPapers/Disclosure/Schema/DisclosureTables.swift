/// The schema as the tables of Protocol/PAPERS.md, "Keys".
package enum DisclosureTables {
    package static var text: String {
        var tables = table("Top level", DisclosureSchema.root)
        for field in DisclosureSchema.root {
            append(field.shape, "`\(field.key)`", to: &tables)
        }
        return tables
    }

    private static func append(_ shape: DisclosureShape, _ title: String, to tables: inout String) {
        switch shape {
        case .record(let fields):
            tables += "\n" + table(title, fields)
            for field in fields { append(field.shape, "\(title.dropLast()).\(field.key)`", to: &tables) }
        case .list(let item, _): append(item, title, to: &tables)
        default: break
        }
    }

    private static func table(_ title: String, _ fields: [DisclosureField]) -> String {
        var lines = "| \(title) | type | meaning |\n|---|---|---|\n"
        for field in fields {
            lines += "| `\(field.key)`\(field.isRequired ? " (required)" : "") | \(type(field.shape)) | \(field.meaning) |\n"
        }
        return lines
    }

    private static func type(_ shape: DisclosureShape) -> String {
        switch shape {
        case .version: "`1`"
        case .text(let maximum): "text \(maximum)"
        case .integer: "whole number"
        case .decimal: "number"
        case .date: "date"
        case .month: "month"
        case .digest: "SHA-256"
        case .expression: "licence"
        case .location: "location"
        case .choice(["yes", "no", "noAssertion"]): "answer"
        case .choice(let words) where words.count == MOFComponent.allCases.count: "a name of the MOF"
        case .choice(let words): words.map { "`\($0)`" }.joined(separator: " ")
        case .list(let item, let maximum): "list of at most \(maximum): " + type(item)
        case .record: "record"
        }
    }
}
