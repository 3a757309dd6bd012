// swift-tools-version: 6.2
import PackageDescription

/// Every module of ours is Swift 6, with warnings as errors.
let common: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Outside WaybillSystem and WaybillCodec an unsafe construct is a warning, therefore an error.
let safe: [SwiftSetting] = common + [.strictMemorySafety()]

/// Foundation's parts, which the objects of a dynamic build do not name to the static linker.
let staticLibraries =
    ["-static-stdlib", "-Xlinker", "--strip-debug"]
    + [
        "FoundationInternationalization", "FoundationEssentials", "CoreFoundation", "_FoundationCollections", "_FoundationCShims",
        "_FoundationICU", "_CFXMLInterface", "_CFURLSessionInterface",
    ].map { "-l\($0)" }

let package = Package(
    name: "waybill",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "waybill", targets: ["waybill"]),
        .library(name: "WaybillFormat", targets: ["WaybillFormat"]),
        .library(name: "WaybillSystem", targets: ["WaybillSystem"]),
        .library(name: "WaybillCodec", targets: ["WaybillCodec"]),
        .library(name: "WaybillTrust", targets: ["WaybillTrust"]),
        .library(name: "WaybillStore", targets: ["WaybillStore"]),
        .library(name: "WaybillPlanning", targets: ["WaybillPlanning"]),
        .library(name: "WaybillPapers", targets: ["WaybillPapers"]),
        .library(name: "WaybillTransfer", targets: ["WaybillTransfer"]),
        .library(name: "WaybillServer", targets: ["WaybillServer"]),
        // For the nested package Tests/Benchmarks alone.
        .library(name: "_WaybillHotLoops", targets: ["WaybillHotLoops"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLinux"),

        .target(name: "WaybillFormat", swiftSettings: safe),
        .target(
            name: "WaybillSystem",
            dependencies: ["WaybillFormat", "COpenSSL", "CLinux"],
            swiftSettings: common),
        .target(
            name: "WaybillCodec",
            dependencies: ["WaybillFormat", "WaybillSystem", "CZlib"],
            swiftSettings: common),
        .target(name: "WaybillTrust", dependencies: ["WaybillFormat", "WaybillSystem"], swiftSettings: safe),
        .target(
            name: "WaybillStore",
            dependencies: [
                "WaybillFormat", "WaybillSystem", "WaybillCodec", "WaybillTrust",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: safe),
        .target(
            name: "WaybillPapers",
            dependencies: [
                "WaybillFormat", "WaybillSystem", "WaybillCodec",
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: safe),
        .target(name: "WaybillPlanning", dependencies: ["WaybillFormat"], swiftSettings: safe),
        .target(
            name: "WaybillTransfer",
            dependencies: [
                "WaybillFormat", "WaybillSystem", "WaybillCodec", "WaybillTrust", "WaybillStore", "WaybillPapers", "WaybillPlanning",
            ],
            swiftSettings: safe),
        .target(
            name: "WaybillServer",
            dependencies: [
                "WaybillFormat", "WaybillSystem", "WaybillCodec", "WaybillStore",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: safe),
        .target(
            name: "WaybillCommands",
            dependencies: [
                "WaybillFormat", "WaybillSystem", "WaybillTrust", "WaybillStore", "WaybillPapers", "WaybillPlanning", "WaybillTransfer",
                "WaybillServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: safe),
        .executableTarget(
            name: "waybill",
            dependencies: ["WaybillCommands"],
            swiftSettings: safe,
            // The released binary needs no Swift on the machine; libraries stay linkable without this flag.
            linkerSettings: [.unsafeFlags(staticLibraries, .when(platforms: [.linux], configuration: .release))]),

        .target(
            name: "WaybillTestSupport",
            dependencies: ["WaybillFormat", "WaybillSystem", "WaybillCodec", "WaybillStore"],
            path: "Tests/WaybillTestSupport",
            swiftSettings: common),
        // What the fuzz targets of the nested package Tests/Fuzz check; replayed here without a fuzzer.
        .target(
            name: "WaybillFuzzing",
            dependencies: ["WaybillFormat", "WaybillSystem", "WaybillCodec", "WaybillPapers", "WaybillTrust", "CZlib"],
            path: "Tests/Fuzz/Sources/WaybillFuzzing",
            swiftSettings: common),
        // What Tests/Benchmarks times and Scripts/test counts the instructions of.
        .target(
            name: "WaybillHotLoops",
            dependencies: ["WaybillFormat", "WaybillSystem", "WaybillCodec"],
            path: "Tests/WaybillHotLoops",
            swiftSettings: common),
        .executableTarget(
            name: "hot-loops",
            dependencies: ["WaybillHotLoops"],
            path: "Tests/HotLoopRunner",
            exclude: ["instructions.json"],
            swiftSettings: common),
        .testTarget(name: "FuzzReplayTests", dependencies: ["WaybillFuzzing"], swiftSettings: common),
        .testTarget(
            name: "WaybillFormatTests",
            dependencies: ["WaybillFormat", "WaybillTestSupport"], swiftSettings: common),
        .testTarget(
            name: "WaybillSystemTests",
            dependencies: ["WaybillSystem", "WaybillTestSupport"], swiftSettings: common),
        .testTarget(
            name: "WaybillCodecTests",
            dependencies: ["WaybillCodec", "WaybillTestSupport"], exclude: ["Fixtures"], swiftSettings: common),
        .testTarget(
            name: "WaybillStoreTests",
            dependencies: ["WaybillStore", "WaybillTestSupport"], swiftSettings: common),
        .testTarget(
            name: "WaybillS3Tests",
            dependencies: ["WaybillStore", "WaybillTestSupport"], exclude: ["Fixtures"], swiftSettings: common),
        .testTarget(
            name: "WaybillPapersTests",
            dependencies: ["WaybillPapers", "WaybillTestSupport"], swiftSettings: common),
        .testTarget(name: "WaybillPlanningTests", dependencies: ["WaybillPlanning"], swiftSettings: common),
        // Simulates a fleet with the scheduler of pulls: Scripts/fleet.
        .executableTarget(name: "fleet", dependencies: ["WaybillPlanning"], path: "Tests/Fleet", swiftSettings: common),
        .testTarget(
            name: "WaybillTrustTests",
            dependencies: ["WaybillTrust", "WaybillTestSupport"], swiftSettings: common),
        .testTarget(
            name: "WaybillTransferTests",
            dependencies: [
                "WaybillFormat", "WaybillSystem", "WaybillCodec", "WaybillStore", "WaybillPapers", "WaybillPlanning", "WaybillTransfer",
                "WaybillTestSupport",
            ],
            swiftSettings: common),
        .testTarget(
            name: "WaybillServerTests",
            dependencies: ["WaybillServer", "WaybillTransfer", "WaybillTestSupport"], swiftSettings: common),
        .testTarget(
            name: "WaybillCommandsTests",
            dependencies: ["WaybillCommands", "WaybillTestSupport"], swiftSettings: common),
        .testTarget(
            name: "CrashTests",
            dependencies: ["WaybillFormat", "WaybillSystem", "WaybillCodec", "WaybillStore", "WaybillTransfer", "WaybillTestSupport"],
            exclude: ["Fixtures"], swiftSettings: common),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["WaybillFormat", "WaybillSystem", "WaybillCodec", "WaybillStore", "WaybillTestSupport"],
            exclude: ["Fixtures"], swiftSettings: common),
    ],
    swiftLanguageModes: [.v6]
)
