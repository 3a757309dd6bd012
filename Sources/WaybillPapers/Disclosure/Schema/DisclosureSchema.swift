/// The keys of disclosure.yaml. The reader, Protocol/disclosure.schema.json and the tables of Protocol/PAPERS.md are all made from it.
enum DisclosureSchema {
    static let root: [DisclosureField] = [
        DisclosureField("disclosure", .version, required: true, "Version of this form, `1`"),
        DisclosureField("model", .record(model), "What the model is and who supplies it"),
        DisclosureField("license", .record(license), "The licence of the whole, and of its parts where they differ"),
        DisclosureField("components", .list(.record(component), maximum: 17), "What was released, of the 17 components of the MOF"),
        DisclosureField("baseModels", .list(.record(baseModel), maximum: 1_024), "The models that this one was made from"),
        DisclosureField("data", .record(data), "Data information: what the model was trained on"),
        DisclosureField("training", .record(training), "How the model was trained and how it does"),
        DisclosureField("euSummary", .record(EUSummarySchema.root), "The public summary of training content that the EU demands"),
    ]

    static let modalities = ["text", "image", "audio", "video", "other"]

    static let model: [DisclosureField] = [
        DisclosureField("name", .name, "Name of the model"),
        DisclosureField("version", .name, "Version, as a text (`1.0` stays `1.0`)"),
        DisclosureField("description", .prose, "What the model does"),
        DisclosureField("suppliedBy", .name, "The organisation or person that supplies it"),
        DisclosureField("contact", .name, "How to reach the supplier"),
        DisclosureField("releaseTime", .date, "When this version was released"),
        DisclosureField("downloadLocation", .name, "Where it can be had"),
        DisclosureField("homepage", .name, "A page about it"),
        DisclosureField(
            "approach", .choice(["supervised", "unsupervised", "reinforcement-learning", "semi-supervised", "self-supervised"]),
            "How it learns (CycloneDX)"),
        DisclosureField("task", .name, "What it is for, such as `text-generation`"),
        DisclosureField("typeOfModel", .names, "Kinds of model, such as `transformer` (SPDX)"),
        DisclosureField("architectureFamily", .name, "Family of the architecture, such as `llama`"),
        DisclosureField("architecture", .name, "Architecture, such as `LlamaForCausalLM`"),
        DisclosureField("parameterCount", .integer, "Number of parameters"),
        DisclosureField("inputModalities", .list(.choice(modalities), maximum: 5), "What it takes"),
        DisclosureField("outputModalities", .list(.choice(modalities), maximum: 5), "What it gives"),
        DisclosureField("languages", .names, "Languages, as BCP 47 codes"),
        DisclosureField("domains", .names, "Fields of use (SPDX)"),
        DisclosureField("intendedUse", .prose, "What it is meant for"),
        DisclosureField("limitations", .prose, "What it cannot do, known risks and biases"),
        DisclosureField("explainability", .prose, "How its outputs can be explained"),
        DisclosureField("autonomy", .answer, "Whether it acts without a person (SPDX)"),
        DisclosureField("sensitivePersonalInformation", .answer, "Whether sensitive personal information was used (SPDX)"),
        DisclosureField(
            "safetyRisk", .choice(["serious", "high", "medium", "low", "noAssertion"]), "Result of a safety assessment (SPDX)"),
        DisclosureField("standards", .names, "Standards that it complies with"),
        DisclosureField("architectureInformation", .record(publication), "Whether information on the architecture is public (EU)"),
        DisclosureField("usageInformation", .record(publication), "Whether information on usage is public (EU)"),
        DisclosureField(
            "monetisation", .choice(["none", "price", "personalData", "other", "noAssertion"]),
            "What is asked in return for access, use or support without which it cannot be used (EU)"),
    ]

    static let publication: [DisclosureField] = [
        DisclosureField("status", .choice(["public", "withheld", "noAssertion"]), required: true, "Whether everybody can read it"),
        DisclosureField("location", .location, "Path in the model, or address"),
    ]

    static let license: [DisclosureField] = [
        DisclosureField("expression", .expression, "Licence of the model as SPDX expression"),
        DisclosureField("code", .expression, "Licence of code, where another"),
        DisclosureField("data", .expression, "Licence of data and parameters, where another"),
        DisclosureField("document", .expression, "Licence of documents, where another"),
        DisclosureField("evidence", .list(.location, maximum: 64), "Where the texts of the licences are"),
        DisclosureField("comment", .prose, "How the licence was concluded, where that is not plain"),
    ]

    static let component: [DisclosureField] = [
        DisclosureField("name", .choice(MOFComponent.allCases.map(\.rawValue)), required: true, "Name of the component, exactly the MOF's"),
        DisclosureField("status", .choice(ComponentStatus.allCases.map(\.rawValue)), required: true, "What became of it"),
        DisclosureField("location", .location, "Path in the model, or address"),
        DisclosureField("license", .expression, "Its licence, where not that of the whole"),
        DisclosureField("evidence", .location, "Where the text of its licence is"),
        DisclosureField("comment", .prose, "Anything else"),
    ]

    static let baseModel: [DisclosureField] = [
        DisclosureField("id", .name, required: true, "Name of the base model, such as `org/name`"),
        DisclosureField("revision", .name, "Its revision: a commit, a tag, a version"),
        DisclosureField("manifest", .digest, "SHA-256 of its Waybill manifest"),
        DisclosureField("file", .digest, "SHA-256 of its file of weights"),
        DisclosureField(
            "relation", .choice(["adapter", "merge", "quantized", "finetune", "distilled"]), "How this model was made from it"),
        DisclosureField("license", .expression, "Its licence, as concluded by the publisher of this model"),
        DisclosureField("evidence", .location, "Where that licence is stated"),
    ]

    static let data: [DisclosureField] = [
        DisclosureField("completeness", .choice(["complete", "incomplete", "noAssertion"]), "Whether `sources` lists all data"),
        DisclosureField("terms", .expression, "Licence of this data information itself"),
        DisclosureField("location", .location, "A longer description, such as a data card"),
        DisclosureField("latestCollection", .month, "When data were last collected"),
        DisclosureField("continuousTraining", .answer, "Whether the model goes on being trained"),
        DisclosureField("sources", .list(.record(source), maximum: 1_024), "Every source of data"),
    ]

    static let source: [DisclosureField] = [
        DisclosureField("name", .name, required: true, "Name of the source"),
        DisclosureField(
            "category",
            .choice(["publicDataset", "licensed", "privateThirdParty", "crawled", "userData", "synthetic", "other"]),
            "Kind of source (EU template)"),
        DisclosureField("access", .choice(DataAccess.allCases.map(\.rawValue)), "Who can get it (OSAID)"),
        DisclosureField(
            "roles", .list(.choice(["pretrain", "finetune", "preference", "evaluation", "other"]), maximum: 5), "What it was used for"),
        DisclosureField("location", .location, "Where to get it"),
        DisclosureField("obtainedFrom", .name, "Third party to get it from"),
        DisclosureField("fee", .answer, "Whether a fee is asked"),
        DisclosureField("license", .expression, "Its licence"),
        DisclosureField("digest", .digest, "SHA-256 of the data"),
        DisclosureField("provenance", .prose, "Where it comes from"),
        DisclosureField("scope", .prose, "Scope and characteristics"),
        DisclosureField("selection", .prose, "How it was obtained and selected"),
        DisclosureField("labeling", .prose, "Labelling procedures; say so if there were none"),
        DisclosureField("processing", .prose, "Processing and filtering; say so if there was none"),
        DisclosureField(
            "datasetTypes",
            .list(
                .choice([
                    "audio", "categorical", "graph", "image", "noAssertion", "numeric", "other", "sensor", "structured", "syntactic",
                    "text",
                    "timeseries", "timestamp", "video",
                ]), maximum: 14),
            "Types of data (SPDX)"),
        DisclosureField(
            "availability", .choice(["clickthrough", "directDownload", "query", "registration", "scrapingScript"]),
            "How it can be had (SPDX)"),
        DisclosureField("modalities", .list(.choice(modalities), maximum: 5), "Modalities"),
        DisclosureField("suppliedBy", .name, "Who originated it"),
        DisclosureField("releaseTime", .date, "When it was released"),
        DisclosureField("builtTime", .date, "When it was built"),
        DisclosureField("size", .record(size), "How much"),
        DisclosureField("periodFrom", .month, "Collected from"),
        DisclosureField("periodTo", .month, "Collected until"),
        DisclosureField("languages", .names, "Languages"),
        DisclosureField("sensitivePersonalInformation", .answer, "Whether it holds sensitive personal information (SPDX)"),
        DisclosureField("anonymization", .names, "Methods of anonymisation"),
        DisclosureField("knownBias", .names, "Known biases"),
        DisclosureField("crawler", .record(crawler), "Of crawled data: by what"),
        DisclosureField("generatedBy", .names, "Of synthetic data: models that made it"),
    ]

    static let size: [DisclosureField] = [
        DisclosureField("value", .decimal, required: true, "Number"),
        DisclosureField(
            "unit", .choice(["bytes", "tokens", "words", "images", "hours", "samples", "rows", "other"]), required: true, "Of what"),
    ]

    static let crawler: [DisclosureField] = [
        DisclosureField("names", .names, "Names of the crawlers"),
        DisclosureField("purposes", .prose, "What they collect for"),
        DisclosureField("behaviour", .prose, "robots.txt, paywalls, captchas"),
        DisclosureField("domains", .location, "List of the top domains"),
    ]

    static let training: [DisclosureField] = [
        DisclosureField("information", .prose, "How the model was trained"),
        DisclosureField("computeFlop", .decimal, "Compute of the training, floating-point operations"),
        DisclosureField("hardware", .prose, "What it was trained on"),
        DisclosureField("energy", .record(energy), "Energy used (SPDX)"),
        DisclosureField("preprocessing", .names, "Steps of data preprocessing (SPDX)"),
        DisclosureField("hyperparameters", .list(.record(named), maximum: 1_024), "Hyperparameters"),
        DisclosureField("metrics", .list(.record(metric), maximum: 1_024), "Results of evaluations"),
    ]

    static let energy: [DisclosureField] = [
        DisclosureField("training", .decimal, "For training"),
        DisclosureField("finetuning", .decimal, "For fine-tuning"),
        DisclosureField("inference", .decimal, "For inference"),
        DisclosureField("unit", .choice(["kilowattHour", "megajoule", "other"]), required: true, "Of what"),
    ]

    static let named: [DisclosureField] = [
        DisclosureField("name", .name, required: true, "Name"),
        DisclosureField("value", .name, required: true, "Value, as a text"),
    ]

    static let metric: [DisclosureField] = [
        DisclosureField("name", .name, required: true, "Name of the metric"),
        DisclosureField("value", .name, required: true, "Value, as a text"),
        DisclosureField("dataset", .name, "What it was measured on"),
        DisclosureField("threshold", .name, "Threshold of a decision (SPDX)"),
    ]
}
