import Foundation
import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport

/// Endpoints and networks that misbehave.
@Suite(.timeLimit(.minutes(5)))
struct S3FaultTests {
    private typealias Fault = SmallGateway.Fault

    private func scene() async throws -> (place: BucketPlace, small: SmallGateway, store: S3Store) {
        let small = try SmallGateway()
        let place = BucketPlace(small)
        return (place, small, try await place.create())
    }

    @Test(
        "what passes is waited out",
        arguments: [
            "slowdown", "internal", "busy", "drop", "flip-request", "conflict", "page",
        ])
    func passing(_ fault: String) async throws {
        let (place, small, store) = try await scene()
        let revision = try StoredRevision.small(seed: 21, packs: 2)
        try small.fail(
            Fault(fault: fault, method: "PUT", path: "packs/", first: 2), Fault(fault: fault, method: "PUT", path: "manifests/", first: 1),
            Fault(fault: fault, method: "PUT", path: "/main/0", first: 2))
        try await store.push(revision)
        #expect(small.requests(fault).count == 5)
        try await expectWhole(revision, in: place.open())
        await store.close()
    }

    @Test(
        "what passes is waited out by readers, too",
        arguments: ["slowdown", "internal", "busy", "drop", "cut", "flip"])
    func passingReads(_ fault: String) async throws {
        let (_, small, store) = try await scene()
        let revision = try StoredRevision.small(seed: 22, packs: 1)
        try await store.push(revision)
        try small.fail(
            Fault(fault: fault, method: "GET", path: "manifests/", first: 2), Fault(fault: fault, method: "GET", path: "lists/", first: 2),
            Fault(fault: fault == "flip" ? "cut" : fault, method: "GET", path: "packs/", first: 2))
        try await expectWhole(revision, in: store)
        #expect(small.requests("manifests/").filter { $0.hasSuffix(fault) }.count == 2)
        await store.close()
    }

    @Test("a lost answer to the entry is told apart from a lost race")
    func lostAnswer() async throws {
        let (place, small, store) = try await scene()
        let revision = try StoredRevision.small(seed: 23, packs: 1)
        try small.fail(Fault(fault: "lost-answer", method: "PUT", path: "/main/0000000001", first: 1))
        #expect(try await store.push(revision) == 1)
        #expect(small.requests("PUT").filter { $0.contains("/main/0000000001") }.map { $0.split(separator: " ")[2] } == ["-", "412"])
        #expect(try await RevisionReader(place.open()).newestEntry(.acme, .main).entry.n == 1)
        await store.close()
    }

    @Test("listings come in pages, whatever the tokens look like")
    func pages() async throws {
        let (_, small, store) = try await scene()
        try small.set(SmallGateway.State(page: 3))
        let revision = try StoredRevision.small(seed: 24, packs: 1)
        for name in ["main", "a", "b", "c", "d", "e", "f"] { try await store.push(revision, ref: RefName(name)) }
        for _ in 0..<3 { try await store.push(StoredRevision.small(seed: UInt64.random(in: 100...200), packs: 1)) }
        let index = try #require(try await store.refIndex(.acme))
        #expect(index.refs.map(\.ref.text) == ["a", "b", "c", "d", "e", "f", "main"])
        #expect(index.refs.last?.n == 4)
        #expect(try await store.catalog().models == [.acme])
        await store.close()
    }

    @Test("listings that are none end with an error", arguments: ["garbage", "page"])
    func garbage(_ fault: String) async throws {
        let (_, small, store) = try await scene()
        try small.fail(Fault(fault: fault, method: "GET", path: "list-type"))
        #expect(await code { _ = try await store.catalog() } == .integrity)
        try small.fail(Fault(fault: fault, method: "GET", path: "list-type", first: 2))
        #expect(try await store.catalog().models == [])
        await store.close()
    }

    @Test("an endless answer is not read")
    func endless() async throws {
        let (_, small, store) = try await scene()
        try await store.push(StoredRevision.small(packs: 1))
        try small.fail(Fault(fault: "endless", method: "GET", path: "latest"))
        #expect(await code { _ = try await store.object(.refHint(.acme, .main)) } == .integrity)
        await store.close()
    }

    @Test("an endpoint that does not create once is not written to", arguments: [true, false])
    func noCreation(_ ignores: Bool) async throws {
        let small = try SmallGateway()
        let place = BucketPlace(small)
        try small.set(SmallGateway.State(ignoreIfNoneMatch: ignores, noIfNoneMatch: !ignores))
        let store = try place.open()
        let error = await failure { try await store.create() }
        #expect(error?.code == .failure)
        #expect(error?.cause.contains("If-None-Match") == true)
        #expect(await code { _ = try await store.beginPush(of: [.acme]) } == .failure)
        #expect(try await store.objectPaths("").filter { !$0.hasPrefix("private/probe/") }.isEmpty)
        await store.close()
    }

    @Test("a clock that is wrong is corrected once, by the endpoint's", arguments: [-7_200, 7_200])
    func skew(_ seconds: Int) async throws {
        let small = try SmallGateway(SmallGateway.State(skew: seconds))
        let place = BucketPlace(small)
        let store = try await place.create()
        let revision = try StoredRevision.small(packs: 1)
        try await store.push(revision)
        try await expectWhole(revision, in: store)
        #expect(small.requests(" 403 ").count == 1)
        await store.close()
    }

    @Test("a bucket in another region is explained, a redirect is not followed")
    func elsewhere() async throws {
        let small = try SmallGateway(SmallGateway.State(region: "eu-central-1"))
        let place = BucketPlace(small)
        let error = await failure { try await place.open().create() }
        #expect(error?.code == .usage)
        #expect(error?.remedy.contains("AWS_REGION=eu-central-1") == true)
        #expect(small.requests().count == 1)
        let right = try place.open(environment: ["AWS_REGION": "eu-central-1"])
        try await right.create()
        try small.set(SmallGateway.State(region: "eu-central-1", faults: [Fault(fault: "redirect", method: "GET")]))
        let redirected = await failure { _ = try await right.object(.storeDescription) }
        #expect(redirected?.code == .usage)
        #expect(redirected?.remedy.contains("not followed") == true)
        await right.close()
    }

    @Test("a session token is sent, and one that is missing or old is an error")
    func sessionToken() async throws {
        let small = try SmallGateway(SmallGateway.State(token: "TOKEN+/="))
        let place = BucketPlace(small)
        let store = try place.open(environment: ["AWS_SESSION_TOKEN": "TOKEN+/="])
        try await store.create()
        let old = try place.open(environment: ["AWS_SESSION_TOKEN": "OLD"])
        let error = await failure { _ = try await old.object(.storeDescription) }
        #expect(error?.code == .authentication)
        #expect(error?.cause.contains("session token") == true)
        await store.close()
        await old.close()
    }

    @Test("a public bucket is read without keys")
    func unsigned() async throws {
        let (place, small, store) = try await scene()
        let revision = try StoredRevision.small(packs: 1)
        try await store.push(revision)
        try small.set(SmallGateway.State(keys: [:]))
        let reader = try place.open(environment: ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""])
        try await expectWhole(revision, in: reader)
        await reader.close()
        await store.close()
    }

    @Test("an endpoint that repeats what it was sent does not make us print it")
    func echo() async throws {
        let (place, small, store) = try await scene()
        try small.fail(Fault(fault: "echo"))
        let said = Said()
        let other = try place.open(environment: ["AWS_ACCESS_KEY_ID": "AKIAVISIBLE", "AWS_SESSION_TOKEN": "HUSHTOKEN"]) { said.add($0) }
        let error = await failure { _ = try await other.object(.storeDescription) }
        #expect(error?.code == .authentication)
        let all = "\(error.map { "\($0)" } ?? "") \(said.all)"
        for secret in ["AKIAVISIBLE", "HUSHTOKEN", "Signature="] { #expect(!all.contains(secret), "\(all)") }
        await other.close()
        await store.close()
    }

    @Test("an endpoint that goes away for good is unavailable, after the patience")
    func goneForGood() async throws {
        let (place, small, store) = try await scene()
        try small.fail(Fault(fault: "slowdown"))
        let other = try place.open(patience: 1)
        let began = ContinuousClock.now
        #expect(await code { _ = try await other.object(.storeDescription) } == .unavailable)
        #expect(ContinuousClock.now - began < .seconds(8))
        await other.close()
        await store.close()
    }

    @Test("two processes probe, and leave nothing behind")
    func probes() async throws {
        let (place, _, store) = try await scene()
        let other = try place.open()
        try await store.push(StoredRevision.small(seed: 31, packs: 1))
        try await other.push(StoredRevision.small(seed: 32, packs: 1))
        #expect(try await store.objectPaths("private/").isEmpty)
        await store.close()
        await other.close()
    }
}
