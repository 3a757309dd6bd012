import WaybillCodec
import WaybillFormat
import WaybillSystem

/// Reads the claims in the metadata of a GGUF file.
struct GGUFClaims {
    private let values: [String: GGUFValue]
    /// Keys that are there, with or without a value that was kept.
    private let present: Set<String>
    private var findings: FileFindings

    /// Why a key's value is not taken.
    private struct Refusal: Error {
        var problem: String
    }

    static func claims(of file: EvidenceFile) throws(SystemError) -> FileFindings {
        var findings = FileFindings(file.path)
        let read = { (offset: Int, count: Int) throws(SystemError) -> [UInt8] in try file.bytes(at: offset, count: count) }
        var present: Set<String> = []
        var hasTwice = false
        // The first reading keeps nothing, so that it is asked about every key: of keys that stand twice readers take either.
        let isReadable = try GGUFHeader.metadata(size: file.size, read: read) { key in
            if GGUFKey(key) != nil, !present.insert(key).inserted { hasTwice = true }
            return false
        }
        guard isReadable != nil else {
            findings.note("the GGUF metadata cannot be read: nothing is taken from it")
            return findings
        }
        guard !hasTwice else {
            findings.note("the GGUF metadata has a key that stands twice: nothing is taken from it")
            return findings
        }
        guard !present.isEmpty else { return findings }
        guard let values = try GGUFHeader.metadata(size: file.size, read: read, wanted: present.contains) else { return findings }
        var claims = GGUFClaims(values: values, present: present, findings: findings)
        for (key, kind) in GGUFKey.direct { claims.takeDirect(key, kind) }
        for group in GGUFKey.Group.allCases { claims.takeMembers(of: group) }
        return claims.findings
    }

    private mutating func takeDirect(_ key: String, _ kind: ClaimKind) {
        guard present.contains(key) else { return }
        do {
            findings.add(try texts(key), kind, place: key)
        } catch {
            findings.note("\(key) \(error.problem): nothing is taken from it")
        }
    }

    private mutating func takeMembers(of group: GGUFKey.Group) {
        let members = present.compactMap { text -> Int? in
            guard case .member(group, let index, _)? = GGUFKey(text) else { return nil }
            return index
        }
        let countKey = GGUFKey.text(countOf: group)
        guard present.contains(countKey) || !members.isEmpty else { return }
        do throws(Refusal) {
            guard case .integer(let count)? = values[countKey], (0...Papers.maximumValues).contains(count) else {
                throw Refusal(problem: "has no count of at most \(Papers.maximumValues)")
            }
            guard members.allSatisfy({ $0 < count }) else { throw Refusal(problem: "has members beyond its count") }
            var named: [Member] = []
            for index in 0..<count { named.append(try member(group, index)) }
            for member in named { findings.add(member.name, group.kind, places: member.places) }
        } catch {
            findings.note("\(group.rawValue) \(error.problem): nothing is taken from it")
        }
    }

    private struct Member {
        var name: ClaimText
        var places: [String]
    }

    /// What a member is called: its page on the hub, else organization and name, else its address, else its name.
    private func member(_ group: GGUFKey.Group, _ index: Int) throws(Refusal) -> Member {
        func key(_ field: GGUFKey.Field) -> String { GGUFKey.text(group, index, field) }
        func claimed(_ text: String, _ fields: [GGUFKey.Field]) throws(Refusal) -> Member {
            do { return Member(name: try ClaimText(text), places: fields.map(key)) } catch {
                throw Refusal(problem: "has a member whose name \(error.problem)")
            }
        }
        let url = try single(key(.url))
        if let url, let name = group == .baseModel ? HubAddress.model(url) : HubAddress.dataset(url) { return try claimed(name, [.url]) }
        let name = try single(key(.name))
        if let organization = try single(key(.organization)), let name {
            return try claimed("\(organization)/\(name)", [.organization, .name])
        }
        if let url { return try claimed(url, [.url]) }
        if let name { return try claimed(name, [.name]) }
        throw Refusal(problem: "has a member without a name")
    }

    private func single(_ key: String) throws(Refusal) -> String? {
        guard present.contains(key) else { return nil }
        let found = try texts(key)
        guard found.count <= 1 else { throw Refusal(problem: "has a member with a list for a name") }
        return found.first?.text
    }

    /// The text or the list of texts of a key that is present.
    private func texts(_ key: String) throws(Refusal) -> [ClaimText] {
        let written: [String]
        switch values[key] {
        case .string(let text): written = [text]
        case .strings(let list): written = list
        case nil: throw Refusal(problem: "is longer than 64 KiB, or neither text nor a list of texts")
        default: throw Refusal(problem: "is neither text nor a list of texts")
        }
        var texts: [ClaimText] = []
        for text in written {
            do { texts.append(try ClaimText(text)) } catch {
                guard case .empty = error else { throw Refusal(problem: error.problem) }
            }
        }
        return texts
    }
}
