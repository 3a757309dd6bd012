/// A writer's lease: `intents/<name>` (Protocol/STORE.md, Collection). As long as it stands, a collector deletes nothing that was
/// condemned after it was made.
public struct WriterIntent: Hashable, Sendable {
    public enum Holder: String, Sendable, CaseIterable {
        /// A process on this file system; it holds the file's lock as long as it lives.
        case process
        /// A mirror, for a client.
        case mirror
    }

    public let holder: Holder
    /// Microseconds since 1970 by the store's clock, before the intent could be seen.
    public let startedAt: Int

    public static let maximumBytes = 4_096

    public init(holder: Holder, startedAt: Int) {
        self.holder = holder
        self.startedAt = startedAt
    }

    /// Members that are unknown are ignored.
    public init(decoding bytes: [UInt8], subject: String) throws(FormatError) {
        guard bytes.count <= Self.maximumBytes else { throw .rejected(subject, "longer than \(Self.maximumBytes) bytes") }
        let value = try JSONValue(parsing: bytes, maximumDepth: 8, subject: subject)
        guard let holder = value["holder"]?.text.flatMap(Holder.init), let startedAt = value["startedAt"]?.number else {
            throw .rejected(subject, "holder or startedAt is missing or unknown")
        }
        self.init(holder: holder, startedAt: startedAt)
    }

    public func encoded() -> [UInt8] {
        JSONValue.object(["holder": .string(holder.rawValue), "startedAt": .integer(startedAt), "waybill": .integer(1)]).canonical
    }
}
