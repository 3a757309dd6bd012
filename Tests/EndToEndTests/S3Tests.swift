import Foundation
import Testing
import WaybillTestSupport

/// The commands against buckets: a strict endpoint of our own, and Ceph where it runs.
@Suite("A store in a bucket", .timeLimit(.minutes(20)))
struct S3Tests {
    /// A bucket's prefix, and directories beside it.
    private struct BucketScene {
        let place: BucketPlace
        let folder = TemporaryFolder("bucket-scene")
        let store: String

        init(_ gateway: Gateway) throws {
            place = try gateway.place()
            store = "s3://\(place.bucket)/\(place.prefix)"
            let made = try run("store", "init", store)
            guard made.status == 0 else { throw Waybill.Failure(made.errors) }
        }

        var environment: [String: String] {
            [
                "AWS_ENDPOINT_URL": place.endpoint, "AWS_ACCESS_KEY_ID": place.accessKey, "AWS_SECRET_ACCESS_KEY": place.secretKey,
                "AWS_CONFIG_FILE": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
            ]
        }

        func start(_ arguments: [String]) throws -> RunningTool { try Waybill.start(arguments + ["--json"], environment: environment) }
        func run(_ arguments: String...) throws -> ToolResult { try start(arguments).wait() }
        func path(_ name: String) -> String { folder.path(name) }
        func address(_ model: String) -> String { "\(store)/\(model)" }

        func writeModel(_ name: String, seed: UInt64, files: Int = 3) throws {
            for number in 0..<files {
                var generator = SeededGenerator(seed: seed &* 100 &+ UInt64(number))
                let tensors = (0..<8).map { Tensor("t\($0)", "BF16", [512, 1024], generator.weights(512 * 1024)) }
                try folder.write("\(name)/weights-\(number).safetensors", ModelMaker.safetensors(tensors))
            }
            try folder.write("\(name)/README.md", "# \(name)\n")
        }
    }

    @Test("push, pull, list, show, verify, repair", arguments: Gateway.available)
    func walk(_ gateway: Gateway) throws {
        let scene = try BucketScene(gateway)
        try scene.writeModel("a", seed: 1)
        let push = try scene.run("push", scene.path("a"), scene.address("acme/tiny"))
        #expect(push.status == 0, "\(push.errors)")
        let pull = try scene.run("pull", scene.address("acme/tiny"), scene.path("b"))
        #expect(pull.status == 0, "\(pull.errors)")
        #expect(try Files.differences(scene.path("a"), scene.path("b")) == [])
        #expect(try scene.run("list", scene.store).output.contains("acme/tiny"))
        #expect(try scene.run("show", scene.address("acme/tiny")).status == 0)
        #expect(try scene.run("verify", scene.path("b")).status == 0)
        try Files.flipBit(scene.path("b/weights-1.safetensors"), byte: 3_000_000)
        #expect(try scene.run("verify", scene.path("b")).status != 0)
        #expect(try scene.run("repair", scene.path("b")).status == 0)
        #expect(try Files.differences(scene.path("a"), scene.path("b")) == [])
        // A second push sends only what changed.
        try scene.folder.write("a/README.md", "changed\n")
        let second = try scene.run("push", scene.path("a"), scene.address("acme/tiny"))
        #expect(second.status == 0, "\(second.errors)")
        #expect(second.int("bytesTransferred") ?? .max < 100_000)
        // The ref moved for whoever did not see it.
        try scene.writeModel("c", seed: 2, files: 1)
        #expect(try scene.run("push", scene.path("c"), scene.address("acme/tiny")).status == 6)
    }

    @Test("pushes and pulls killed at random instants go on", arguments: Gateway.available)
    func kills(_ gateway: Gateway) throws {
        let scene = try BucketScene(gateway)
        var generator = SeededGenerator(seed: 77)
        for round in 0..<4 {
            try scene.writeModel("a", seed: UInt64(10 + round), files: 4)
            let arguments = ["push", scene.path("a"), scene.address("acme/tiny:r\(round)")]
            for _ in 0..<3 {
                let running = try scene.start(arguments)
                Thread.sleep(forTimeInterval: Double.random(in: 0.05...0.6, using: &generator))
                running.signal(SIGKILL)
                _ = running.wait()
            }
            let push = try scene.start(arguments).wait()
            #expect(push.status == 0, "\(push.errors)")
            for _ in 0..<2 {
                let running = try scene.start(["pull", scene.address("acme/tiny:r\(round)"), scene.path("b\(round)")])
                Thread.sleep(forTimeInterval: Double.random(in: 0.02...0.3, using: &generator))
                running.signal(SIGKILL)
                _ = running.wait()
            }
            let pull = try scene.run("pull", scene.address("acme/tiny:r\(round)"), scene.path("b\(round)"))
            #expect(pull.status == 0, "\(pull.errors)")
            #expect(try Files.differences(scene.path("a"), scene.path("b\(round)")) == [])
        }
        // What the killed ones left is collected, once they count as abandoned.
        Thread.sleep(forTimeInterval: 2.1)
        let collected = try scene.run("store", "gc", scene.store, "--grace", "0s", "--abandon-after", "1s")
        #expect(collected.status == 0, "\(collected.errors)")
        for round in 0..<4 {
            let pull = try scene.run("pull", scene.address("acme/tiny:r\(round)"), scene.path("after\(round)"))
            #expect(pull.status == 0, "\(pull.errors)")
        }
    }

    @Test("of pushes that race for a ref one wins", arguments: Gateway.available)
    func race(_ gateway: Gateway) throws {
        let scene = try BucketScene(gateway)
        for number in 0..<4 { try scene.writeModel("m\(number)", seed: UInt64(30 + number), files: 1) }
        let running = try (0..<4).map { try scene.start(["push", scene.path("m\($0)"), scene.address("acme/race")]) }
        let statuses = running.map { $0.wait().status }
        #expect(statuses.filter { $0 == 0 }.count == 1, "\(statuses)")
        #expect(statuses.filter { $0 == 6 }.count == 3, "\(statuses)")
        let winner = try #require(statuses.firstIndex(of: 0))
        #expect(try scene.run("pull", scene.address("acme/race"), scene.path("won")).status == 0)
        #expect(try Files.differences(scene.path("m\(winner)"), scene.path("won")) == [])
    }

    @Test("no output of any command shows a key", arguments: Gateway.available)
    func secrets(_ gateway: Gateway) throws {
        let scene = try BucketScene(gateway)
        try scene.writeModel("a", seed: 5, files: 1)
        var wrong = scene.environment
        wrong["AWS_SECRET_ACCESS_KEY"] = "VERYSECRETKEY"
        for environment in [scene.environment, wrong] {
            for arguments in [
                ["push", scene.path("a"), scene.address("acme/tiny")], ["list", scene.store], ["store", "gc", scene.store],
            ] {
                let result = try Waybill.run(arguments, environment: environment)
                for secret in ["VERYSECRETKEY", scene.place.secretKey] where secret.utf8.count > 4 {
                    #expect(!result.output.contains(secret) && !result.errors.contains(secret))
                }
                if environment == wrong { #expect(result.status == 9, "\(arguments): \(result.errors)") }
            }
        }
    }
}
