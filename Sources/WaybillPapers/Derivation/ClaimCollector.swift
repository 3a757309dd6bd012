import WaybillFormat

/// Merges the claims of several files: one value once, with all its evidence.
struct ClaimCollector {
    /// `papers` and `baseModels` of a manifest together.
    static let maximumByteCount = 4 << 20
    /// What a piece of evidence takes at least, beside its path and place: the digest in hexadecimal.
    private static let evidenceOverhead = Digest.hexCount

    /// Where a value stands; files in the order they were added.
    private struct Source: Hashable, Comparable {
        var file: Int
        var place: String

        static func < (a: Source, b: Source) -> Bool {
            a.file == b.file ? a.place.utf8.lexicographicallyPrecedes(b.place.utf8) : a.file < b.file
        }
    }

    // Values by their bytes: strings would be equal up to canonical equivalence.
    private var values: [ClaimKind: [[UInt8]: Set<Source>]] = [:]
    private var relations: [[UInt8]: Set<BaseModelRelation>] = [:]
    private var files: [EvidenceFile] = []
    private var sources: Set<Source> = []
    private var overfull: Set<ClaimKind> = []
    private var byteCount = 0

    /// Files are added in ascending order of their paths.
    mutating func add(_ findings: FileFindings, from file: EvidenceFile) {
        guard byteCount <= Self.maximumByteCount else { return }
        files.append(file)
        for claim in findings.claims where !overfull.contains(claim.kind) {
            let key = Array(claim.value.utf8)
            let added = claim.places.map { Source(file: files.count - 1, place: $0) }
            for source in added where sources.insert(source).inserted {
                byteCount += file.path.text.utf8.count + source.place.utf8.count + Self.evidenceOverhead
            }
            if values[claim.kind]?[key] == nil { byteCount += key.count }
            values[claim.kind, default: [:]][key, default: []].formUnion(added)
            let relation = claim.relation ?? findings.relation
            if claim.kind == .baseModels, relation != .noAssertion { relations[key, default: []].insert(relation) }
            if values[claim.kind, default: [:]].count > Papers.maximumValues {
                overfull.insert(claim.kind)
                values[claim.kind] = nil
            }
            guard byteCount <= Self.maximumByteCount else { return }
        }
    }

    func finish() -> (papers: Papers, baseModels: [BaseModel], notices: [String]) {
        var notices = ClaimKind.allCases.filter(overfull.contains).map {
            "\($0.rawValue): more than \(Papers.maximumValues) values are claimed, which is no assertion"
        }
        guard byteCount <= Self.maximumByteCount else { return (.none, [], notices + [Self.tooMuch]) }
        let cited = Set(values.values.joined().flatMap(\.value)).sorted()
        let indices = Dictionary(uniqueKeysWithValues: zip(cited, cited.indices))
        var claims: [ClaimKind: [ClaimValue]] = [:]
        for (kind, found) in values {
            claims[kind] = found.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { bytes, sources in
                ClaimValue(value: String(decoding: bytes, as: UTF8.self), evidence: sources.compactMap { indices[$0] }.sorted())
            }
        }
        let papers = Papers(
            claims: claims,
            evidence: cited.map { Evidence(file: files[$0.file].path, place: $0.place, sha256: files[$0.file].sha256) })
        let baseModels = papers[.baseModels].map { BaseModel(name: $0.value, relation: relation(of: $0.value)) }
        guard Self.byteCount(papers, baseModels) <= Self.maximumByteCount else {
            notices.append(Self.tooMuch)
            return (.none, [], notices)
        }
        return (papers, baseModels, notices)
    }

    private static let tooMuch = "papers: the claims and their evidence would take more than 4 MiB, which is no assertion"

    private func relation(of name: String) -> BaseModelRelation {
        guard let found = relations[Array(name.utf8)], found.count == 1 else { return .noAssertion }
        return found.first ?? .noAssertion
    }

    /// What the claims add to a manifest without any.
    private static func byteCount(_ papers: Papers, _ baseModels: [BaseModel]) -> Int {
        func size(_ papers: Papers, _ baseModels: [BaseModel]) -> Int {
            guard let zero = Digest([UInt8](repeating: 0, count: Digest.byteCount)) else { return 0 }
            return Manifest(contentId: zero, files: [], lists: [], papers: papers, baseModels: baseModels).encoded().count
        }
        return size(papers, baseModels) - size(.none, [])
    }
}
