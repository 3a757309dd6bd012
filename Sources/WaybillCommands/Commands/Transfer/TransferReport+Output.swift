import WaybillFormat
import WaybillPlanning
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

    /// A line for each of several sources: `  from http://a  1.2 GiB (61 %), good`.
    func sourceLines(_ remotes: [String]) -> TerminalText {
        guard sources.count > 1 else { return "" }
        let total = max(1, sources.reduce(0) { $0 + $1.bytes })
        var text: TerminalText = ""
        for (remote, source) in zip(remotes, sources) {
            let failures = source.failures > 0 ? ", \(Measure.count(source.failures, "failure"))" : ""
            text =
                "\(text)\n  from \(remote)  \(Measure.bytes(source.bytes)) (\(source.bytes * 100 / total) %), \(source.verdict.words)\(failures)"
        }
        return text
    }
}

extension TransferReport.Source {
    func value(remote: String) -> OutputValue {
        .object([
            "remote": .string(remote), "bytes": .integer(bytes), "ranges": .integer(ranges), "failures": .integer(failures),
            "verdict": .string(verdict.rawValue),
        ])
    }
}

extension SourceVerdict {
    /// For people.
    var words: String {
        switch self {
        case .good: "good"
        case .unused: "not needed"
        case .unavailable: "did not answer"
        case .stalled: "stalled"
        case .missing: "did not have what it announced"
        case .refused: "refused"
        case .wrongBytes: "sent wrong bytes"
        case .banned: "sent wrong bytes again and again, not asked any more"
        }
    }
}
