import WaybillFormat

/// A remote without alias, a directory absolute.
package struct ResolvedRemote: Hashable, Sendable {
    /// `.http`, `.s3` or `.file`.
    package let location: RemoteLocation

    package init(location: RemoteLocation) { self.location = location }

    /// Canonical text: what a checkout remembers.
    package var text: String { location.description }
}

/// An address on a resolved remote.
package struct ResolvedAddress: Hashable, Sendable {
    package let remote: ResolvedRemote
    package let model: ModelName
    package let ref: RefName?
    package let revision: Digest?

    /// The ref to look up: nil only for a revision named by its digest alone.
    package var lookedUpRef: RefName? { ref ?? (revision == nil ? .main : nil) }

    package var text: String { Address(remote: remote.location, model: model, ref: ref, revision: revision).description }
}

/// What `show` and `diff` take.
package enum Target: Hashable, Sendable {
    case address(ResolvedAddress)
    /// As written.
    case directory(String)
}
