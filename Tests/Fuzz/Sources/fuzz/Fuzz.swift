import Glibc
import WaybillFuzzing

/// The target that the environment names: one program for all, since libFuzzer's own processes inherit it.
private let target: FuzzTarget = {
    let name = getenv("WAYBILL_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        print("WAYBILL_FUZZ_TARGET is none of", FuzzTarget.all.map(\.name).joined(separator: ", "))
        exit(2)
    }
    return target
}()

@c(LLVMFuzzerTestOneInput)
public func tryInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt { target.run(bytes, count) }
