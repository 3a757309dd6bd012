/// The licences that Waybill knows, as of one day.
public struct LicenseRegistry: Sendable {
    /// What this build was made with.
    public static let current = LicenseRegistryReader.read(list: licenseListTable, reviewed: ReviewedLicenses.text)

    /// Of the registry's own rows and terms. Findings record it.
    public let version: String
    /// Of the SPDX licence list.
    public let listVersion: String
    /// In the order of their ids' bytes.
    public let rows: [License]

    /// Ids of the SPDX list's exceptions, in the order of their bytes.
    public let exceptions: [String]

    private let byID: [String: Int]
    private let byHubID: [String: Int]
    private let byHubName: [String: Int]
    private let exceptionsByKey: [String: String]

    init(version: String, listVersion: String, rows: [License], exceptions: [String]) {
        self.version = version
        self.listVersion = listVersion
        self.rows = rows
        self.exceptions = exceptions
        exceptionsByKey = Dictionary(exceptions.map { ($0.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        func index(_ keys: (License) -> [String]) -> [String: Int] {
            var found: [String: Int] = [:]
            for (position, row) in rows.enumerated() {
                for key in keys(row) where found[key] == nil { found[key] = position }
            }
            return found
        }
        byID = index { [$0.id.lowercased()] }
        byHubID = index(\.hubIDs)
        byHubName = index(\.hubNames)
    }

    /// The row of an SPDX id or `LicenseRef-`, without regard to case.
    public subscript(id: String) -> License? { byID[id.lowercased()].map { rows[$0] } }

    /// The id of an exception as the list writes it, without regard to case.
    public func exception(_ id: String) -> String? { exceptionsByKey[id.lowercased()] }

    /// What a Hub licence id (`license: apache-2.0`) means. Ids of the SPDX list count too: publishers write both.
    public func license(hubID: String) -> License? {
        let key = hubID.lowercased()
        return byHubID[key].map { rows[$0] } ?? self[key]
    }

    /// What the Hub's free text `license_name` means, if it is a name that is known.
    public func license(hubName: String) -> License? {
        let key = Self.nameKey(hubName)
        return byHubName[key].map { rows[$0] } ?? license(hubID: key)
    }

    /// Publishers write `Qwen Research`, `qwen_research` and `qwen-research`.
    static func nameKey(_ name: String) -> String {
        String(name.lowercased().map { $0 == " " || $0 == "_" ? "-" : $0 })
    }
}
