import Foundation

/// Files beside the tests: documents of the repository, and data that lie beside it and are not part of it.
enum Repository {
    private static let above = sequence(first: URL(filePath: #filePath)) { url in
        url.path == "/" ? nil : url.deletingLastPathComponent()
    }

    /// A file or folder of the repository. The folder of the tests may be a link into it.
    static func url(_ path: String) -> URL {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appending(path: path)
    }

    /// Of `shared/conformance` beside the repository; nil where that is absent.
    static func conformance(_ path: String) -> URL? {
        above.lazy.map { $0.appending(path: "shared/conformance/\(path)") }.first { FileManager.default.fileExists(atPath: $0.path) }
    }

    /// A real model's folder; nil where it was not fetched.
    static func model(_ name: String) -> URL? {
        let root = ProcessInfo.processInfo.environment["WAYBILL_TEST_MODELS"].map { URL(filePath: $0) } ?? url(".build/models")
        let folder = root.appending(path: name)
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }
}
