import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

@Suite(.timeLimit(.minutes(1)))
struct AppendRaceTests {
    private let place = TemporaryFolder("race")

    /// Two instances on one directory, as two processes have them.
    private func stores() async throws -> [DirectoryStore] {
        let first = try await DirectoryStore.create(place.path("store"), work: Shared.work)
        return [first, try await DirectoryStore.open(place.path("store"), work: Work(threads: 2))]
    }

    private func listing(_ name: ObjectName) throws -> [UInt8] { try Files.read(place.path("store/" + name.path)) }

    @Test("of sixteen that append the same number, one wins, and the listings name it")
    func oneWins() async throws {
        let stores = try await stores()
        let revision = try StoredRevision.small()
        try await revision.put(in: stores[0])
        var previous: [UInt8]?
        for n in 1...5 {
            let base = previous
            let results = try await withThrowingTaskGroup(of: (envelope: [UInt8], code: ErrorCode?).self) { group in
                for number in 0..<16 {
                    let item = try revision.entry(n, previous: base, time: "2026-01-\(10 + number)T00:00:00Z")
                    group.addTask {
                        (item.envelope, await code { try await stores[number % 2].append(item.entry, envelope: item.envelope) })
                    }
                }
                var results: [(envelope: [UInt8], code: ErrorCode?)] = []
                for try await result in group { results.append(result) }
                return results
            }
            let winners = results.filter { $0.code == nil }
            #expect(winners.count == 1)
            #expect(results.filter { $0.code == .conflict }.count == 15)
            let winner = try #require(winners.first).envelope
            #expect(try listing(.refEntry(.acme, .main, n)) == winner)
            #expect(try listing(.refHint(.acme, .main)) == RefHint.encode(n))
            let index = try RefIndex(decoding: try listing(.refIndex(.acme)), model: .acme, subject: "index")
            #expect(index.refs == [RefIndex.Item(ref: .main, n: n, entry: SHA256.digest(of: winner))])
            #expect(try Catalog(decoding: try listing(.catalog), subject: "catalog").models == [.acme])
            previous = winner
        }
        #expect(Files.list(place.path("store/private/tmp")) == [])
    }

    @Test("refs and models that come at once are all in the listings")
    func manyRefs() async throws {
        let stores = try await stores()
        let revision = try StoredRevision.small()
        try await revision.put(in: stores[0])
        let models = try (0..<4).map { try ModelName("org\($0 % 2)/model\($0)") }
        let refs = try (0..<6).map { try RefName("v\($0)") }
        await withTaskGroup(of: ErrorCode?.self) { group in
            for (number, model) in models.enumerated() {
                for ref in refs {
                    group.addTask {
                        await code {
                            let item = try revision.entry(model: model.path, ref: ref.text)
                            try await stores[number % 2].append(item.entry, envelope: item.envelope)
                        }
                    }
                }
            }
            for await failure in group { #expect(failure == nil) }
        }
        #expect(try Catalog(decoding: try listing(.catalog), subject: "catalog").models == models.sorted())
        for model in models {
            let index = try RefIndex(decoding: try listing(.refIndex(model)), model: model, subject: "index")
            #expect(index.refs.map(\.ref) == refs)
            #expect(index.refs.allSatisfy { $0.n == 1 })
        }
    }

    @Test("of models that differ only by case, one is taken")
    func caseOnly() async throws {
        let stores = try await stores()
        let revision = try StoredRevision.small()
        try await revision.put(in: stores[0])
        let names = ["acme/tiny", "Acme/tiny", "acme/Tiny", "ACME/TINY", "acme/tinY"]
        let failures = await withTaskGroup(of: ErrorCode?.self) { group in
            for (number, name) in names.enumerated() {
                group.addTask {
                    await code {
                        let item = try revision.entry(model: name)
                        try await stores[number % 2].append(item.entry, envelope: item.envelope)
                    }
                }
            }
            var failures: [ErrorCode?] = []
            for await failure in group { failures.append(failure) }
            return failures
        }
        #expect(failures.filter { $0 == nil }.count == 1)
        #expect(failures.filter { $0 == .conflict }.count == names.count - 1)
        #expect(try await stores[0].catalog().models.count == 1)
    }
}
