import HTTPTypes

extension HTTPField.Name {
    /// The number of a ref's newest entry.
    static let waybillEntry = named("Waybill-Entry")
    /// The push that a request belongs to.
    static let waybillPush = named("Waybill-Push")
    /// Names a request in the mirror's log.
    static let waybillRequest = named("Waybill-Request")
    /// The path that is answered: on a kept connection only order says so otherwise.
    static let waybillPath = named("Waybill-Path")

    private static func named(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .via }
}
