import WaybillHotLoops

/// Runs each guarded loop once, for Scripts/instructions to count what the processor does, and prints their names in that order.
@main
enum HotLoopRunner {
    private static let bytes = 256 << 10

    static func main() {
        for loop in HotLoop.all(bytes: bytes) where loop.isGuarded {
            // Tables that are made on first use are no part of the loop.
            loop.run()
            print(countedHotLoop(loop))
        }
    }
}

/// callgrind counts inside functions of this name, and writes a sum at the end of each. What is returned keeps the loop from becoming
/// the function's last jump: callgrind would not see its end.
@inline(never)
func countedHotLoop(_ loop: HotLoop) -> String {
    loop.run()
    return loop.name
}
