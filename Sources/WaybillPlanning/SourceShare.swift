/// What became of a source.
public enum SourceVerdict: String, Sendable {
    case good
    /// Was never needed.
    case unused
    /// Did not answer, or not to the end.
    case unavailable
    /// Others were asked for what it kept back.
    case stalled
    /// Did not have what it announced.
    case missing
    /// Refused to serve us.
    case refused
    /// Sent wrong bytes, and was not asked again for that pack or file.
    case wrongBytes
    /// Sent wrong bytes again and again, and was not asked for anything any more.
    case banned
}

/// A source's part in a pull.
public struct SourceShare: Sendable, Equatable {
    /// Stored bytes of ranges that were of use.
    public internal(set) var bytes = 0
    /// Ranges that were of use.
    public internal(set) var ranges = 0
    /// Requests that brought nothing, or something wrong.
    public internal(set) var failures = 0
    /// Chunks that were not what they should be.
    public internal(set) var wrong = 0
    /// Ranges that another source was asked for as well, since this one was late.
    public internal(set) var late = 0
    public internal(set) var verdict = SourceVerdict.unused
}
