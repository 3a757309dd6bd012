import WaybillFormat
import WaybillTransfer

extension TransferReport {
    /// What push and pull have in common in JSON.
    var fields: [String: OutputValue] {
        [
            "manifest": .digest(manifest), "contentId": .digest(contentId), "model": .string(model.path), "ref": .optional(ref?.text),
            "entry": .optional(entry), "filesTotal": .integer(filesTotal), "bytesTotal": .integer(bytesTotal),
            "bytesTransferred": .integer(bytesTransferred), "bytesReused": .integer(bytesReused), "bytesStored": .integer(bytesStored),
            "chunksTotal": .integer(chunksTotal), "chunksTransferred": .integer(chunksTransferred), "seconds": .decimal(seconds),
            "unchanged": .bool(unchanged), "notices": .strings(notices),
        ]
    }

    /// `12 files, 2.5 GiB; sent 1.7 GiB in 12.3 s (208.3 MiB/s), 33 % saved`.
    func summary(verb: String) -> TerminalText {
        var text = "\(Measure.count(filesTotal, "file")), \(Measure.bytes(bytesTotal)); \(verb) \(Measure.bytes(bytesTransferred))"
        text += " in \(Measure.duration(seconds))"
        if seconds >= 0.1, bytesTotal > 0 { text += " (\(Measure.bytes(Int(min(Double(bytesTotal) / seconds, 1e15))))/s)" }
        if let saved = Measure.savedPercent(stored: bytesTransferred, of: bytesTotal) { text += ", \(saved) % saved" }
        return "\(text)"
    }
}
