// swift-tools-version: 6.2
import PackageDescription

// Built by Scripts/fuzz, which adds the compiler's -sanitize=fuzzer. What is checked lies in Sources/WaybillFuzzing: the main package's
// tests compile it too, and replay the corpus without libFuzzer.
let package = Package(
    name: "fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "waybill", path: "../..")],
    targets: [
        .executableTarget(name: "fuzz", dependencies: ["WaybillFuzzing"]),
        .target(
            name: "WaybillFuzzing",
            dependencies: [
                .product(name: "WaybillFormat", package: "waybill"),
                .product(name: "WaybillSystem", package: "waybill"),
                .product(name: "WaybillCodec", package: "waybill"),
                .product(name: "WaybillPapers", package: "waybill"),
                .product(name: "WaybillTrust", package: "waybill"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
