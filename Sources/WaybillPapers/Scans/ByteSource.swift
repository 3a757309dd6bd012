import WaybillCodec
import WaybillFormat
import WaybillSystem

/// Why reading goes no further.
enum ScanStop: Error {
    /// The system does not give the file: the scan fails.
    case system(SystemError)
    /// The bytes do not inflate, or end too early.
    case damaged(String)
    /// A limit of Protocol/SCANS.md.
    case limit(String)
}

/// Bytes to scan: a file, a part of it, or what inflates from a part.
protocol ByteSource: AnyObject {
    /// Nil if it shows only at the end.
    var size: Int? { get }
    /// At most 1 MiB from an offset on; fewer than asked for only at the end.
    func read(_ offset: Int, _ count: Int) throws(ScanStop) -> [UInt8]
}

extension ByteSource {
    /// Any number of bytes, which the caller bounds; fewer only at the end.
    func readAll(_ offset: Int, _ count: Int) throws(ScanStop) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let piece = try read(offset + bytes.count, min(count - bytes.count, ByteWindow.maximumRead))
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes
    }
}

/// A whole file of a model.
final class FileSource: ByteSource {
    private let file: EvidenceFile

    init(_ file: EvidenceFile) { self.file = file }

    var size: Int? { max(file.size, 0) }

    func read(_ offset: Int, _ count: Int) throws(ScanStop) -> [UInt8] {
        guard offset >= 0, offset < file.size else { return [] }
        do {
            return try file.bytes(at: offset, count: min(count, file.size - offset, ByteWindow.maximumRead))
        } catch {
            throw .system(error)
        }
    }
}

/// A part of another source.
final class RangeSource: ByteSource {
    private let parent: any ByteSource
    private let offset: Int
    let size: Int?

    init(_ parent: any ByteSource, offset: Int, count: Int) {
        self.parent = parent
        self.offset = offset
        size = count
    }

    func read(_ offset: Int, _ count: Int) throws(ScanStop) -> [UInt8] {
        guard let size, offset >= 0, offset < size else { return [] }
        return try parent.read(self.offset + offset, min(count, size - offset))
    }
}

final class MemorySource: ByteSource {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var size: Int? { bytes.count }

    func read(_ offset: Int, _ count: Int) throws(ScanStop) -> [UInt8] {
        guard offset >= 0, offset < bytes.count else { return [] }
        return Array(bytes[offset..<offset + min(count, bytes.count - offset, ByteWindow.maximumRead)])
    }
}

/// What inflates from another source. Reading forward costs what is inflated; reading back begins anew.
final class InflatedSource: ByteSource {
    private static let piece = 64 << 10

    private let parent: any ByteSource
    private let wrapping: StreamInflater.Wrapping
    private let budget: InflationBudget
    private(set) var size: Int?
    private var inflater: StreamInflater?
    private var input: [UInt8] = []
    private var inputPosition = 0
    private var parentPosition = 0
    private var window: [UInt8] = []
    private var windowStart = 0
    /// Of the parent, once the stream has ended.
    private(set) var consumedCount: Int?
    /// What stands before the damage is given all the same: readers use it before they see the damage.
    private var damage: String?

    init(_ parent: any ByteSource, _ wrapping: StreamInflater.Wrapping, budget: InflationBudget, size: Int? = nil) {
        self.parent = parent
        self.wrapping = wrapping
        self.budget = budget
        self.size = size
    }

    func read(_ offset: Int, _ count: Int) throws(ScanStop) -> [UInt8] {
        guard offset >= 0, count > 0 else { return [] }
        let count = min(count, ByteWindow.maximumRead)
        if inflater == nil || offset < windowStart { try restart() }
        while offset + count > windowStart + window.count, consumedCount == nil, damage == nil {
            // What lies before the offset is of no more use.
            let used = min(max(offset - windowStart, 0), window.count)
            if used > 0 {
                window.removeFirst(used)
                windowStart += used
            }
            do {
                try inflateMore()
            } catch {
                guard case .damaged(let cause) = error else { throw error }
                damage = cause
            }
        }
        let start = offset - windowStart
        guard start < window.count else {
            if let damage { throw .damaged(damage) }
            return []
        }
        return Array(window[start..<min(window.count, start + count)])
    }

    private func restart() throws(ScanStop) {
        guard let fresh = StreamInflater(wrapping) else { throw .limit("zlib has no memory") }
        inflater = fresh
        input = []
        (inputPosition, parentPosition, windowStart) = (0, 0, 0)
        window = []
        consumedCount = nil
        damage = nil
    }

    /// The whole, if it is not longer than `limit`; what of it can be had, and what is wrong with it.
    func held(_ limit: Int) throws(ScanStop) -> (bytes: [UInt8], isWhole: Bool, damage: String?) {
        var bytes: [UInt8] = []
        while bytes.count <= limit {
            do {
                let piece = try read(bytes.count, min(limit + 1 - bytes.count, ByteWindow.maximumRead))
                if piece.isEmpty { return (bytes, true, nil) }
                bytes += piece
            } catch {
                guard case .damaged(let cause) = error else { throw error }
                return (bytes, true, cause)
            }
        }
        return (bytes, false, nil)
    }

    private func inflateMore() throws(ScanStop) {
        if inputPosition == input.count {
            input = try parent.read(parentPosition, Self.piece)
            inputPosition = 0
            parentPosition += input.count
            guard !input.isEmpty else { throw .damaged("the compressed data ends too early") }
        }
        guard let inflater else { return }
        let before = window.count
        let (consumed, status) = inflater.inflate(input, from: inputPosition, into: &window, room: Self.piece)
        inputPosition += consumed
        try budget.take(window.count - before)
        switch status {
        case .more:
            guard consumed > 0 || window.count > before else { throw .damaged("the compressed data makes no sense") }
        case .ended:
            consumedCount = parentPosition - (input.count - inputPosition)
            size = windowStart + window.count
        case .damaged: throw .damaged("the compressed data is damaged")
        }
    }
}

/// How much may still be inflated of one file.
final class InflationBudget {
    private var rest: Int

    init(_ byteCount: Int) { rest = byteCount }

    func take(_ count: Int) throws(ScanStop) {
        rest -= count
        guard rest >= 0 else { throw .limit("more than 1 GiB would have to be inflated") }
    }
}
