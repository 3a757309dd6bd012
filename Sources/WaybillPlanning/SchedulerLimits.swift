/// The figures by which `SourceScheduler` decides. Bytes, seconds, bytes a second.
public struct SchedulerLimits: Sendable {
    /// Ranges are no smaller, except where no more is left.
    public var minimumRange = 256 << 10
    public var maximumRange = 3 << 20
    /// Unwanted bytes that are read rather than making another request.
    public var maximumGap = 128 << 10
    /// Asked for and not finished, over all sources. Copies may take `hedgeRoom` more.
    public var inFlight = 24 << 20
    public var hedgeRoom = 6 << 20
    /// Requests at once to one source.
    public var requests = 8
    /// What a source has been asked for at once is this much of its rate, in two ranges or more.
    public var horizon = 2.0
    /// Taken for the rate of a source that was not heard of yet.
    public var firstRate = 524288.0
    /// Seconds for which what was measured of a rate counts, for mirrors and for peers, whose load changes with every request.
    public var rateMemory = 4.0
    public var peerMemory = 1.0
    /// A range is late after so many times the expected time, but not before `lateFloor`.
    public var lateFactor = 3.0
    public var lateFloor = 1.0
    /// The same for a source that has not brought anything yet, whose rate is a guess.
    public var strangerLateFloor = 8.0
    /// Wrong bytes until a source is not used again.
    public var wrongUntilBan = 3
    /// Chunks in a row that a source announced and did not have, until it rests.
    public var missesUntilRest = 3
    /// After a failure a source rests so long, twice as long after the next, up to `longestRest`.
    public var firstRest = 0.5
    public var longestRest = 30.0
    /// Outages in a row after which a source is no reason to wait any more.
    public var outagesUntilGivenUp = 1
    /// Seconds without progress for which a peer may still get what nobody has.
    public var hope = 120.0
    /// A source in reserve gives what it was told to give; anything else only when no other source could be asked for so long.
    public var reservePatience = 2.0
    /// A source in reserve helps when the others together are slower than this.
    public var reserveRate = 16777216.0
    /// Ranges are as long as they can be, whatever the rate: what a single source is asked for.
    public var hasFixedRanges = false

    public init() {}
}
