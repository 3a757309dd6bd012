import WaybillFormat
import WaybillSystem

extension DirectoryStore {
    static let intentsFolder = "intents"

    public func beginPush() async throws(StoreError) -> PushLease {
        let intent = try await ProcessIntent.begin(in: self)
        return PushLease(renew: intent.renew, end: intent.end)
    }

    /// Makes the intent of a push that a mirror takes for a client, or renews it. Durable when this returns.
    /// - Parameter mayMake: false: only one that is there is renewed.
    /// - Returns: whether it stands.
    public func keepIntent(_ name: PushName, mayMake: Bool = true) async throws(StoreError) -> Bool {
        try await work.run { [self] _ throws(StoreError) in
            if let file = try openIntent(name), try renewIntent(name, file) { return true }
            guard mayMake else { return false }
            _ = try makeIntent(name, .mirror)
            return true
        }
    }

    public func dropIntent(_ name: PushName) async throws(StoreError) {
        try await work.run { [self] _ throws(StoreError) in try removeIntent(name) }
    }

    /// Intents that stand, expired ones included.
    public func intentCount() async throws(StoreError) -> Int {
        try await work.run { [self] _ throws(StoreError) in try intentNames().count }
    }

    // What follows blocks.

    /// - Returns: the file, locked if the holder is this process.
    func makeIntent(_ name: PushName, _ holder: WriterIntent.Holder) throws(StoreError) -> OwnedFile {
        let intent = WriterIntent(holder: holder, startedAt: try StoreClock.now(in: self))
        return try storing { () throws(SystemError) in
            let folder = try root.folder(Self.intentsFolder, create: true)
            let temporaryName = Folder.temporaryName()
            let file = try temporary.file(temporaryName, .createNew)
            do throws(SystemError) {
                // Locked before it can be seen: an intent of a process that is not locked has lost its process.
                if holder == .process { _ = file.tryLock() }
                try file.write(intent.encoded().span, at: 0)
                try file.sync()
                // One that is there already was made by another request of the same push.
                _ = try temporary.link(temporaryName, to: name.text, in: folder)
                try folder.sync()
            } catch {
                try? temporary.remove(temporaryName)
                throw error
            }
            try temporary.remove(temporaryName)
            return file
        }
    }

    func openIntent(_ name: PushName) throws(StoreError) -> OwnedFile? {
        do throws(SystemError) {
            return try root.folder(Self.intentsFolder).file(name.text, .update)
        } catch  where error.code == .notFound {
            return nil
        } catch {
            throw StoreError(error)
        }
    }

    /// Stamps the file with the store's time by writing what it says once more.
    /// - Returns: false if it was taken away.
    func renewIntent(_ name: PushName, _ file: OwnedFile) throws(StoreError) -> Bool {
        try storing { () throws(SystemError) in
            let bytes = try file.read(at: 0, count: WriterIntent.maximumBytes)
            try file.write(bytes.span, at: 0)
            guard try file.status().links > 0 else { return false }
            return true
        }
    }

    func removeIntent(_ name: PushName) throws(StoreError) {
        do throws(SystemError) {
            let folder = try root.folder(Self.intentsFolder)
            try folder.remove(name.text)
            try folder.sync()
        } catch  where error.code == .notFound {
            return
        } catch {
            throw StoreError(error)
        }
    }

    func intentNames() throws(StoreError) -> [PushName] {
        do throws(SystemError) {
            return try root.folder(Self.intentsFolder).names().compactMap { PushName($0) }.sorted()
        } catch  where error.code == .notFound {
            return []
        } catch {
            throw StoreError(error)
        }
    }
}
