import WaybillTransfer

/// Progress as text and as JSON. Pure.
package enum ProgressLine {
    /// One line for a terminal, at most `columns - 1` characters.
    package static func bar(_ progress: TransferProgress, rate: Double?, columns: Int) -> String {
        var parts = [label(progress.phase)]
        if progress.bytesTotal > 0 {
            parts.append(pad("\(percent(progress)) %", 5))
            let tail = facts(progress, rate: rate)
            let used = parts.joined(separator: " ").count + tail.joined(separator: "  ").count + 5
            let width = min(30, columns - 1 - used)
            if width >= 8 { parts.append(meter(progress, width: width)) }
            parts.append(tail.joined(separator: "  "))
        } else if progress.filesTotal > 0 {
            parts.append("\(Measure.grouped(progress.filesDone)) of \(Measure.count(progress.filesTotal, "file"))")
        }
        return String(parts.joined(separator: " ").prefix(max(1, columns - 1)))
    }

    /// One line for a log.
    package static func plain(_ progress: TransferProgress, rate: Double?) -> String {
        guard progress.bytesTotal > 0 else {
            guard progress.filesTotal > 0 else { return progress.phase.rawValue }
            return "\(progress.phase.rawValue): \(Measure.grouped(progress.filesDone)) of \(Measure.count(progress.filesTotal, "file"))"
        }
        return "\(progress.phase.rawValue): \(percent(progress)) %, \(facts(progress, rate: rate).joined(separator: ", "))"
    }

    /// One object of `--progress json`.
    package static func json(_ progress: TransferProgress, command: String, seconds: Double) -> String {
        OutputValue.object([
            "bytesDone": .integer(progress.bytesDone), "bytesReused": .integer(progress.bytesReused),
            "bytesTotal": .integer(progress.bytesTotal), "bytesTransferred": .integer(progress.bytesTransferred),
            "command": .string(command), "event": "progress", "filesDone": .integer(progress.filesDone),
            "filesTotal": .integer(progress.filesTotal), "phase": .string(progress.phase.rawValue), "schema": 1,
            "seconds": .decimal(seconds),
        ]).json
    }

    private static func facts(_ progress: TransferProgress, rate: Double?) -> [String] {
        var facts = ["\(Measure.bytes(progress.bytesDone)) of \(Measure.bytes(progress.bytesTotal))"]
        if let rate, rate >= 1 {
            facts.append("\(Measure.bytes(Int(min(rate, 1e15))))/s")
            let left = max(0, progress.bytesTotal - progress.bytesDone)
            if left > 0 { facts.append("\(Measure.clock(Double(left) / rate)) left") }
        }
        // A push counts bytes when they are read, and again when a pack has arrived: early on the difference is packs on their way.
        let moves = progress.phase == .transferring || progress.phase == .reading && progress.bytesDone >= 512 << 20
        if moves, progress.bytesTransferred > 0 || progress.bytesReused > 0,
            let saved = Measure.savedPercent(stored: progress.bytesTransferred, of: progress.bytesDone)
        {
            facts.append("\(saved) % saved")
        }
        return facts
    }

    private static func percent(_ progress: TransferProgress) -> Int {
        let share = Double(min(progress.bytesDone, progress.bytesTotal)) / Double(progress.bytesTotal)
        // 100 only when all is done.
        return Int(share * 100)
    }

    private static func meter(_ progress: TransferProgress, width: Int) -> String {
        let filled = Int(Double(min(progress.bytesDone, progress.bytesTotal)) / Double(progress.bytesTotal) * Double(width))
        return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled) + "] "
    }

    private static func label(_ phase: TransferProgress.Phase) -> String {
        phase.rawValue + String(repeating: " ", count: 12 - phase.rawValue.count)
    }

    private static func pad(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
}
