import WaybillFormat
import WaybillStore

/// A line of `list` and `ref list`.
struct RefRow: Sendable {
    let ref: RefName
    var entry: RefEntry?
    var manifest: Manifest?
    /// Why the ref could not be read.
    var problem: CommandError?

    /// Reads the newest entries of refs, a few at once.
    /// - Parameter sizes: read manifests too.
    /// - Throws: what concerns the whole remote: it does not answer, or wants a token.
    static func read(_ refs: [(model: ModelName, ref: RefName)], from source: any ChunkSource, sizes: Bool) async throws(CommandError)
        -> [RefRow]
    {
        let rows = await withTaskGroup(of: (Int, RefRow).self) { group in
            var rows = [RefRow?](repeating: nil, count: refs.count)
            for (index, item) in refs.enumerated() {
                if index >= 8, let (done, row) = await group.next() { rows[done] = row }
                group.addTask { (index, await read(item.model, item.ref, source, sizes)) }
            }
            for await (done, row) in group { rows[done] = row }
            return rows.compactMap(\.self)
        }
        for row in rows {
            if let problem = row.problem, problem.code == .unavailable || problem.code == .authentication { throw problem }
        }
        return rows
    }

    private static func read(_ model: ModelName, _ ref: RefName, _ source: any ChunkSource, _ sizes: Bool) async -> RefRow {
        let reader = RevisionReader(source)
        var row = RefRow(ref: ref)
        do throws(StoreError) {
            row.entry = try await reader.newestEntry(model, ref).entry
            if sizes, let digest = row.entry?.manifest { row.manifest = try await reader.manifest(digest).manifest }
        } catch {
            row.problem = CommandError(error)
        }
        return row
    }

    var value: OutputValue {
        .object([
            "ref": .string(ref.text), "entry": .optional(entry?.n), "manifest": .optional(entry?.manifest),
            "state": .optional(entry?.state.rawValue), "time": .optional(entry?.time),
            "filesTotal": .optional(manifest?.files.count), "bytesTotal": .optional(manifest?.byteCount),
            "error": .optional(problem?.cause),
        ])
    }

    /// `main      #3  2026-05-01T12:00:00Z  1a2b3c4d5e6f      2.5 GiB  12 files`
    func text(width: Int) -> TerminalText {
        let name = TerminalText(ref.text).padded(to: width)
        guard let entry else { return "\(name)  cannot be read: \(problem?.cause ?? "")" }
        var line: TerminalText = "\(name)  #\(TerminalText("\(entry.n)").padded(to: 4)) \(entry.time)  "
        if entry.state == .withdrawn {
            line = line + "withdrawn: \(entry.reason ?? "")"
        } else if let moved = entry.movedTo {
            line = line + "moved to \(moved)"
        } else {
            line = line + "\(String(entry.manifest?.hex.prefix(12) ?? ""))"
        }
        if let manifest {
            line =
                line
                + "  \(TerminalText(Measure.bytes(manifest.byteCount)).padded(to: 10, rightAligned: true))  \(Measure.count(manifest.files.count, "file"))"
        }
        if let problem { line = line + "  (\(problem.cause))" }
        return line
    }
}
