import Benchmark
import Foundation
import WaybillHotLoops

/// Raw bytes in millions a second.
private let speed = BenchmarkMetric.custom("MB/s", polarity: .prefersLarger, useScalingFactor: false)

/// Inputs that only some of the benchmarks want. Each benchmark runs in a process of its own, which registers all of them.
private enum Inputs {
    static let path = ProcessInfo.processInfo.environment["WAYBILL_BENCH_WEIGHTS"]
    static let samples = PlaneStream.samples(bytes: 1 << 20)
    nonisolated(unsafe) static let file: WeightFile = {
        guard let path, let file = WeightFile(path: path) else { fatalError("WAYBILL_BENCH_WEIGHTS names no readable file") }
        return file
    }()
}

private func register(_ name: String, bytes: @escaping @autoclosure () -> Int, run: @escaping () -> Void) {
    let configuration = Benchmark.Configuration(
        metrics: [speed], units: [speed: .count], warmupIterations: 3, maxDuration: .milliseconds(600), maxIterations: 300)
    Benchmark(name, configuration: configuration) { benchmark in
        // Small inputs are gone through until the clock's own cost no longer counts.
        let turns = max(1, (1 << 20) / max(1, bytes()))
        for _ in benchmark.scaledIterations {
            let time = ContinuousClock().measure { for _ in 0..<turns { run() } }
            let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
            benchmark.measurement(speed, Int(Double(bytes() * turns) / seconds / 1e6))
        }
    }
}

/// All streams, one after another, by each decoder.
private func register(_ name: String, _ streams: @escaping @autoclosure () -> [PlaneStream]) {
    let target = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 4 << 20)
    for inflater in InflaterUnderTest.ours() + [.isal(), .libdeflate()] {
        var isVerified = false
        register("inflate \(name): \(inflater.name)", bytes: streams().reduce(0) { $0 + $1.raw.count }) {
            for stream in streams() {
                let output = UnsafeMutableBufferPointer(rebasing: target[..<stream.raw.count])
                guard stream.stored.withUnsafeBufferPointer({ inflater.inflate($0, output) }) else {
                    fatalError("\(inflater.name) does not take \(name)")
                }
                guard isVerified || output.elementsEqual(stream.raw) else { fatalError("\(inflater.name) gives other bytes for \(name)") }
            }
            isVerified = true
        }
    }
}

let benchmarks: @Sendable () -> Void = {
    for loop in HotLoop.all(bytes: 1 << 20) { register(loop.name, bytes: loop.bytes, run: loop.run) }
    for stream in Inputs.samples { register(stream.name, [stream]) }
    guard let path = Inputs.path else { return }
    let name = URL(fileURLWithPath: path).lastPathComponent
    register("encode \(name)", bytes: Inputs.file.size) { Inputs.file.encode() }
    register("decode \(name)", bytes: Inputs.file.size) { Inputs.file.decode() }
    register("exponents of \(name)", Inputs.file.exponents)
}
