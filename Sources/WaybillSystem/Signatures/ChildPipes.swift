import CLinux
import Glibc

/// The pipes to a program's standard input, output and errors. All are closed with it.
final class ChildPipes {
    struct Pipe {
        let read: Int32
        let write: Int32
    }

    let input: Pipe
    let output: Pipe
    let errors: Pipe
    private var open: Set<Int32>

    init(subject: String) throws(SystemError) {
        var made: [Pipe] = []
        var open: Set<Int32> = []
        for _ in 0..<3 {
            var ends: [Int32] = [-1, -1]
            let result = pipe2(&ends, O_CLOEXEC)
            let number = errno
            guard result == 0 else {
                for descriptor in open { Glibc.close(descriptor) }
                throw SystemError(errno: number, "pipe", subject: subject)
            }
            // Where the process itself has no standard input: the child's copies must not overwrite one another.
            for index in 0..<2 where ends[index] < 3 {
                let moved = fcntl(ends[index], F_DUPFD_CLOEXEC, 3)
                Glibc.close(ends[index])
                ends[index] = moved
            }
            open.formUnion(ends)
            made.append(Pipe(read: ends[0], write: ends[1]))
        }
        (input, output, errors) = (made[0], made[1], made[2])
        self.open = open
        for descriptor in [input.write, output.read, errors.read] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
    }

    deinit { for descriptor in open { Glibc.close(descriptor) } }

    func close(_ descriptor: Int32) {
        if open.remove(descriptor) != nil { Glibc.close(descriptor) }
    }

    /// After the start: what is the child's.
    func closeTheirs() { for descriptor in [input.read, output.write, errors.write] { close(descriptor) } }
}
