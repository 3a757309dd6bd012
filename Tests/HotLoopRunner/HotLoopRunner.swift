import Glibc
import WaybillHotLoops

@main
enum Scratch {
    static func measure(_ name: String, _ bytes: Int, _ run: () -> Void) {
        var best = Double.infinity
        var all: [Double] = []
        let clock = ContinuousClock()
        run()
        var reps = 1
        for _ in 0..<9 {
            let t = clock.measure { for _ in 0..<reps { run() } }
            let s = (Double(t.components.attoseconds) * 1e-18 + Double(t.components.seconds)) / Double(reps)
            if reps == 1 { reps = max(1, min(2000, Int(0.03 / s))) }
            all.append(s)
            best = min(best, s)
        }
        all.sort()
        print("\(name): \(Int(Double(bytes) / all[4] / 1e6)) MB/s median, \(Int(Double(bytes) / best / 1e6)) best")
    }
    static func main() {
        if CommandLine.arguments.count > 1, CommandLine.arguments[1].hasPrefix("/") {
            for path in CommandLine.arguments.dropFirst() {
                guard let f = WeightFile(path: path) else { continue }
                print(path, f.size, "stored/raw", Double(f.stored) / Double(f.size))
                measure("encode", f.size, f.encode)
                measure("decode", f.size, f.decode)
            }
            return
        }
        let wanted = CommandLine.arguments.dropFirst()
        for loop in HotLoop.all(bytes: 1 << 20) where wanted.isEmpty || wanted.contains(where: { loop.name.contains($0) }) {
            measure(loop.name, loop.bytes, loop.run)
        }
    }
}
