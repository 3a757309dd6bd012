import WaybillFormat
import WaybillPapers
import WaybillStore
import WaybillSystem
import WaybillTransfer

/// What `show` knows of a revision, from a mirror, a checkout or a plain directory.
struct ShownRevision {
    private let title: TerminalText
    private let manifest: Manifest
    private var digest: Digest?
    private var entry: ReadEntry?
    private var stored: Int?
    private var uniqueChunks: Int?
    private var places: [String: OutputValue] = ["address": .null, "directory": .null, "model": .null, "ref": .null]
    private var facts: [(name: TerminalText, value: TerminalText)] = []
    /// Who stands behind it, where that could be checked.
    var standing: Standing?
    /// Computed from the files, where they could be read.
    var findings: PapersFindings?

    init(_ summary: RevisionSummary, at address: ResolvedAddress, entry: ReadEntry?) {
        title = "\(address.model)\(address.lookedUpRef.map { ":\($0.text)" } ?? "")"
        manifest = summary.manifest
        digest = summary.digest
        self.entry = entry
        stored = summary.bytesStored
        uniqueChunks = summary.uniqueChunks
        places["address"] = .string(address.text)
        places["model"] = .string(address.model.path)
        places["ref"] = .optional(address.lookedUpRef?.text)
        facts.append(("address", "\(address.text)"))
    }

    init(_ checkout: Checkout, in directory: String) {
        title = "\(checkout.model)\(checkout.ref.map { ":\($0.text)" } ?? "") in \(directory)"
        manifest = checkout.manifest
        digest = checkout.manifestDigest
        places["directory"] = .string(directory)
        places["model"] = .string(checkout.model.path)
        places["ref"] = .optional(checkout.ref?.text)
        places["remote"] = .string(checkout.remote)
        places["include"] = .strings(checkout.include)
        facts.append(("from", "\(checkout.remote)\(checkout.entry.map { ", entry \($0)" } ?? "")"))
        if !checkout.include.isEmpty {
            facts.append(
                ("included", "\(checkout.selected.count) of \(manifest.files.count) files: \(checkout.include.joined(separator: " "))"))
        }
    }

    init(_ content: RevisionContent, in directory: String) {
        title = "\(directory), not pushed or pulled yet"
        manifest = content.manifest
        digest = SHA256.digest(of: content.manifest.encoded())
        uniqueChunks = Set(content.rows.map(\.name)).count
        places["directory"] = .string(directory)
    }

    var result: CommandResult { CommandResult(fields, text: text) }

    // MARK: JSON

    private var fields: [String: OutputValue] {
        var fields = places
        fields["manifest"] = .optional(digest)
        fields["contentId"] = .digest(manifest.contentId)
        fields["entry"] = entry.map(Self.value) ?? .null
        fields["trust"] = standing.map { .object($0.fields) } ?? .null
        fields["plan"] = .string(manifest.plan)
        fields["filesTotal"] = .integer(manifest.files.count)
        fields["bytesTotal"] = .integer(manifest.byteCount)
        fields["bytesStored"] = .optional(stored)
        let share = manifest.byteCount > 0 ? stored.map { 1 - Double($0) / Double(manifest.byteCount) } : nil
        fields["saved"] = share.map { .decimal($0) } ?? .null
        fields["chunksTotal"] = .integer(manifest.rowCount)
        fields["chunksUnique"] = .optional(uniqueChunks)
        var formats: [String: OutputValue] = [:]
        for format in totals { formats[format.name] = .object(["bytes": .integer(format.bytes), "files": .integer(format.files)]) }
        fields["formats"] = .object(formats)
        fields["files"] = .array(
            manifest.files.map { file in
                .object([
                    "path": .string(file.path.text), "size": .integer(file.size), "sha256": .digest(file.sha256),
                    "format": .string(file.format.rawValue),
                ])
            })
        var papers: [String: OutputValue] = ["findings": findings.map { OutputValue($0.json) } ?? .null]
        if case .object(let claims) = OutputValue(PapersJSON.value(manifest.papers)) { papers.merge(claims) { _, new in new } }
        fields["papers"] = .object(papers)
        fields["baseModels"] = .array(
            manifest.baseModels.map { .object(["name": .string($0.name), "relation": .string($0.relation.rawValue)]) })
        return fields
    }

    private static func value(_ read: ReadEntry) -> OutputValue {
        .object([
            "n": .integer(read.entry.n), "digest": .digest(read.digest), "previous": .optional(read.entry.previous),
            "state": .string(read.entry.state.rawValue), "reason": .optional(read.entry.reason), "time": .string(read.entry.time),
            "expires": .optional(read.entry.expires),
        ])
    }

    private var totals: [(name: String, files: Int, bytes: Int)] {
        [FileFormat.safetensors, .gguf, .opaque].compactMap { format in
            let files = manifest.files.filter { $0.format == format }
            return files.isEmpty ? nil : (format.rawValue, files.count, files.reduce(0) { $0 + $1.size })
        }
    }

    // MARK: Text

    /// More files are left to `--json`.
    private static let shownFiles = 60

    private var text: TerminalText {
        var facts = facts
        if let digest { facts.append(("revision", "\(digest)")) }
        facts.append(("content", "\(manifest.contentId)"))
        if let entry {
            facts.append(("entry", "\(entry.entry.n), \(entry.entry.time)"))
            if entry.entry.state == .withdrawn { facts.append(("WITHDRAWN", "\(entry.entry.reason ?? "")")) }
            if let expires = entry.entry.expires { facts.append(("expires", "\(expires)")) }
        }
        if let standing { facts.append(("trust", "\(standing.summary)")) }
        facts.append(("files", "\(Measure.grouped(manifest.files.count)), \(Measure.bytes(manifest.byteCount))"))
        if let stored {
            let saved = Measure.savedPercent(stored: stored, of: manifest.byteCount).map { ", \($0) % saved" } ?? ""
            facts.append(("stored", "\(Measure.bytes(stored))\(saved)"))
        }
        let unique = uniqueChunks.map { " (\(Measure.grouped($0)) distinct)" } ?? ""
        facts.append(("chunks", "\(Measure.grouped(manifest.rowCount))\(unique)"))
        let formats = totals.map { "\($0.name) \(Measure.count($0.files, "file")), \(Measure.bytes($0.bytes))" }
        facts.append(("formats", "\(formats.joined(separator: "; "))"))
        var lines = [title]
        for fact in facts { lines.append("  \(fact.name.padded(to: 10)) \(fact.value)") }
        lines.append("Papers (the publisher's claims)")
        // These lines are neutralised where they are made.
        for line in PapersText.lines(manifest.papers, baseModels: manifest.baseModels) {
            lines.append(TerminalText(stringLiteral: "  \(line)"))
        }
        if let findings {
            lines.append("Findings (computed; 'waybill papers show' says why)")
            for line in FindingsText.summary(findings) { lines.append(TerminalText(stringLiteral: "  \(line)")) }
        }
        lines.append("Files")
        for file in manifest.files.prefix(Self.shownFiles) {
            let size: TerminalText = "\(Measure.bytes(file.size))"
            lines.append("  \(size.padded(to: 10, rightAligned: true))  \(file.path)")
        }
        let rest = manifest.files.count - Self.shownFiles
        if rest > 0 { lines.append("  ... and \(Measure.grouped(rest)) more (--json lists all)") }
        return TerminalText(lines: lines)
    }
}
