import WaybillFormat
import WaybillSystem

/// An object as a check meets it. Bytes that a disk does not give any more are damage; what this user may not read is an error.
enum StoredObject {
    enum Bytes: Sendable {
        case absent
        case unreadable(String)
        case bytes([UInt8])
    }

    enum File: Sendable {
        case absent
        case unreadable(String)
        case file(OwnedFile, size: Int)
    }

    /// Blocks.
    static func open(_ name: ObjectName, _ root: Folder) throws(StoreError) -> File {
        let parts = name.path.split(separator: "/").map(String.init)
        do throws(SystemError) {
            let file = try root.folder(parts.dropLast()).file(parts[parts.count - 1], .read)
            return .file(file, size: try file.status().size)
        } catch {
            switch error.code {
            case .notFound: return .absent
            case .conflict, .integrity: return .unreadable(error.cause)
            default:
                if error.isMediaError { return .unreadable(error.cause) }
                throw StoreError(error)
            }
        }
    }

    /// Blocks.
    static func read(_ name: ObjectName, _ root: Folder) throws(StoreError) -> Bytes {
        switch try open(name, root) {
        case .absent: return .absent
        case .unreadable(let cause): return .unreadable(cause)
        case .file(let file, let size):
            guard size <= name.maximumBytes else { return .unreadable("has \(size) bytes; at most \(name.maximumBytes) are allowed") }
            do throws(SystemError) {
                return .bytes(try file.read(at: 0, count: size))
            } catch {
                return .unreadable(error.cause)
            }
        }
    }

    /// The bytes of a content-named object, if they have that digest; else what is wrong with it.
    static func verified(_ name: ObjectName, _ digest: Digest, _ root: Folder) throws(StoreError) -> (bytes: [UInt8]?, cause: String) {
        switch try read(name, root) {
        case .absent: return (nil, "is missing")
        case .unreadable(let cause): return (nil, cause)
        case .bytes(let bytes):
            let actual = SHA256.digest(of: bytes)
            return actual == digest ? (bytes, "") : (nil, "is damaged: its SHA-256 is \(actual)")
        }
    }
}

/// The folders of a store, listed.
enum StoreTree {
    /// The digests that name objects of a kind (`packs/<aa>/<digest>`), sorted, and names that have no business there.
    static func digests(_ kind: String, _ root: Folder) throws(StoreError) -> (digests: [Digest], strangers: [String]) {
        var digests: [Digest] = []
        var strangers: [String] = []
        for shard in try names(root, kind).sorted() {
            guard let inner = try names(root, [kind, shard]) else {
                strangers.append("\(kind)/\(shard)")
                continue
            }
            for name in inner {
                if let digest = Digest(hex: name), digest.shard == shard {
                    digests.append(digest)
                } else {
                    strangers.append("\(kind)/\(shard)/\(name)")
                }
            }
        }
        return (digests.sorted(), strangers.sorted())
    }

    /// The names in a folder of the store; empty if it is not there.
    static func names(_ root: Folder, _ path: String...) throws(StoreError) -> [String] { try names(root, path) ?? [] }

    /// Nil if it is no folder.
    private static func names(_ root: Folder, _ path: [String]) throws(StoreError) -> [String]? {
        do throws(SystemError) {
            var folder = root
            for component in path {
                guard let status = try folder.status(component) else { return [] }
                guard status.kind == .folder else { return nil }
                folder = try folder.folder(component)
            }
            return try folder.names()
        } catch {
            throw StoreError(error)
        }
    }
}

extension Work {
    /// Runs `job` for every item on the pool, a few at a time, and hands each result to `take` in the order in which they end.
    func each<Item: Sendable, R: Sendable>(
        _ items: [Item], _ job: @escaping @Sendable (Item, inout WorkContext) throws(StoreError) -> R,
        take: (R) throws(StoreError) -> Void
    ) async throws(StoreError) {
        let width = pool.threads * 2
        let failure = await withTaskGroup(of: Result<R, StoreError>.self) { group in
            var failure: StoreError?
            func receive(_ result: Result<R, StoreError>) {
                do throws(StoreError) { try take(try result.get()) } catch { failure = failure ?? error }
            }
            var running = 0
            for item in items {
                if running >= width, let result = await group.next() {
                    running -= 1
                    receive(result)
                }
                if failure != nil { break }
                running += 1
                group.addTask {
                    do throws(StoreError) {
                        return .success(try await self.run { context throws(StoreError) in try job(item, &context) })
                    } catch {
                        return .failure(error)
                    }
                }
            }
            for await result in group { receive(result) }
            return failure
        }
        if let failure { throw failure }
    }
}
