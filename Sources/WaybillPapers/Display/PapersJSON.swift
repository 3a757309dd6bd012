import WaybillFormat

/// Papers for programs: the member `papers` of `show --json`.
public enum PapersJSON {
    /// `{"claims": {kind: {"assertion": "claimed" | "noAssertion", "values": [{"value", "evidence": [{"file", "place", "sha256"}]}]}}}`
    /// with all six kinds. Values as they were written: a consumer that prints them neutralises them itself.
    public static func value(_ papers: Papers) -> JSONValue {
        var claims: [String: JSONValue] = [:]
        for kind in ClaimKind.allCases {
            let values = papers[kind]
            claims[kind.rawValue] = .object([
                "assertion": .string(values.isEmpty ? "noAssertion" : "claimed"),
                "values": .array(values.map { object($0, papers.evidence) }),
            ])
        }
        return .object(["claims": .object(claims)])
    }

    private static func object(_ value: ClaimValue, _ evidence: [Evidence]) -> JSONValue {
        let places = value.evidence.filter(evidence.indices.contains).map { index in
            JSONValue.object([
                "file": .string(evidence[index].file.text), "place": .string(evidence[index].place),
                "sha256": .string(evidence[index].sha256.hex),
            ])
        }
        return .object(["value": .string(value.value), "evidence": .array(places)])
    }
}
