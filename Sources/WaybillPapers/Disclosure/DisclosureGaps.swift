/// What a disclosure leaves out, definition by definition.
enum DisclosureGaps {
    static func gaps(_ disclosure: Disclosure, _ findings: PapersFindings) -> [DisclosureCheck.Gap] {
        let classes: [(MOFClass, String)] = [(.openModel, "MOF III"), (.openTooling, "MOF II"), (.openScience, "MOF I")]
        var gaps: [DisclosureCheck.Gap] = []
        var told: Set<MOFComponent> = []
        for (wanted, name) in classes {
            for component in findings.mof.unmet(for: wanted) where told.insert(component).inserted {
                let present = findings.mof.components.first { $0.component == component }
                let reason = present.map { ": \($0.problem)" } ?? ""
                gaps.append(DisclosureCheck.Gap(definition: name, text: component.rawValue + reason))
            }
        }
        gaps += (findings.osaid.unmet + findings.osaid.open).map { DisclosureCheck.Gap(definition: "OSAID 1.0", text: $0.text) }
        return gaps + summary(disclosure).map { DisclosureCheck.Gap(definition: "EU summary", text: $0) }
    }

    /// Fields of the template that have no answer.
    static func summary(_ disclosure: Disclosure) -> [String] {
        let summary = disclosure.euSummary
        var missing: [String] = []
        func need(_ isStated: Bool, _ what: String) { if !isStated { missing.append(what) } }
        need(summary.provider != nil, "1.1 provider")
        need(!summary.modelNames.isEmpty, "1.2 versioned names of the models")
        need(summary.unionPlacement != nil, "1.2 date of placing on the Union market")
        let modalities = EUTrainingSummary.Modality.allCases.filter { summary[$0] != nil }
        need(!modalities.isEmpty, "1.3 size and content for each modality")
        for modality in modalities {
            guard let extent = summary[modality] else { continue }
            need(extent.band != nil || extent.size != nil, "1.3 size of \(modality.rawValue) data")
            need(extent.content != nil, "1.3 types of \(modality.rawValue) content")
        }
        need(summary.version != nil && summary.lastUpdate != nil, "version and date of the summary")
        let sections: [(EUTrainingSummary.Section, String)] = [
            (.publicDatasets, "2.1 publicly available datasets"), (.licensedData, "2.2.1 licensed data"),
            (.privateData, "2.2.2 other private data"), (.crawledData, "2.3 crawled data"),
            (.userDataFromModel, "2.4 user data from the model"), (.userDataFromServices, "2.4 user data from other services"),
            (.syntheticData, "2.5 synthetic data"), (.otherData, "2.6 other sources"),
        ]
        for (section, name) in sections {
            let used = summary[section]
            need(used != nil && used?.used != .noAssertion, "\(name): used or not")
            if used?.used == .yes { need(used?.description != nil, "\(name): description") }
        }
        if summary[.crawledData]?.used == .yes { need(summary.topDomains != nil, "2.3 list of the top domains") }
        need(summary.codeOfPractice != .noAssertion, "3.1 Code of Practice")
        need(summary.optOutMeasures != nil, "3.1 measures that respect reservations of rights")
        need(summary.illegalContent != nil, "3.2 removal of illegal content")
        return missing
    }
}
