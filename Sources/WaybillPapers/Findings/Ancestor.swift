import WaybillFormat

/// A model that another was made from, as whoever evaluates found it.
public struct Ancestor: Sendable, Equatable {
    /// As derivatives name it; without regard to case.
    public let name: String
    /// Of the revision that was looked at, if it came from a store.
    public let manifest: Digest?
    /// SPDX expression of its weights' licence; nil where none could be concluded.
    public let license: String?
    /// The models that it was itself made from.
    public let baseModels: [String]

    public init(name: String, manifest: Digest? = nil, license: String?, baseModels: [String] = []) {
        self.name = name
        self.manifest = manifest
        self.license = license
        self.baseModels = baseModels
    }
}
