import Glibc
import WaybillSystem

/// An answer as it came over the wire.
struct RawAnswer: Sendable {
    var status = 0
    /// Names in lower case; a name that stands twice is joined.
    var headers: [String: String] = [:]
    var body: [UInt8] = []
    /// The body ended where its framing says.
    var isComplete = false
    /// The server closed the connection after it.
    var isClosed = false

    var text: String { String(decoding: body, as: UTF8.self) }
}

/// HTTP/1.1 written by hand over blocking sockets, on threads of its own: what a hostile client sends no library would.
enum RawClient {
    private static let pool = WorkerPool<Int>(threads: 48) { 0 }

    static func head(_ method: String, _ path: String, _ headers: [(String, String)]) -> [UInt8] {
        var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    static func chunked(_ body: [UInt8], pieces: Int = 1 << 16) -> [UInt8] {
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: body.count, by: pieces) {
            let end = min(start + pieces, body.count)
            bytes += Array((String(end - start, radix: 16) + "\r\n").utf8) + body[start..<end] + [13, 10]
        }
        return bytes + Array("0\r\n\r\n".utf8)
    }

    /// Sends pieces with pauses (seconds) between them, and reads one answer.
    /// - Parameters:
    ///   - isHead: the answer has no body, whatever its length says.
    ///   - hangUp: closes right after sending; there is no answer.
    ///   - sleep: seconds before the answer is read.
    static func send(
        port: Int, _ pieces: [[UInt8]], pause: Double = 0, isHead: Bool = false, hangUp: Bool = false, sleep: Double = 0
    ) async -> RawAnswer {
        await pool.run { _ in exchange(port, pieces, pause, isHead, hangUp, sleep) }
    }

    private static func exchange(
        _ port: Int, _ pieces: [[UInt8]], _ pause: Double, _ isHead: Bool, _ hangUp: Bool, _ sleep: Double
    ) -> RawAnswer {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard connected == 0 else { return RawAnswer() }
        for (index, piece) in pieces.enumerated() {
            if index > 0, pause > 0 { usleep(useconds_t(pause * 1_000_000)) }
            var rest = piece[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                // A server that refuses early may stop reading; its answer is still to be read.
                if sent <= 0 { break }
                rest = rest.dropFirst(sent)
            }
        }
        if hangUp { return RawAnswer() }
        usleep(useconds_t(sleep * 1_000_000))
        return read(descriptor, isHead)
    }

    private static func read(_ descriptor: Int32, _ isHead: Bool) -> RawAnswer {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var isClosed = false
        func more() -> Bool {
            let got = recv(descriptor, &buffer, buffer.count, 0)
            guard got > 0 else {
                isClosed = got == 0 || errno == ECONNRESET
                return false
            }
            received += buffer[..<got]
            return true
        }
        var answer = RawAnswer()
        repeat {
            while end(of: received) == nil, more() {}
            guard let end = end(of: received) else { return RawAnswer(isClosed: isClosed) }
            answer = parse(Array(received[..<end]))
            received.removeFirst(end + 4)
        } while answer.status == 100
        if isHead || answer.status == 304 {
            answer.isComplete = true
        } else if answer.headers["transfer-encoding"] == "chunked" {
            while !dechunk(received, into: &answer), more() {}
        } else if let length = answer.headers["content-length"].flatMap({ Int($0) }) {
            while received.count < length, more() {}
            answer.body = Array(received.prefix(length))
            answer.isComplete = received.count >= length
        }
        if answer.headers["connection"] == "close" { while more() {} }
        answer.isClosed = isClosed
        return answer
    }

    private static func end(of bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...bytes.count - 4).first { bytes[$0] == 13 && bytes[$0 + 1] == 10 && bytes[$0 + 2] == 13 && bytes[$0 + 3] == 10 }
    }

    private static func parse(_ head: [UInt8]) -> RawAnswer {
        var answer = RawAnswer()
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        answer.status = lines.first.flatMap { Int($0.split(separator: " ").dropFirst().first ?? "") } ?? 0
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].lowercased()
            let value = String(line[line.index(after: colon)...].drop { $0 == " " })
            answer.headers[name] = answer.headers[name].map { $0 + ", " + value } ?? value
        }
        return answer
    }

    /// True when the last chunk is there.
    private static func dechunk(_ bytes: [UInt8], into answer: inout RawAnswer) -> Bool {
        answer.body = []
        var index = 0
        while let line = bytes[index...].firstIndex(of: 13), line + 1 < bytes.count {
            guard let size = Int(String(decoding: bytes[index..<line], as: UTF8.self), radix: 16) else { return false }
            if size == 0 {
                answer.isComplete = true
                return true
            }
            let start = line + 2
            guard start + size + 2 <= bytes.count else { return false }
            answer.body += bytes[start..<start + size]
            index = start + size + 2
        }
        return false
    }
}
