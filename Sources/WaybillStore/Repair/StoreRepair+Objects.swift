import WaybillFormat
import WaybillSystem

extension StoreRepair {
    /// Where objects go that are damaged and cannot be replaced: out of sight of readers, and not lost.
    static let asideName = "damaged"

    /// Brings manifests and lists back from other stores. A manifest that came back may name lists that are missing.
    func mendRevisions(_ check: StoreCheck, _ store: DirectoryStore, _ report: inout StoreRepairReport) async throws(StoreError) {
        guard !sources.isEmpty else { return }
        for _ in 0..<2 {
            var findings = StoreFindings()
            try await check.checkRefs(&findings)
            try await check.checkRevisions(&findings)
            var isDone = true
            for digest in findings.badManifests.keys.sorted() {
                for source in sources {
                    guard let found = try? await RevisionReader(source).manifest(digest) else { continue }
                    try await put(.manifest(digest), found.bytes, store)
                    report.did("restored from another store", ObjectName.manifest(digest).path)
                    isDone = false
                    break
                }
            }
            for digest in findings.badLists.keys.sorted() {
                for source in sources {
                    guard let segment = try? await RevisionReader(source).segment(digest) else { continue }
                    try await put(.list(digest), segment.encoded(), store)
                    report.did("restored from another store", ObjectName.list(digest).path)
                    break
                }
            }
            if isDone { return }
        }
    }

    private func put(_ name: ObjectName, _ bytes: [UInt8], _ store: DirectoryStore) async throws(StoreError) {
        try await work.run { _ throws(StoreError) in try store.replaceObject(name, bytes) }
    }

    /// Writes the locators that do not lead to their chunks anew, from what is really there.
    /// - Returns: how many rows no pack holds.
    func rewriteLocators(
        _ findings: StoreFindings, _ check: StoreCheck, _ store: DirectoryStore, _ report: inout StoreRepairReport
    ) async throws(StoreError) -> Int {
        var lost = 0
        var written: [Digest] = []
        try await check.search(findings.places, findings) { (list, rows, found) async throws(StoreError) in
            let unresolved = Set(rows.map(\.row))
            lost += rows.count { found[$0.name] == nil }
            let isNew = try await work.run { _ throws(StoreError) -> Bool in
                guard let segment = try ListRows().rows(list, check.root) else { return false }
                let old = try? check.readLocator(list, rows: segment.count)
                let places = segment.indices.map { row in
                    unresolved.contains(UInt16(row)) ? found[segment[row].name] : old?.places[row]
                }
                let bytes = Locator(segment: list, places: places).encoded()
                if let present = try? DirectoryStore.read(check.root, .locator(list)), present == bytes { return false }
                try store.replaceObject(.locator(list), bytes)
                return true
            }
            if isNew { written.append(list) }
        }
        for list in written { report.did("written anew", ObjectName.locator(list).path) }
        return lost
    }

    /// Takes damaged packs away, now that what they hold is elsewhere.
    /// - Parameter keepsAside: chunks are lost: an expert may still get them out of the damaged packs.
    func dropPacks(
        _ findings: StoreFindings, keepsAside: Bool, _ check: StoreCheck, _ report: inout StoreRepairReport
    ) async throws(StoreError) {
        let root = check.root
        for pack in findings.badPacks.keys.sorted() {
            let name = ObjectName.pack(pack)
            if keepsAside {
                try await setAside(name, root)
                report.did("moved to private/\(Self.asideName)", name.path)
            } else {
                try await remove(name, root)
                report.did("removed", name.path)
            }
        }
        guard !keepsAside else { return }
        // Nothing is lost any more: what earlier runs kept is of no use.
        try await work.run { _ throws(StoreError) in
            try storing { () throws(SystemError) in
                let own = try root.folder("private")
                if try own.status(Self.asideName) != nil { try own.removeTree(Self.asideName) }
            }
        }
    }

    /// Damaged objects that no revision needs.
    func dropUnneeded(_ findings: StoreFindings, _ check: StoreCheck, _ report: inout StoreRepairReport) async throws(StoreError) {
        let named = findings.entriesByManifest
        var names: [ObjectName] = []
        for digest in findings.badManifests.keys where named[digest] == nil { names.append(.manifest(digest)) }
        let needed = Set(findings.manifests.values.joined())
        for digest in findings.badLists.keys where !needed.contains(digest) { names.append(.list(digest)) }
        for name in names.sorted(by: { $0.path < $1.path }) {
            try await setAside(name, check.root)
            report.did("moved to private/\(Self.asideName): no revision needs it", name.path)
        }
        // A damaged locator of a list that is not there says nothing.
        for damage in findings.damages where damage.object.hasPrefix("locators/") && damage.rows.isEmpty {
            guard let name = ObjectName(path: damage.object) else { continue }
            try await remove(name, check.root)
            report.did("removed", name.path)
        }
    }

    func remove(_ name: ObjectName, _ root: Folder) async throws(StoreError) {
        try await work.run { _ throws(StoreError) in
            try storing { () throws(SystemError) in
                let (folder, leaf) = try Self.place(name, root)
                try folder.remove(leaf)
                try folder.sync()
            }
        }
    }

    private func setAside(_ name: ObjectName, _ root: Folder) async throws(StoreError) {
        try await work.run { _ throws(StoreError) in
            try storing { () throws(SystemError) in
                let aside = try root.folder("private", create: true, mode: 0o700).folder(Self.asideName, create: true)
                let (folder, leaf) = try Self.place(name, root)
                guard try folder.status(leaf) != nil else { return }
                try folder.rename(leaf, to: name.path.split(separator: "/").joined(separator: "-"), in: aside)
                try aside.sync()
                try folder.sync()
            }
        }
    }

    private static func place(_ name: ObjectName, _ root: Folder) throws(SystemError) -> (Folder, String) {
        let parts = name.path.split(separator: "/").map(String.init)
        return (try root.folder(parts.dropLast()), parts[parts.count - 1])
    }

    /// Makes the chunk index anew from the footers, if it says anything that is not so.
    func rebuildIndex(_ findings: StoreFindings, _ check: StoreCheck, _ report: inout StoreRepairReport) async throws(StoreError) {
        guard findings.indexIsWrong || !findings.badPacks.isEmpty else { return }
        try await work.run { _ throws(StoreError) in
            try storing { () throws(SystemError) in
                let folder = try check.root.folder("private", create: true, mode: 0o700).folder("index", create: true)
                for name in try folder.names() where name.hasSuffix(".wbx") { try folder.remove(name) }
                try folder.sync()
            }
        }
        let store = try await DirectoryStore.open(path, work: work)
        try await work.run { _ throws(StoreError) in try store.index.flush() }
        report.did("made anew from the packs", "private/index")
    }
}

extension DirectoryStore {
    /// As `putObject`, also where what is there cannot even be read.
    func replaceObject(_ name: ObjectName, _ bytes: [UInt8]) throws(StoreError) {
        try storing { () throws(SystemError) in
            let parts = name.path.split(separator: "/").map(String.init)
            let folder = try root.folder(parts.dropLast(), create: true)
            let file = try temporary.writeTemporary(bytes)
            do throws(SystemError) {
                try temporary.rename(file, to: parts[parts.count - 1], in: folder)
            } catch {
                try? temporary.remove(file)
                throw error
            }
            try folder.sync()
        }
    }
}
