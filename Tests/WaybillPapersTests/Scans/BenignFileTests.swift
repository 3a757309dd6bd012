import Foundation
import Testing
import WaybillFormat
import WaybillPapers
import WaybillSystem

/// Files as Python, numpy, joblib and torch write them: Scripts/scans/benign.py makes them, where Python has these.
@Suite struct BenignFileTests {
    private static let repository = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The virtual environment that scripts of this repository make, or what WAYBILL_TEST_PYTHON names.
    private static let python: [String] = {
        if let named = ProcessInfo.processInfo.environment["WAYBILL_TEST_PYTHON"] { return [named] }
        let own = repository.appending(path: ".build/venv/bin/python").path()
        let system = ["/usr/bin/env", "python3"]
        guard FileManager.default.isExecutableFile(atPath: own), output([own, "-c", "import numpy"]) != nil else { return system }
        return [own]
    }()

    private static func output(_ command: [String]) -> String? {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }

    private static let hasPython = output(python + ["-c", "import pickle"]) != nil

    @Test(.enabled(if: hasPython, "python3 is absent")) func ordinaryFilesAreClean() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "waybill-scans-\(UInt64.random(in: 0...UInt64.max))", directoryHint: .isDirectory)
        defer { try? FileManager.default.removeItem(at: folder) }
        let script = Self.repository.appending(path: "Scripts/scans/benign.py").path()
        let lines = try #require(Self.output(Self.python + [script, folder.path()])).split(separator: "\n").map { $0.split(separator: " ") }
        for line in lines where line[0] == "absent" { print("benign files: \(line[1]) is absent, its files are not tried") }
        #expect(lines.count { $0[0] == "clean" } >= 10)
        for line in lines where line[0] != "absent" {
            let name = String(line[1])
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: name)))
            let scan = try Samples.scan(bytes, name)
            if line[0] == "clean" {
                #expect(scan.isClean, "\(name): \(scan)")
                // The content says what it is, not the name.
                #expect(try Samples.scan(bytes, "renamed").worst == nil, "\(name) renamed")
            } else {
                #expect(scan.isUnsafe && scan.rules == [.pickleUnlistedGlobal], "\(name): \(scan)")
            }
        }
    }

    // MARK: Real models

    private static let models = URL(
        filePath: ProcessInfo.processInfo.environment["WAYBILL_TEST_MODELS"] ?? repository.appending(path: ".build/models").path())

    private static func isThere(_ name: String) -> Bool { FileManager.default.fileExists(atPath: models.appending(path: name).path()) }

    /// - Returns: the bytes read.
    private func check(_ name: String) throws -> (scan: FileScan, read: Int) {
        let url = Self.models.appending(path: name)
        let handle = try FileHandle(forReadingFrom: url)
        let size = Int(try handle.seekToEnd())
        let reads = ReadCounter()
        let file = EvidenceFile(
            path: try ModelPath(url.lastPathComponent), sha256: SHA256.digest(of: []), size: size, format: .opaque
        ) { (offset, count) throws(SystemError) in
            reads.count(count)
            do {
                try handle.seek(toOffset: UInt64(offset))
                return [UInt8](try handle.read(upToCount: count) ?? Data())
            } catch { throw SystemError(.storage, subject: name, cause: "\(error)") }
        }
        let scan = try ContentScanner.scan(file)
        #expect(reads.largest <= 1 << 20)
        return (scan, reads.total)
    }

    @Test(.enabled(if: isThere("smollm2"), "the model is absent")) func smolLM2() throws {
        let (scan, read) = try check("smollm2/SmolLM2-135M-Instruct.Q4_1.gguf")
        #expect(scan.isClean, "\(scan)")
        #expect(scan.kinds == [.chatTemplate, .gguf])
        #expect(scan.templates.map(\.name) == ["default"])
        #expect(read < 8 << 20)
    }

    @Test(.enabled(if: isThere("minilm"), "the model is absent")) func miniLM() throws {
        for name in try FileManager.default.subpathsOfDirectory(atPath: Self.models.appending(path: "minilm").path())
        where !name.hasSuffix("Pooling") {
            let (scan, read) = try check("minilm/\(name)")
            #expect(scan.isClean, "\(scan)")
            if name == "model.safetensors" {
                #expect(scan.kinds == [.safetensors])
                #expect(read < 1 << 20)
            }
        }
    }
}
