import WaybillFormat
import WaybillSystem
import WaybillTransfer
import WaybillTrust

/// The organisations that this user pinned: a file each in `trust/` of the folder of settings.
struct TrustFiles: TrustMemory {
    /// Nil where the environment names no home: then nothing is pinned.
    let path: String?

    init(_ folder: ConfigurationFolder) { path = folder.path.map { "\($0)/trust" } }

    func records() throws(TransferError) -> [TrustRecord] {
        guard let folder = try opened(create: false) else { return [] }
        var records: [TrustRecord] = []
        for name in try reading({ () throws(SystemError) in try folder.names() }).sorted() where name.hasSuffix(".json") {
            if let record = try read(name, folder) { records.append(record) }
        }
        return records
    }

    func record(of org: OrganizationName) throws(TransferError) -> TrustRecord? {
        try records().first { $0.org.folded == org.folded }
    }

    /// Pins an organisation.
    /// - Throws: `.conflict` if another fingerprint is pinned.
    func pin(_ record: TrustRecord) throws(TransferError) {
        try change(record.org) { (known) throws(TrustError) in
            guard let known else { return record }
            guard known.pinned == record.pinned else {
                throw TrustError(
                    .conflict, subject: record.org.text, cause: "is pinned already, to \(known.pinned) since \(known.since)",
                    remedy: "If its publisher really begins anew: 'waybill trust remove \(record.org)' first")
            }
            return try known.merged(with: record)
        }
    }

    func remember(_ record: TrustRecord) throws(TransferError) {
        try change(record.org) { (known) throws(TrustError) in
            // Whoever removed the pin meanwhile meant it.
            guard let known else { return nil }
            let merged = try known.merged(with: record)
            return merged == known ? nil : merged
        }
    }

    /// - Returns: whether it was pinned.
    func remove(_ org: OrganizationName) throws(TransferError) -> Bool {
        guard let folder = try opened(create: false) else { return false }
        return try reading { () throws(SystemError) in
            let lock = try folder.file("lock", .readWrite)
            try lock.lock()
            defer { withExtendedLifetime(lock) {} }
            guard try folder.status(Self.name(org)) != nil else { return false }
            try folder.remove(Self.name(org))
            try folder.sync()
            return true
        }
    }

    private func change(
        _ org: OrganizationName, _ body: (TrustRecord?) throws(TrustError) -> TrustRecord?
    ) throws(TransferError) {
        guard let folder = try opened(create: true) else {
            throw TransferError(
                .usage, subject: "trust", cause: "there is no place for settings: neither XDG_CONFIG_HOME nor HOME is set",
                remedy: "Set HOME")
        }
        let lock = try reading { () throws(SystemError) in
            let lock = try folder.file("lock", .readWrite)
            try lock.lock()
            return lock
        }
        defer { withExtendedLifetime(lock) {} }
        let known = try read(Self.name(org), folder)
        let changed: TrustRecord?
        do throws(TrustError) { changed = try body(known) } catch { throw TransferError(error) }
        guard let changed else { return }
        try reading { () throws(SystemError) in try folder.replace(Self.name(org), with: changed.encoded()) }
    }

    private func opened(create: Bool) throws(TransferError) -> Folder? {
        guard let path else { return nil }
        do throws(SystemError) {
            return create ? try Folder.create(path, mode: 0o700) : try Folder.open(path)
        } catch {
            if error.code == .notFound, !create { return nil }
            throw TransferError(error)
        }
    }

    private func read(_ name: String, _ folder: Folder) throws(TransferError) -> TrustRecord? {
        let bytes = try reading { () throws(SystemError) -> [UInt8]? in
            guard try folder.status(name) != nil else { return nil }
            return try folder.file(name, .read).read(at: 0, count: TrustRecord.maximumByteCount + 1)
        }
        guard let bytes else { return nil }
        do throws(TrustError) {
            return try TrustRecord(decoding: bytes, subject: "\(folder.path)/\(name)")
        } catch {
            throw TransferError(error)
        }
    }

    private func reading<T>(_ body: () throws(SystemError) -> T) throws(TransferError) -> T {
        do throws(SystemError) { return try body() } catch { throw TransferError(error) }
    }

    /// Names that differ only by case are one organisation.
    private static func name(_ org: OrganizationName) -> String { "\(org.text.lowercased()).json" }
}
