/// The keys of `euSummary`: the sections of the template of 24 July 2025 for the public summary of training content. What `data` says of
/// each source is not said again.
enum EUSummarySchema {
    static let root: [DisclosureField] = [
        DisclosureField("version", .name, "Version of the summary"),
        DisclosureField("lastUpdate", .date, "When it was last updated"),
        DisclosureField("provider", .record(party), "1.1 Provider"),
        DisclosureField("representative", .record(party), "1.1 Authorised representative in the Union"),
        DisclosureField("modelNames", .names, "1.2 Versioned names of the models"),
        DisclosureField("dependencies", .names, "1.2 Models that these build on"),
        DisclosureField("unionPlacement", .date, "1.2 When the model was placed on the Union market"),
        DisclosureField("text", .record(modality(tokens)), "1.3 Text"),
        DisclosureField("image", .record(modality(images)), "1.3 Images"),
        DisclosureField("audio", .record(modality(hours)), "1.3 Audio"),
        DisclosureField("video", .record(modality(hours)), "1.3 Video"),
        DisclosureField("other", .record(modality([])), "1.3 Other modalities"),
        DisclosureField("publicDatasets", .record(section), "2.1 Publicly available datasets"),
        DisclosureField("licensedData", .record(section), "2.2.1 Data licensed from rightholders"),
        DisclosureField("privateData", .record(section), "2.2.2 Other private datasets of third parties"),
        DisclosureField("crawledData", .record(section), "2.3 Data crawled and scraped"),
        DisclosureField("topDomains", .location, "2.3 List of the top 10 % of domains (small providers: 5 % or 1,000)"),
        DisclosureField("userDataFromModel", .record(section), "2.4 User data from interactions with the model"),
        DisclosureField("userDataFromServices", .record(section), "2.4 User data from other services"),
        DisclosureField("syntheticData", .record(section), "2.5 Synthetic data"),
        DisclosureField("otherData", .record(section), "2.6 Other sources"),
        DisclosureField("codeOfPractice", .answer, "3.1 Whether the provider signed the Code of Practice"),
        DisclosureField("optOutMeasures", .prose, "3.1 How reservations of rights (text and data mining) are respected"),
        DisclosureField("copyrightPolicy", .location, "3.1 The copyright policy"),
        DisclosureField("illegalContent", .prose, "3.2 How illegal content is removed"),
        DisclosureField("otherInformation", .prose, "3.3 Anything else"),
        DisclosureField("location", .location, "Where the summary is published"),
    ]

    static let tokens = ["lessThan1B", "1BTo10T", "moreThan10T"]
    static let images = ["lessThan1M", "1MTo1B", "moreThan1B"]
    static let hours = ["lessThan10000", "10000To1M", "moreThan1M"]

    static let party: [DisclosureField] = [
        DisclosureField("name", .name, required: true, "Name"),
        DisclosureField("contact", .name, "Contact"),
    ]

    static let section: [DisclosureField] = [
        DisclosureField("used", .answer, required: true, "Whether such data were used"),
        DisclosureField("description", .prose, "Description"),
        DisclosureField("modalities", .list(.choice(DisclosureSchema.modalities), maximum: 5), "Modalities"),
    ]

    private static func modality(_ bands: [String]) -> [DisclosureField] {
        let band = bands.isEmpty ? [] : [DisclosureField("band", .choice(bands), "Band of the size")]
        return band + [
            DisclosureField("size", .name, "Size in another unit"),
            DisclosureField("content", .prose, "Types of content"),
            DisclosureField("latestCollection", .month, "When data were last collected"),
            DisclosureField("continuousTraining", .answer, "Whether training on newly collected data goes on"),
            DisclosureField("linguistic", .prose, "Linguistic characteristics"),
            DisclosureField("characteristics", .prose, "Other characteristics"),
        ]
    }
}
