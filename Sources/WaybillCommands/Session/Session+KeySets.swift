import WaybillFormat
import WaybillStore
import WaybillSystem
import WaybillTransfer
import WaybillTrust

extension Session {
    /// Walks along the key sets that a remote shows.
    func newestKeySet(_ start: KeySetChain, at place: ResolvedRemote, _ options: RemoteOptions) async throws(CommandError) -> TrustedKeySet
    {
        let tokens = try tokens(first: place, file: options.tokenFile)
        return try await with(place, tokens: tokens, work: lightWork(), retry: options.retry) { (opened) async throws(CommandError) in
            var chain = start
            while let name = chain.next {
                let bytes: [UInt8]?
                do throws(StoreError) {
                    bytes = try await opened.source.object(name, fresh: true)
                } catch  where error.code == .notFound {
                    bytes = nil
                } catch {
                    throw CommandError(error)
                }
                do throws(TrustError) { try chain.take(bytes) } catch { throw CommandError(error) }
            }
            guard let newest = chain.newest else {
                throw CommandError(
                    .notFound, subject: place.text, cause: "has no key set of \(start.org)", remedy: "Ask the publisher where they are")
            }
            return newest
        }
    }

    /// Sends a key set, and remembers it as the newest.
    func publish(_ set: SignedKeySet, at place: ResolvedRemote, _ options: RemoteOptions) async throws(CommandError) {
        let tokens = try tokens(first: place, file: options.tokenFile)
        try await with(place, tokens: tokens, work: lightWork(), retry: options.retry) { (opened) async throws(CommandError) in
            try await self.requirePushes(opened, place)
            try await lifting { () async throws(StoreError) in
                try await opened.store.append(keySet: set.encoded(), org: set.keySet.org, n: set.keySet.n)
            }
        }
    }

    /// A set that waits for signatures, from a file; nil if there is none.
    func proposal(_ file: String?) throws(CommandError) -> SignedKeySet? {
        guard let file else { return nil }
        let path = absolutePath(file)
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try OwnedFile.open(path, .read).read(at: 0, count: Limits.keySet + 1)
        } catch {
            if error.code == .notFound { return nil }
            throw CommandError(error)
        }
        return try lifting { () throws(TrustError) in try SignedKeySet(decoding: bytes, subject: path) }
    }

    func write(_ bytes: [UInt8], to file: String) throws(CommandError) {
        let path = absolutePath(file)
        try lifting { () throws(SystemError) in
            let slash = path.lastIndex(of: "/") ?? path.startIndex
            let folder = try Folder.open(slash == path.startIndex ? "/" : String(path[..<slash]))
            try folder.replace(String(path[path.index(after: slash)...]), with: bytes)
        }
    }
}

extension TrustRecord {
    var fields: [String: OutputValue] {
        [
            "organization": .string(org.text), "fingerprint": .string(pinned.digest.hex), "pinning": .string(pinning.rawValue),
            "since": .string(since), "keySet": .object(["n": .integer(keySet.n), "fingerprint": .string(keySet.fingerprint.digest.hex)]),
            "refs": .integer(refs.count),
        ]
    }
}
