/// Whether the text of the concluded licence is in the model.
public enum LicenseTextState: String, Sendable, CaseIterable {
    case recognized
    /// No licence text was found.
    case absent
    /// A licence text is there, and it is another's.
    case contradicts
    /// A text is there that is nearly a known one.
    case altered
}
