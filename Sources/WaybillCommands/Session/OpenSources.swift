import WaybillFormat
import WaybillStore
import WaybillTransfer

extension Session {
    /// Runs `body` with sources of bytes and closes them, whatever happens. One that cannot even be opened stands in for itself: it
    /// answers every request with the reason, and a command that does not need it does not fail for it.
    func with<T: Sendable>(
        sources: [ResolvedRemote], tokens: TokenChoice, work: Work, _ body: ([any ChunkSource]) async throws(CommandError) -> T
    ) async throws(CommandError) -> T {
        var opened: [any ChunkSource] = []
        var remotes: [OpenRemote] = []
        for remote in sources {
            do throws(CommandError) {
                let open = try await self.open(remote, tokens: tokens, work: work)
                remotes.append(open)
                opened.append(open.source)
            } catch {
                opened.append(UnreachableSource(label: remote.text, error: error))
            }
        }
        let result: Result<T, CommandError>
        do throws(CommandError) { result = .success(try await body(opened)) } catch { result = .failure(error) }
        for remote in remotes { await remote.close() }
        return try result.get()
    }
}
