import WaybillFormat
import WaybillTrust

/// What a user's machine remembers of the organisations that were pinned. Calls may block.
public protocol TrustMemory: Sendable {
    /// Of all pinned organisations, by name.
    func records() throws(TransferError) -> [TrustRecord]

    /// Keeps what a check accepted, durably. What another command accepted meanwhile stays.
    func remember(_ record: TrustRecord) throws(TransferError)
}
