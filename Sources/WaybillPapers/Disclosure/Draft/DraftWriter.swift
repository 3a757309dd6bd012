import WaybillFormat

/// Writes the lines of a drafted disclosure.yaml. A key without a value is written as a comment marked TODO.
struct DraftWriter {
    let text: YAMLText
    private(set) var lines = ""
    /// Lists end there, so that the draft stays within the limits of the reader.
    private static let maximumListBytes = 128 << 10

    init(text: YAMLText) { self.text = text }

    mutating func head() {
        line("# Disclosure of this model, drafted from its files. What no file says is marked TODO: fill it in, or leave it out.")
        line("# The form is described in Protocol/PAPERS.md; `waybill papers check` says what is missing for which definition.")
        line("disclosure: 1")
    }

    mutating func model(_ facts: DraftFacts, _ card: CardSections?, _ claims: Papers) {
        section("model")
        value("name", card?.title ?? facts.name, "the model's name")
        value("version", facts.version, "its version")
        value("description", card?.introduction, "what it does", isProse: true)
        value("suppliedBy", facts.suppliedBy, "the organisation or person that supplies it")
        todo("releaseTime", "YYYY-MM-DD")
        todo("downloadLocation", "where it can be had")
        value("task", card?.task, "what it is for, such as text-generation")
        value("architectureFamily", facts.architectureFamily, "such as llama")
        value("architecture", facts.architecture, "such as LlamaForCausalLM")
        for hint in facts.hints { line("  " + YAMLText.comment(hint)) }
        todo("parameterCount", "a whole number")
        todo("inputModalities", "[text]")
        todo("outputModalities", "[text]")
        list("languages", claims[.languages].map(\.value))
        value(
            "intendedUse", card?.section(["intended use", "intended uses", "uses", "intended uses & limitations"]), "what it is meant for",
            isProse: true)
        value(
            "limitations",
            card?.section(["limitations", "bias, risks, and limitations", "limitations and bias", "limitations and biases"]),
            "what it cannot do, known risks and biases", isProse: true)
        todo("sensitivePersonalInformation", "yes | no | noAssertion")
        todo("architectureInformation", "{status: public, location: config.json}")
        todo("usageInformation", "{status: public, location: README.md}")
        todo("monetisation", "none | price | personalData | other")
    }

    mutating func license(_ claims: Papers, _ facts: DraftFacts, _ registry: LicenseRegistry) {
        let claimed = claims[.licenses].map(\.value)
        let rows = claimed.map { registry.license(hubID: $0) }
        section("license")
        if claimed.count == 1, let row = rows[0], !row.isAmbiguous {
            value("expression", row.id, "")
        } else {
            for id in claimed { line("  " + YAMLText.comment("claimed: \(id)")) }
            for name in claims[.licenseNames] { line("  " + YAMLText.comment("claimed name: \(name.value)")) }
            todo("expression", "an SPDX expression, such as Apache-2.0")
        }
        let links = claims[.licenseLinks].map(\.value).filter { $0.contains("://") }
        list("evidence", facts.licenseFiles + links, "[LICENSE]")
    }

    mutating func components(weights: [ModelPath], card: String?) {
        section("components")
        for component in MOFComponent.allCases {
            let location: String?
            switch component {
            case .finalParameters: location = weights.count == 1 ? weights[0].text : nil
            case .modelCard: location = card
            default: location = nil
            }
            let isReleased = component == .finalParameters && !weights.isEmpty || component == .modelCard && card != nil
            line("  - name: \(text.quoted(component.rawValue))")
            line("    status: \(isReleased ? "released" : "noAssertion")" + (isReleased ? "" : "  # TODO"))
            if let location { line("    location: \(text.quoted(location))") }
        }
    }

    mutating func baseModels(_ models: [BaseModel], _ facts: DraftFacts) {
        guard !models.isEmpty else {
            line("# TODO baseModels: the models that this one was made from, each with revision, relation and licence")
            return
        }
        section("baseModels")
        let text = text
        each(models) { model in
            [
                "  - id: \(text.quoted(model.name))",
                model.relation == .noAssertion
                    ? "    # TODO relation: adapter | merge | quantized | finetune | distilled"
                    : "    relation: \(model.relation.rawValue)",
                "    # TODO revision, manifest or file: which of its versions", "    # TODO license: its licence, with evidence",
            ]
        }
    }

    mutating func data(_ datasets: [String]) {
        section("data")
        todo("completeness", "complete | incomplete: whether all sources are listed")
        guard !datasets.isEmpty else {
            todo("sources", "every source: name, category, access, provenance, scope, selection, labeling, processing, license")
            return
        }
        line("  # TODO of each source: category, access, location, provenance, scope, selection, labeling, processing, license")
        line("  sources:")
        let text = text
        each(datasets) { ["    - name: \(text.quoted($0))"] }
    }

    mutating func training(_ card: CardSections?) {
        section("training")
        value(
            "information", card?.section(["training procedure", "training details", "training"]), "how the model was trained",
            isProse: true)
        todo("computeFlop", "such as 2.1e24")
        todo("energy", "{training: 1.5, unit: kilowattHour}")
    }

    mutating func summary() {
        line("# TODO euSummary: the public summary of training content, for providers of general-purpose models in the EU")
    }

    // MARK: Lines

    private mutating func line(_ text: String) { lines += text + "\n" }

    private mutating func todo(_ key: String, _ hint: String) { line("  # TODO \(key): \(hint)") }

    /// A key with a value even if nothing but comments follows: that is nothing, which is no assertion.
    private mutating func section(_ key: String) { line("\(key):") }

    private mutating func value(_ key: String, _ value: String?, _ hint: String, isProse: Bool = false) {
        guard let value, isProse ? DisclosureScalar(value, isPlain: false).isProse : DisclosureScalar(value, isPlain: false).isName else {
            return todo(key, hint)
        }
        line("  \(key): " + text.value(value, indent: 2))
    }

    private mutating func list(_ key: String, _ values: [String], _ hint: String = "[en]") {
        let kept = values.filter { DisclosureScalar($0, isPlain: false).isName }
        guard !kept.isEmpty else { return todo(key, hint) }
        line("  \(key):")
        let text = text
        each(kept) { ["    - \(text.quoted($0))"] }
    }

    private mutating func each<Item>(_ items: [Item], _ written: (Item) -> [String]) {
        var byteCount = 0
        for (index, item) in items.enumerated() {
            let added = written(item)
            byteCount += added.reduce(0) { $0 + $1.utf8.count }
            guard byteCount <= Self.maximumListBytes else {
                line("    # TODO \(items.count - index) more, which are too long to be listed here")
                return
            }
            for text in added { line(text) }
        }
    }
}
