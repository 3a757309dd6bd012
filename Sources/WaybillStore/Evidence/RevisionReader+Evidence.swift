import WaybillFormat
import WaybillSystem

extension RevisionReader {
    /// A chunk that stands as evidence, verified, and the bytes that were received for it.
    /// - Throws: `.notFound` if the source has no such evidence.
    public func evidence(_ chunk: ChunkName, work: Work) async throws(StoreError) -> (bytes: [UInt8], received: Int) {
        let name = ObjectName.evidence(chunk.digest)
        let subject = subject(name)
        var received = 0
        var reads = 0
        while true {
            let frame = try await source.object(name, fresh: reads > 0)
            reads += 1
            received += frame.count
            do throws(StoreError) {
                let bytes = try await work.run { context throws(StoreError) in
                    let verified = try EvidenceFrame.verify(frame, as: chunk, subject: subject, &context)
                    return context.chunk.bytes(0..<verified.name.length)
                }
                return (bytes, received)
            } catch {
                guard error.code == .integrity, reads < Self.tries else { throw error }
            }
        }
    }
}
