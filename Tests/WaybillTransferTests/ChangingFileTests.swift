import Foundation
import Synchronization
import Testing
import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTestSupport
import WaybillTransfer

/// Files that others write while they are pushed: listed, opened, read, each at another time.
@Suite(.timeLimit(.minutes(2)))
struct ChangingFileTests {
    private static let work = Work(threads: 2)

    enum Change: String, CaseIterable {
        case longer, shorter, rewritten, replaced
    }

    @Test("a file that changes after it was listed is refused", arguments: [100, 6 << 20], Change.allCases)
    func changed(size: Int, change: Change) async throws {
        let place = TemporaryFolder("changed")
        try place.write("f", [UInt8](repeating: 1, count: size))
        let files = try SourceTree.read(place.path).files
        switch change {
        case .longer: try OwnedFile.open(place.path("f"), .readWrite).truncate(to: size + 1)
        case .shorter: try OwnedFile.open(place.path("f"), .readWrite).truncate(to: size - 1)
        case .rewritten:
            // The same inode and size: only the time tells.
            try OwnedFile.open(place.path("f"), .readWrite).write([UInt8(2)].span, at: 0)
            let later = Date().addingTimeInterval(1)
            try FileManager.default.setAttributes([.modificationDate: later], ofItemAtPath: place.path("f"))
        case .replaced:
            // The same size and time: only the inode tells.
            try place.write("g", [UInt8](repeating: 2, count: size))
            #expect(rename(place.path("g"), place.path("f")) == 0)
            let status = files[0].status
            var times = [timespec](
                repeating: timespec(tv_sec: status.modified / 1_000_000_000, tv_nsec: status.modified % 1_000_000_000), count: 2)
            #expect(utimensat(AT_FDCWD, place.path("f"), &times, 0) == 0)
            #expect(try FileStatus.of(place.path("f")).modified == status.modified)
        }
        let reader = FileReader(work: Self.work)
        do throws(TransferError) {
            if size > FileReader.shared {
                try await reader.readLarge(0, files[0]) { (_) async throws(TransferError) in }
            } else {
                _ = try await reader.readShared([0], of: files)
            }
            Issue.record("the file changed")
        } catch {
            #expect(error.code == .conflict)
        }
    }

    /// Does something just before the first read, behind the back of whoever reads.
    private final class Meddler: DiskObserver {
        private let change: Mutex<(@Sendable () -> Void)?>

        init(_ change: @escaping @Sendable () -> Void) { self.change = Mutex(change) }

        func fault(before operation: DiskOperation) -> DiskFault? {
            guard case .read = operation else { return nil }
            let change = change.withLock { change in
                defer { change = nil }
                return change
            }
            change?()
            return nil
        }

        func happened(_ operation: DiskOperation) {}
    }

    @Test("a small file that changes between its opening and its end is refused", arguments: [Change.longer, .shorter, .rewritten])
    func changedInBetween(change: Change) async throws {
        let place = TemporaryFolder("changed")
        let path = try place.write("f", [UInt8](repeating: 1, count: 1_000))
        // Kernels stamp with the time of their last tick: the file must be older than that.
        try FileManager.default.setAttributes([.modificationDate: Date().addingTimeInterval(-60)], ofItemAtPath: path)
        let files = try SourceTree.read(place.path).files
        let meddler = Meddler {
            switch change {
            case .longer: _ = truncate(path, 1_001)
            case .shorter: _ = truncate(path, 999)
            default: try? Files.flipBit(path, byte: 500)
            }
        }
        DiskObservation.begin(meddler, below: place.path)
        defer { DiskObservation.end(meddler) }
        do throws(TransferError) {
            _ = try await FileReader(work: Self.work).readShared([0], of: files)
            Issue.record("the file changed")
        } catch {
            #expect(error.code == .conflict, "\(error)")
        }
    }

    @Test("a large file that changes while it is read is refused at its end", arguments: [Change.longer, .shorter, .rewritten])
    func changedMeanwhile(change: Change) async throws {
        let size = 20 << 20
        let place = TemporaryFolder("changed")
        try place.write("f", [UInt8](repeating: 1, count: size))
        let files = try SourceTree.read(place.path).files
        let path = place.path("f")
        let batches = Mutex(0)
        do throws(TransferError) {
            try await FileReader(work: Self.work).readLarge(0, files[0]) { (_) async throws(TransferError) in
                let isFirst = batches.withLock { batches in
                    batches += 1
                    return batches == 1
                }
                guard isFirst else { return }
                do {
                    let file = try OwnedFile.open(path, .readWrite)
                    switch change {
                    case .longer: try file.truncate(to: size + 1)
                    case .shorter: try file.truncate(to: size - 1)
                    default: try file.write([UInt8(2)].span, at: size - 1)
                    }
                } catch {
                    throw TransferError(.failure, subject: path, cause: "could not be changed")
                }
            }
            Issue.record("the file changed")
        } catch {
            #expect(error.code == .conflict, "\(error)")
        }
    }
}
