// swift-tools-version: 6.2
import PackageDescription

// Run by Scripts/microbench. What is measured lies in Tests/WaybillHotLoops of the main package, which counts its instructions, too.
// ISA-L and libdeflate are rivals here; the product links neither.
let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "waybill", path: "../.."),
        // Without traits: neither its allocation counters nor what they need.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]),
        .systemLibrary(name: "CLibdeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .executableTarget(
            name: "WaybillBenchmarks",
            dependencies: [
                "CISAL", "CLibdeflate",
                .product(name: "_WaybillHotLoops", package: "waybill"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/WaybillBenchmarks",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ],
    swiftLanguageModes: [.v6]
)
