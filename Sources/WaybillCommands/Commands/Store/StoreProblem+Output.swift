import WaybillFormat
import WaybillStore
import WaybillTransfer

extension StoreProblem {
    var value: OutputValue {
        .object([
            "object": .string(object), "cause": .string(cause),
            "hurts": .array(
                hurts.map { hurt in
                    .object([
                        "manifest": .digest(hurt.manifest),
                        "entries": .array(
                            hurt.entries.map {
                                .object(["model": .string($0.model.path), "ref": .string($0.ref.text), "n": .integer($0.n)])
                            }),
                        "paths": .strings(hurt.paths.map(\.text)),
                    ])
                }),
        ])
    }

    /// The object, what is wrong, and whom it hurts, at most three lines of them.
    var text: TerminalText {
        var lines: [TerminalText] = ["\(object): \(cause)"]
        for hurt in hurts.prefix(3) {
            let names = hurt.entries.suffix(2).map { "\($0.model.path):\($0.ref.text) (entry \($0.n))" }
            let revision = names.isEmpty ? "revision \(hurt.manifest)" : names.joined(separator: ", ")
            let more = hurt.paths.count > 3 ? " and \(hurt.paths.count - 3) more" : ""
            let files = hurt.paths.isEmpty ? "the whole revision" : hurt.paths.prefix(3).map(\.text).joined(separator: ", ") + more
            lines.append("  hurts \(revision): \(files)")
        }
        if hurts.count > 3 { lines.append("  and \(hurts.count - 3) more revisions (--json lists all)") }
        return TerminalText(lines: lines)
    }
}

extension StoreCheckReport {
    var fields: [String: OutputValue] {
        [
            "models": .integer(models), "refs": .integer(refs), "entries": .integer(entries), "manifests": .integer(manifests),
            "lists": .integer(lists), "locators": .integer(locators), "packs": .integer(packs), "packBytes": .integer(packBytes),
            "evidence": .integer(evidence),
            "frames": .integer(frames), "lostChunks": .integer(lostChunks), "filesProved": .integer(filesProved),
            "whole": .bool(isWhole), "problems": .array(problems.map(\.value)), "notices": .strings(notices), "seconds": .decimal(seconds),
        ]
    }

    /// One line of what was looked at.
    var extent: String {
        "\(Measure.count(models, "model")), \(Measure.count(entries, "entry", "entries")), \(Measure.count(manifests, "revision")), \(Measure.count(packs, "pack")) of \(Measure.bytes(packBytes)), \(Measure.count(frames, "frame"))"
    }

    /// Problems, at most a hundred.
    var problemLines: [TerminalText] {
        var lines = problems.prefix(100).map(\.text)
        if problems.count > 100 { lines.append("... and \(problems.count - 100) more (--json lists all)") }
        return lines
    }
}

extension Output {
    /// Shows how far a check of a store is.
    var storeProgress: @Sendable (StoreCheckProgress) -> Void {
        let show = progress
        return { done in
            var shown = TransferProgress()
            shown.phase = .verifying
            shown.filesTotal = done.objectsTotal
            shown.filesDone = done.objectsDone
            shown.bytesTotal = done.bytesTotal
            shown.bytesDone = done.bytesDone
            show(shown)
        }
    }
}
