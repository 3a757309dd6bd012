/// `training`: how the model was trained and how it does. Numbers are decimal texts as written.
public struct DisclosedTraining: Sendable, Equatable {
    /// A name with its value.
    public struct Parameter: Sendable, Equatable {
        public let name: Stated<String>
        public let value: Stated<String>
    }

    /// A result of an evaluation.
    public struct Metric: Sendable, Equatable {
        public let name: Stated<String>
        public let value: Stated<String>
        public let dataset: Stated<String>?
        public let threshold: Stated<String>?
    }

    let fields: DisclosureFields

    public var information: Stated<String>? { fields.text("information") }
    /// Floating-point operations.
    public var computeFlop: Stated<String>? { fields.text("computeFlop") }
    public var hardware: Stated<String>? { fields.text("hardware") }
    public var energyForTraining: Stated<String>? { fields.record("energy").text("training") }
    public var energyForFinetuning: Stated<String>? { fields.record("energy").text("finetuning") }
    public var energyForInference: Stated<String>? { fields.record("energy").text("inference") }
    /// `kilowattHour`, `megajoule` or `other`.
    public var energyUnit: Stated<String>? { fields.record("energy").text("unit") }
    public var preprocessing: [Stated<String>] { fields.texts("preprocessing") }

    public var hyperparameters: [Parameter] {
        fields.records("hyperparameters").compactMap { item in
            guard let name = item.text("name"), let value = item.text("value") else { return nil }
            return Parameter(name: name, value: value)
        }
    }

    public var metrics: [Metric] {
        fields.records("metrics").compactMap { item in
            guard let name = item.text("name"), let value = item.text("value") else { return nil }
            return Metric(name: name, value: value, dataset: item.text("dataset"), threshold: item.text("threshold"))
        }
    }
}
