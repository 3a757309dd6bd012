import Benchmark
import Foundation
import WaybillHotLoops

/// Raw bytes in millions a second.
private let speed = BenchmarkMetric.custom("MB/s", polarity: .prefersLarger, useScalingFactor: false)

private func register(_ name: String, bytes: Int, run: @escaping () -> Void) {
    let configuration = Benchmark.Configuration(
        metrics: [speed], units: [speed: .count], warmupIterations: 3, maxDuration: .milliseconds(600), maxIterations: 300)
    Benchmark(name, configuration: configuration) { benchmark in
        for _ in benchmark.scaledIterations {
            // Small inputs are gone through until the clock's own cost no longer counts.
            let turns = max(1, (1 << 20) / bytes)
            let time = ContinuousClock().measure { for _ in 0..<turns { run() } }
            let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
            benchmark.measurement(speed, Int(Double(bytes * turns) / seconds / 1e6))
        }
    }
}

/// All streams, one after another.
private func register(_ name: String, _ streams: [PlaneStream]) {
    let inflaters = InflaterUnderTest.ours() + [.isal(), .libdeflate()]
    let target = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: streams.map(\.raw.count).max() ?? 0)
    for inflater in inflaters {
        let run = {
            for stream in streams {
                let output = UnsafeMutableBufferPointer(rebasing: target[..<stream.raw.count])
                guard stream.stored.withUnsafeBufferPointer({ inflater.inflate($0, output) }) else {
                    fatalError("\(inflater.name) does not take \(stream.name)")
                }
            }
        }
        run()
        guard let last = streams.last, target.prefix(last.raw.count).elementsEqual(last.raw) else {
            fatalError("\(inflater.name) gives other bytes for \(name)")
        }
        register("inflate \(name): \(inflater.name)", bytes: streams.reduce(0) { $0 + $1.raw.count }, run: run)
    }
}

let benchmarks: @Sendable () -> Void = {
    for loop in HotLoop.all(bytes: 1 << 20) { register(loop.name, bytes: loop.bytes, run: loop.run) }
    for stream in PlaneStream.samples(bytes: 1 << 20) { register(stream.name, [stream]) }
    guard let path = ProcessInfo.processInfo.environment["WAYBILL_BENCH_WEIGHTS"] else { return }
    guard let file = WeightFile(path: path) else { fatalError("WAYBILL_BENCH_WEIGHTS names no readable file: \(path)") }
    let name = URL(fileURLWithPath: path).lastPathComponent
    print("\(name): \(file.size) bytes, stored in \(Double(file.stored) / Double(file.size)) of that")
    register("encode \(name)", bytes: file.size, run: file.encode)
    register("decode \(name)", bytes: file.size, run: file.decode)
    if !file.exponents.isEmpty { register("exponents of \(name)", file.exponents) }
}
