/// What is known of an expression's value.
struct TemplateFacts {
    /// A text that stands in the template, also one put together from such.
    var text: String?
    /// The texts of a list of texts.
    var texts: [String]?
    /// A whole number.
    var number: Int?
    /// A name, nothing behind it.
    var name: String?
    /// The attribute that it ends with, not yet called.
    var attribute: (name: String, offset: Int)?
    /// It holds what people wrote in messages.
    var isContent = false
    /// It holds all messages, so that as text it is what people wrote.
    var isMessages = false
    /// It tells the time.
    var isTime = false
    /// A text that is put together while rendering.
    var isComputed = false

    /// What a value derived from this one and another keeps.
    func merged(_ other: TemplateFacts) -> TemplateFacts {
        TemplateFacts(
            isContent: isContent || other.isContent, isMessages: isMessages || other.isMessages, isTime: isTime || other.isTime,
            isComputed: isComputed || other.isComputed)
    }

    /// What a value derived from this one keeps.
    var derived: TemplateFacts { merged(TemplateFacts()) }
}
