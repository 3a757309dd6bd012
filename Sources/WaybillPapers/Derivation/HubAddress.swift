/// Names of models and datasets in addresses of the Hugging Face hub.
enum HubAddress {
    private static let hosts: Set<String> = ["huggingface.co", "www.huggingface.co", "hf.co"]
    private static let datasets = "datasets"
    private static let otherKinds: Set<String> = ["spaces", "papers", "collections", "docs", "blog", "organizations"]

    /// `org/name` if `address` is that of a model's page, nothing behind it.
    static func model(_ address: String) -> String? {
        guard let parts = path(address), parts.count == 2, parts[0] != datasets, !otherKinds.contains(parts[0]) else { return nil }
        return parts.joined(separator: "/")
    }

    /// `org/name` or, of the hub's oldest datasets, `name`.
    static func dataset(_ address: String) -> String? {
        guard let parts = path(address), parts.count == 2 || parts.count == 3, parts[0] == datasets else { return nil }
        return parts.dropFirst().joined(separator: "/")
    }

    /// The parts of the path, or nil unless they are plain names.
    private static func path(_ address: String) -> [String]? {
        let parts = address.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 3, parts[0].lowercased() == "https:" || parts[0].lowercased() == "http:", parts[1].isEmpty,
            hosts.contains(parts[2].lowercased())
        else { return nil }
        let names = parts.last == "" ? parts[3..<(parts.count - 1)] : parts[3...]
        return names.allSatisfy(isName) ? Array(names) : nil
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
