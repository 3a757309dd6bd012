import Logging
import WaybillFormat
import WaybillSystem

/// Logs one JSON object a line, on standard error unless told otherwise: `time`, `level`, `message`, and the metadata beside them.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level = .info
    public var metadata: Logger.Metadata = [:]
    private let write: @Sendable (String) -> Void

    /// - Parameter write: takes a line with its end; called from any thread.
    public init(write: @escaping @Sendable (String) -> Void = { line in Host.write(line, to: 2) }) {
        self.write = write
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var members: [String: JSONValue] = [:]
        for (key, value) in metadata { members[key] = Self.json(value) }
        for (key, value) in event.metadata ?? [:] { members[key] = Self.json(value) }
        if let error = event.error { members["error"] = .string("\(error)") }
        members["time"] = .string(Host.timestamp())
        members["level"] = .string(event.level.rawValue)
        members["message"] = .string(event.message.description)
        write(String(decoding: JSONValue.object(members).canonical + [10], as: UTF8.self))
    }

    private static func json(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value):
            if let number = value as? Int, number >= 0, number <= Limits.number { .integer(number) } else { .string(value.description) }
        case .dictionary(let members): .object(members.mapValues(json))
        case .array(let elements): .array(elements.map(json))
        }
    }
}
