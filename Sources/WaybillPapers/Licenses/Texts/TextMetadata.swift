/// Metadata in front of a licence's text, as catalogues of licences and cards of models have it.
enum TextMetadata {
    /// Where the text begins. Metadata is read over only if all its keys are known to say nothing that binds: anything else between the
    /// lines of three hyphens is part of the text.
    static func end(_ scalars: [Unicode.Scalar]) -> Int {
        var start = scalars.first == "\u{FEFF}" ? 1 : 0
        var isOpen = false
        while start < scalars.count, start < maximum {
            let end = scalars[start...].firstIndex(of: "\n") ?? scalars.count
            var line = ""
            line.unicodeScalars.append(contentsOf: scalars[start..<end].filter { $0 != "\r" })
            if line == "---" {
                if isOpen { return min(end + 1, scalars.count) }
                isOpen = true
            } else if isOpen {
                guard isMetadata(line) else { return 0 }
            } else if line.contains(where: { $0 != " " && $0 != "\t" }) {
                return 0
            }
            start = end + 1
        }
        return 0
    }

    private static let maximum = 64 << 10

    private static func isMetadata(_ line: String) -> Bool {
        if line.isEmpty || line.hasPrefix(" ") || line.hasPrefix("- ") || line.hasPrefix("#") { return true }
        guard let colon = line.firstIndex(of: ":") else { return false }
        return keys.contains(line[..<colon].lowercased())
    }

    /// Of the Hub's cards, ScanCode's and choosealicense.com's licences.
    private static let keys: Set<String> = [
        "license", "license_name", "license_link", "language", "tags", "library_name", "pipeline_tag", "datasets", "base_model",
        "base_model_relation", "metrics", "model-index", "inference", "widget", "thumbnail", "title", "spdx-id", "nickname",
        "redirect_from",
        "featured", "hidden", "description", "how", "using", "permissions", "conditions", "limitations", "key", "short_name", "name",
        "category", "owner", "homepage_url", "notes", "spdx_license_key", "other_spdx_license_keys", "osi_license_key", "osi_url",
        "text_urls",
        "faq_url", "other_urls", "ignorable_copyrights", "ignorable_holders", "ignorable_urls", "ignorable_authors", "ignorable_emails",
        "standard_notice", "minimum_coverage", "is_exception", "is_generic", "is_deprecated", "replaced_by",
    ]
}
