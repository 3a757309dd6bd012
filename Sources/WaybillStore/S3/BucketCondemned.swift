import WaybillFormat

/// What the condemned sets of a bucket name, as a writer saw them after its intent was there.
struct BucketCondemned: Sendable {
    var names: Set<PushName> = []
    var packs: Set<Digest> = []
    /// Manifests, lists, and locators by their lists.
    var objects: Set<Digest> = []
    /// Those of sets about to be deleted, by the set: nobody writes them anew until it is gone.
    var closing: [Digest: PushName] = [:]

    static let folder = "gc/"
    static let finalSuffix = ".final"

    static func read(_ client: S3Client) async throws(StoreError) -> BucketCondemned {
        let names = try await client.objects(folder).map { String($0.key.dropFirst(folder.count)) }
        let finals = Set(names.filter { $0.hasSuffix(finalSuffix) }.map { String($0.dropLast(finalSuffix.utf8.count)) })
        var view = BucketCondemned()
        for name in names.compactMap({ PushName($0) }) {
            // One that cannot be read stops nobody: nothing is deleted on its account either.
            guard let bytes = try await client.objectIfAny(folder + name.text, maximum: CondemnedSet.maximumBytes),
                let set = try? CondemnedSet(decoding: bytes, subject: name.text)
            else { continue }
            view.names.insert(name)
            view.packs.formUnion(set.packs)
            for digest in set.manifests + set.lists + set.locators {
                view.objects.insert(digest)
                if finals.contains(name.text) { view.closing[digest] = name }
            }
        }
        return view
    }
}
