import WaybillCodec
import WaybillFormat
import WaybillSystem

extension HotLoop {
    /// The codec's inner loops, alone.
    static func kernels(bytes: Int) -> [HotLoop] {
        let weights = SampleWeights(bytes / 2, seed: 1).bfloat16
        let exponents = exponentPlane(weights)
        return planes(exponents) + splits(weights, bytes: bytes)
    }

    /// The high byte of each rotated bf16.
    static func exponentPlane(_ bfloat16: [UInt8]) -> [UInt8] {
        var planes = [UInt8](repeating: 0, count: bfloat16.count)
        PlaneSplit.split(.bfloat16, bfloat16, count: bfloat16.count, planes: &planes)
        return Array(planes.suffix(bfloat16.count / 2))
    }

    private static func planes(_ plane: [UInt8]) -> [HotLoop] {
        let count = plane.count
        let counter = ByteCounter()
        let deflater = LiteralDeflater(maximumLength: count, counter: counter)
        let stream = UnsafeMutablePointer<UInt8>.allocate(capacity: count + 8)
        let output = UnsafeMutablePointer<UInt8>.allocate(capacity: count + 8)
        deflater.measure(plane, count: count)
        _ = deflater.plan()
        let stored = deflater.write(plane, count: count, into: stream)
        let inflater = LiteralInflater()
        let counts = UnsafeMutablePointer<UInt32>.allocate(capacity: 256)
        return [
            HotLoop("histogram", bytes: count) { counter.count(plane, count, into: counts) },
            HotLoop("LiteralDeflater.measure", bytes: count) { deflater.measure(plane, count: count) },
            HotLoop("LiteralDeflater.plan", bytes: count) { consume(deflater.plan()) },
            HotLoop("LiteralDeflater.write", bytes: count) { consume(deflater.write(plane, count: count, into: output)) },
            HotLoop("LiteralInflater", bytes: count) {
                guard inflater.inflate(stream, stored: stored, into: output, count: count) else { fatalError("not inflated") }
            },
            HotLoop("Adler32", bytes: count) { consume(Adler32.checksum(plane, count: count)) },
        ]
    }

    private static func splits(_ source: [UInt8], bytes: Int) -> [HotLoop] {
        let names: [(String, UInt8)] = [("bf16", 1), ("split2", 2), ("fp32", 3), ("Q4_K", 64 + 12), ("Q8_0", 64 + 8)]
        return names.flatMap { name, code -> [HotLoop] in
            guard let transform = FrameTransform.known(code) else { fatalError("no transform \(code)") }
            let count = source.count
            let planes = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
            let joined = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
            let starts = UnsafeMutablePointer<UnsafePointer<UInt8>>.allocate(capacity: FrameTransform.maximumPlanes)
            var offset = 0
            for index in 0..<transform.planeCount(count) {
                starts[index] = UnsafePointer(planes + offset)
                offset += transform.planeLength(index, rawLength: count)
            }
            return [
                HotLoop("split \(name)", bytes: count) { PlaneSplit.split(transform, source, count: count, planes: planes) },
                HotLoop("join \(name)", bytes: count) { PlaneSplit.join(transform, starts, count: count, into: joined) },
            ]
        }
    }
}
