import ArgumentParser
import WaybillStore
import WaybillSystem

/// Options of commands that move or read many bytes.
struct WorkOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Resident memory to stay within, at least 128M.", valueName: "size"))
    var memory = ByteSize(bytes: 256 << 20)

    @Option(help: ArgumentHelp("Threads that hash and code. (default: the processors, as far as --memory allows)", valueName: "n"))
    var jobs: Int?

    func makeWork() throws(CommandError) -> Work {
        let share = try WorkShare(memory: memory.bytes, jobs: jobs, processors: Processors.count)
        return Work(threads: share.threads, memory: share.buffers)
    }
}

/// How a command's memory is divided.
package struct WorkShare: Equatable, Sendable {
    package let threads: Int
    /// Bytes for buffers in flight.
    package let buffers: Int

    /// Scratch memory of one thread: a chunk, a frame, planes and codec tables.
    package static let thread = 14 << 20
    /// The program itself, connections, and the tables of a revision with a million chunks.
    package static let base = 60 << 20
    package static let minimum = 128 << 20

    /// - Throws: `.usage` for less memory than the work needs.
    package init(memory: Int, jobs: Int?, processors: Int) throws(CommandError) {
        guard memory >= Self.minimum else {
            throw .usage("--memory \(ByteSize.text(memory))", "is too little", "Give at least \(ByteSize.text(Self.minimum))")
        }
        let affordable = max(1, memory / 3 / Self.thread)
        if let jobs {
            guard jobs >= 1 else { throw .usage("--jobs \(jobs)", "is not a number of threads", "Give 1 or more") }
            guard jobs <= affordable else {
                // Any sane number of threads fits; a product that overflows does not exist here.
                let needed = min(jobs, 1 << 20) * Self.thread * 3
                throw .usage(
                    "--jobs \(jobs)", "needs more memory than \(ByteSize.text(memory))",
                    "Give --memory \(ByteSize.text(needed)), or at most --jobs \(affordable)")
            }
        }
        threads = jobs ?? min(max(1, processors), affordable)
        // A third stays free for what allocators and the kernel's socket buffers hold back.
        buffers = (memory - Self.base - threads * Self.thread) / 3 * 2
    }
}
