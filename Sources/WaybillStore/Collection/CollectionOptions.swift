/// How a collector is to work. All times are counted by the store's clock.
public struct CollectionOptions: Sendable {
    public var retention = Retention()
    /// Seconds between condemning and deleting: what a reader that holds old locators gets to finish.
    public var grace = defaultGrace
    /// Seconds without renewal after which an intent counts as abandoned.
    public var abandonAfter = defaultAbandonAfter
    /// A pack with more dead bytes than this is packed anew, in percent.
    public var repackAbove = 30
    /// Only looks.
    public var isDryRun = false

    public static let defaultGrace = 24 * 3_600
    public static let defaultAbandonAfter = 7 * 24 * 3_600
    /// Seconds after which a temporary file has lost its writer: a mirror ends a silent upload after a minute.
    static let temporaryAge = 24 * 3_600

    public init() {}
}
