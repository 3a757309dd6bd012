import WaybillFormat

/// The keys of GGUF metadata that papers are read from.
enum GGUFKey: Hashable {
    enum Field: String, CaseIterable {
        case name
        case organization
        case url = "repo_url"
    }

    /// A list whose members have several keys each.
    enum Group: String, CaseIterable {
        case baseModel = "general.base_model"
        case dataset = "general.dataset"
        case datasets = "general.datasets"

        var kind: ClaimKind { self == .baseModel ? .baseModels : .datasets }
    }

    /// A key whose value is text or a list of texts.
    case direct(ClaimKind)
    case count(Group)
    case member(Group, Int, Field)

    static let direct: [(key: String, kind: ClaimKind)] = [
        ("general.license", .licenses), ("general.license.name", .licenseNames), ("general.license.link", .licenseLinks),
        ("general.datasets", .datasets), ("general.languages", .languages),
    ]

    /// Nil for a key that says nothing to papers. Members are numbered from 0, without leading zeros, below `Papers.maximumValues`.
    init?(_ text: String) {
        guard text.utf8.starts(with: "general.".utf8) else { return nil }
        if let direct = Self.direct.first(where: { $0.key == text }) {
            self = .direct(direct.kind)
            return
        }
        for group in Group.allCases {
            let prefix = group.rawValue + "."
            guard text.hasPrefix(prefix) else { continue }
            let rest = text.dropFirst(prefix.count).split(separator: ".", omittingEmptySubsequences: false)
            if rest.count == 1, rest[0] == "count" {
                self = .count(group)
                return
            }
            guard rest.count == 2, let field = Field(rawValue: String(rest[1])), let index = Int(rest[0]), String(index) == rest[0],
                (0..<Papers.maximumValues).contains(index)
            else { return nil }
            self = .member(group, index, field)
            return
        }
        return nil
    }

    /// The key of one field of a group's member.
    static func text(_ group: Group, _ index: Int, _ field: Field) -> String { "\(group.rawValue).\(index).\(field.rawValue)" }
    /// The key of a group's number of members.
    static func text(countOf group: Group) -> String { group.rawValue + ".count" }
}
