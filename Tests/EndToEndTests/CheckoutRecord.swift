import Foundation
import Testing
import WaybillTestSupport

/// What `.waybill/checkout.json` of a directory records.
enum CheckoutRecord {
    /// Gives a file's row the times that the file has now, as after damage that no program did.
    static func forgive(_ name: String, in directory: String) throws {
        var status = stat()
        #expect(lstat("\(directory)/\(name)", &status) == 0)
        let record = "\(directory)/.waybill/checkout.json"
        var json = try #require(try JSONSerialization.jsonObject(with: Data(Files.read(record))) as? [String: Any])
        var tracked = try #require(json["tracked"] as? [String])
        // SHA-256, size, modified, changed, inode, path.
        let index = try #require(tracked.firstIndex { $0.hasSuffix(" \(name)") })
        var words = tracked[index].split(separator: " ", maxSplits: 5).map(String.init)
        try #require(words.count == 6)
        words[2] = String(status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec)
        words[3] = String(status.st_ctim.tv_sec * 1_000_000_000 + status.st_ctim.tv_nsec)
        tracked[index] = words.joined(separator: " ")
        json["tracked"] = tracked
        try JSONSerialization.data(withJSONObject: json, options: [.withoutEscapingSlashes]).write(to: URL(fileURLWithPath: record))
    }
}
