import WaybillFormat

/// Fills the sections of the template from disclosure.yaml.
struct SummaryBuilder {
    typealias Entry = SummaryDocument.Entry
    typealias Section = SummaryDocument.Section

    let summary: EUTrainingSummary
    let disclosure: Disclosure
    let sources: [ExportedSource]

    /// The bands of the template, in its words.
    private static let bands = [
        "lessThan1B": "less than 1 billion tokens", "1BTo10T": "1 billion to 10 trillion tokens",
        "moreThan10T": "more than 10 trillion tokens", "lessThan1M": "less than 1 million images",
        "1MTo1B": "1 million to 1 billion images",
        "moreThan1B": "more than 1 billion images", "lessThan10000": "less than 10,000 hours", "10000To1M": "10,000 to 1 million hours",
        "moreThan1M": "more than 1 million hours",
    ]

    func parts(_ subject: ExportSubject) -> [SummaryDocument.Part] {
        [
            SummaryDocument.Part(
                title: "General information",
                sections: [versions, providers, model(subject)] + EUTrainingSummary.Modality.allCases.map(extent) + [allModalities]),
            SummaryDocument.Part(title: "List of data sources", sections: dataSections),
            SummaryDocument.Part(title: "Data processing aspects", sections: [copyright, illegalContent, other]),
        ]
    }

    // MARK: General information

    private func answer(_ question: String, _ text: String?) -> Entry { .answer(question: question, text: text) }

    private func answer(_ question: String, _ stated: Stated<String>?) -> Entry { answer(question, stated?.value) }

    private func answer(_ question: String, _ answer: Answer) -> Entry {
        let text: String? =
            switch answer {
            case .yes: "Yes"
            case .no: "No"
            case .noAssertion: nil
            }
        return self.answer(question, text)
    }

    private var versions: Section {
        Section(
            title: "Version of the summary",
            entries: [
                answer("Version of the summary", summary.version), answer("Last update", summary.lastUpdate),
                answer("Where the summary is published", summary.location),
            ])
    }

    private var providers: Section {
        func party(_ party: EUTrainingSummary.Party?) -> String? {
            party.map { [$0.name.value, $0.contact?.value].compactMap { $0 }.joined(separator: "\n") }
        }
        var entries = [answer("Provider", party(summary.provider))]
        // A supplier is not necessarily the provider in the Regulation's sense.
        if summary.provider == nil, let supplier = disclosure.model.suppliedBy {
            entries.append(answer("Supplier of the model, who is not stated to be its provider", supplier))
        }
        entries.append(answer("Authorised representative in the Union", party(summary.representative)))
        return Section(title: "1.1 Provider", entries: entries)
    }

    private func model(_ subject: ExportSubject) -> Section {
        let stated = [disclosure.model.name?.value, disclosure.model.version?.value].compactMap { $0 }.joined(separator: " ")
        let names = ExportedSource.joined(summary.modelNames) ?? (stated.isEmpty ? subject.model?.path : stated)
        let bases = subject.findings.baseModels.map(\.name)
        return Section(
            title: "1.2 Model",
            entries: [
                answer("Versioned names of the model", names),
                answer(
                    "Models that it builds on",
                    ExportedSource.joined(summary.dependencies) ?? (bases.isEmpty ? nil : bases.joined(separator: ", "))),
                answer("Placed on the Union market", summary.unionPlacement),
            ])
    }

    private func extent(_ modality: EUTrainingSummary.Modality) -> Section {
        let found = summary[modality]
        var entries: [Entry] = []
        if modality != .other { entries.append(answer("Size", found?.band.map { Self.bands[$0.value] ?? $0.value })) }
        entries.append(answer("Size in another unit", found?.size))
        entries.append(answer("Types of content", found?.content))
        entries.append(answer("Latest collection", found?.latestCollection))
        entries.append(answer("Training goes on with newly collected data", found?.continuousTraining ?? .noAssertion))
        entries.append(answer("Linguistic characteristics", found?.linguistic))
        entries.append(answer("Other characteristics", found?.characteristics))
        return Section(title: "1.3 Training data: \(modality == .other ? "other modalities" : modality.rawValue)", entries: entries)
    }

    private var allModalities: Section {
        Section(
            title: "1.3 Training data: all modalities",
            entries: [
                answer("Latest collection", disclosure.data.latestCollection),
                answer("Training goes on with newly collected data", disclosure.data.continuousTraining),
                answer(
                    "The sources listed below are all sources",
                    disclosure.data.completeness == .noAssertion ? nil : disclosure.data.completeness == .complete ? "Yes" : "No"),
            ])
    }

    // MARK: Data sources

    private var dataSections: [Section] {
        [
            section("2.1 Publicly available datasets", .publicDatasets, .publicDataset),
            section("2.2.1 Data licensed from rightholders", .licensedData, .licensed),
            section("2.2.2 Other private datasets of third parties", .privateData, .privateThirdParty),
            section("2.3 Data crawled and scraped", .crawledData, .crawled, [answer("Top domains", summary.topDomains)]),
            section("2.4 User data from interactions with the model", .userDataFromModel, nil),
            section("2.4 User data from other services", .userDataFromServices, .userData),
            section("2.5 Synthetic data", .syntheticData, .synthetic), section("2.6 Other sources", .otherData, .other), uncategorised,
        ].compactMap { $0 }
    }

    private func section(
        _ title: String, _ kind: EUTrainingSummary.Section, _ category: DataSource.Category?, _ more: [Entry] = []
    ) -> Section {
        let stated = summary[kind]
        let listed = category.map { wanted in sources.filter { $0.stated?.category?.value == wanted } } ?? []
        var entries = [answer("Such data were used", stated?.used ?? .noAssertion)]
        if stated?.used == .no, !listed.isEmpty {
            entries.append(.remark("This contradicts the sources below, which disclosure.yaml lists under this category."))
        }
        entries.append(answer("Modalities", ExportedSource.joined(stated?.modalities ?? [])))
        entries.append(answer("Description", stated?.description))
        return Section(title: title, entries: entries + more + listed.map(item))
    }

    /// What is named as a dataset, and nothing says of which kind.
    private var uncategorised: Section? {
        let listed = sources.filter { $0.stated?.category == nil }
        return listed.isEmpty ? nil : Section(title: "Datasets whose category is not stated", entries: listed.map(item))
    }

    private func item(_ source: ExportedSource) -> Entry {
        guard let stated = source.stated else {
            return .item(name: source.name, facts: [("Stated", "only the name, in the model card or in metadata of the weights")])
        }
        let period = [stated.periodFrom?.value, stated.periodTo?.value].map { $0 ?? "not stated" }.joined(separator: " to ")
        let facts: [(String, String?)] = [
            ("Where", stated.location?.value), ("Access", stated.access?.value.rawValue), ("Obtained from", stated.obtainedFrom?.value),
            ("Licence", stated.license?.value), ("Period", stated.periodFrom == nil && stated.periodTo == nil ? nil : period),
            ("Modalities", ExportedSource.joined(stated.modalities)), ("Languages", ExportedSource.joined(stated.languages)),
            ("Size", stated.size.map { "\(DecimalText.plain($0.value.value)) \($0.unit.value)" }), ("Provenance", stated.provenance?.value),
            ("Scope", stated.scope?.value), ("Selection", stated.selection?.value), ("Labelling", stated.labeling?.value),
            ("Processing", stated.processing?.value), ("Crawlers", ExportedSource.joined(stated.crawler.names)),
            ("Purposes of crawling", stated.crawler.purposes?.value), ("Behaviour of crawlers", stated.crawler.behaviour?.value),
            ("Domains", stated.crawler.domains?.value), ("Generated by", ExportedSource.joined(stated.generatedBy)),
        ]
        let stating = facts.compactMap { label, text in text.map { (label: label, text: $0) } }
        return .item(name: source.name, facts: stating.isEmpty ? [(label: "Stated", text: "only the name")] : stating)
    }

    // MARK: Data processing

    private var copyright: Section {
        Section(
            title: "3.1 Reservations of rights (text and data mining)",
            entries: [
                answer("Signatory of the Code of Practice", summary.codeOfPractice), answer("Measures", summary.optOutMeasures),
                answer("Copyright policy", summary.copyrightPolicy),
            ])
    }

    private var illegalContent: Section {
        Section(title: "3.2 Removal of illegal content", entries: [answer("Measures", summary.illegalContent)])
    }

    private var other: Section { Section(title: "3.3 Other information", entries: [answer("Information", summary.otherInformation)]) }
}
