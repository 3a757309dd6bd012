/// Spellings that SPDX's matching guidelines hold to be one, and that occur in licences.
enum WordSpellings {
    static let copyright = Array("copyright".utf8)

    static func canonical(_ word: [UInt8], isAfterCopyright: Bool) -> [UInt8] {
        if let same = table[word] { return same }
        if isAfterCopyright, let holder = owners[word] { return holder }
        return word
    }

    private static let owners = bytes([("owner", "holder"), ("owners", "holders")])

    private static let table = bytes([
        ("licence", "license"), ("licences", "licenses"), ("licenced", "licensed"), ("licencing", "licensing"), ("licencee", "licensee"),
        ("sublicence", "sublicense"), ("acknowledgement", "acknowledgment"), ("acknowledgements", "acknowledgments"),
        ("authorise", "authorize"), ("authorised", "authorized"), ("authorisation", "authorization"), ("behaviour", "behavior"),
        ("favour", "favor"), ("fulfil", "fulfill"), ("fulfilment", "fulfillment"), ("honour", "honor"), ("judgement", "judgment"),
        ("modelling", "modeling"), ("organisation", "organization"), ("organisations", "organizations"), ("recognise", "recognize"),
        ("recognised", "recognized"), ("utilisation", "utilization"), ("utilise", "utilize"), ("whilst", "while"), ("wilful", "willful"),
        ("https", "http"),
    ])

    private static func bytes(_ pairs: [(String, String)]) -> [[UInt8]: [UInt8]] {
        Dictionary(uniqueKeysWithValues: pairs.map { (Array($0.0.utf8), Array($0.1.utf8)) })
    }
}
