import Foundation
import Testing
import WaybillFormat
import WaybillPapers

/// Every key of the schema can be read by its property: the vector `everything` states each of them once.
@Suite struct DisclosureFieldTests {
    private static func everything() throws -> Disclosure {
        let url = Repository.url("Protocol/vectors/disclosure/valid/everything.yaml")
        return try #require(Disclosure.read([UInt8](try Data(contentsOf: url))).disclosure)
    }

    @Test func model() throws {
        let model = try Self.everything().model
        #expect(model.name == Stated(value: "Tiny", line: 3))
        #expect(model.version == Stated(value: "1.0", line: 4))
        #expect(model.description == Stated(value: "Two lines\nof text.\n", line: 5))
        #expect(
            [model.suppliedBy, model.contact, model.releaseTime].map { $0?.value } == ["Example Lab", "papers@example.com", "2026-10-01"])
        #expect(model.downloadLocation?.value == "https://models.example.com/acme/tiny")
        #expect(model.homepage?.value == "https://example.com/tiny")
        #expect(model.approach?.value == "self-supervised")
        #expect(model.task?.value == "text-generation")
        #expect(model.typeOfModel.map(\.value) == ["transformer", "decoder-only"])
        #expect(model.architectureFamily?.value == "llama")
        #expect(model.architecture?.value == "LlamaForCausalLM")
        #expect(model.parameterCount == Stated(value: 135_000_000, line: 18))
        #expect(model.inputModalities.map(\.value) == ["text"])
        #expect(model.outputModalities.map(\.value) == ["text", "other"])
        #expect(model.languages == [Stated(value: "en", line: 21), Stated(value: "no", line: 21)])
        #expect(model.domains.map(\.value) == ["general"])
        #expect(model.intendedUse?.value == "Research on small models.")
        #expect(model.limitations?.value == "It is small.")
        #expect(model.explainability?.value == "Attention weights can be shown.")
        #expect(model.autonomy == .no)
        #expect(model.sensitivePersonalInformation == .noAssertion)
        #expect(model.safetyRisk?.value == "low")
        #expect(model.standards.map(\.value) == ["ISO/IEC 42001"])
        #expect(model.architectureInformation.status == .public)
        #expect(model.architectureInformation.location?.value == "config.json")
        #expect(model.usageInformation.status == .withheld)
        #expect(model.usageInformation.location == nil)
        #expect(model.monetisation?.value == Monetisation.none)
    }

    @Test func licenseComponentsLineage() throws {
        let disclosure = try Self.everything()
        #expect(disclosure.license.expression?.value == "Apache-2.0")
        #expect(MOFComponent.ContentType.allCases.map { disclosure.license[$0]?.value } == ["MIT", "CC-BY-4.0", "CC0-1.0"])
        #expect(disclosure.license.evidence.map(\.value) == ["LICENSE"])
        #expect(disclosure.license.comment?.value == "One text for all.")
        let component = try #require(disclosure[.finalParameters])
        #expect(component.status.value == .released)
        #expect(component.location?.value == "model.safetensors")
        #expect([component.license, component.evidence, component.comment].map { $0?.value } == ["Apache-2.0", "LICENSE", "bf16"])
        #expect(disclosure[.modelCard] == nil)
        let base = try #require(disclosure.baseModels.first)
        #expect(base.id.value == "acme/base")
        #expect(base.revision?.value == "0123abc")
        #expect(base.manifest?.value == String(repeating: "a", count: 64))
        #expect(base.file?.value == String(repeating: "b", count: 64))
        #expect(base.relation?.value == .distilled)
        #expect(base.license?.value == "MIT")
        #expect(base.evidence?.value == "https://models.example.com/acme/base")
    }

    @Test func data() throws {
        let data = try Self.everything().data
        #expect(data.completeness == .complete)
        #expect([data.terms, data.location, data.latestCollection].map { $0?.value } == ["CC-BY-4.0", "DATA.md", "2026-03"])
        #expect(data.continuousTraining == .no)
        let source = try #require(data.sources.first)
        #expect(source.line == 62)
        #expect(source.name == Stated(value: "Tiny corpus", line: 62))
        #expect(source.category?.value == .publicDataset)
        #expect(source.access?.value == .open)
        #expect(source.roles.map(\.value) == ["pretrain", "evaluation"])
        #expect(source.location?.value == "https://example.com/corpus")
        #expect(source.obtainedFrom?.value == "Example Archive")
        #expect(source.fee == .no)
        #expect(source.license?.value == "CC0-1.0")
        #expect(source.digest?.value == String(repeating: "c", count: 64))
        #expect(source.provenance?.value == "Public domain books.")
        #expect(source.scope?.value == "English prose before 1900.")
        #expect(source.selection?.value == "All books of the archive in English.")
        #expect(source.labeling?.value == "None.")
        #expect(source.processing?.value == "Headers were cut.")
        #expect(source.datasetTypes.map(\.value) == ["text"])
        #expect(source.availability?.value == "directDownload")
        #expect(source.modalities.map(\.value) == ["text"])
        #expect(source.suppliedBy?.value == "Example Archive")
        #expect(source.releaseTime?.value == "2025-01-01")
        #expect(source.builtTime?.value == "2024-12-01")
        #expect(source.size?.value.value == "1.5e9")
        #expect(source.size?.unit.value == "tokens")
        #expect([source.periodFrom?.value, source.periodTo?.value] == ["2024-01", "2024-11"])
        #expect(source.languages.map(\.value) == ["en"])
        #expect(source.sensitivePersonalInformation == .no)
        #expect(source.anonymization.map(\.value) == ["names replaced"])
        #expect(source.knownBias.map(\.value) == ["authors of one century"])
        #expect(source.crawler.names.map(\.value) == ["bot"])
        #expect(
            [source.crawler.purposes, source.crawler.behaviour, source.crawler.domains].map { $0?.value }
                == ["Books.", "Obeys robots.txt.", "domains.txt"])
        #expect(source.generatedBy.map(\.value) == ["acme/teacher"])
    }

    @Test func training() throws {
        let training = try Self.everything().training
        #expect(
            [training.information, training.computeFlop, training.hardware].map { $0?.value } == ["One epoch.", "2.1e20", "Eight GPUs."])
        #expect(training.energyForTraining?.value == "12.5")
        #expect(training.energyForFinetuning?.value == "1")
        #expect(training.energyForInference?.value == "0.001")
        #expect(training.energyUnit?.value == "kilowattHour")
        #expect(training.preprocessing.map(\.value) == ["deduplication"])
        #expect(training.hyperparameters.map { "\($0.name.value)=\($0.value.value)" } == ["learning rate=3e-4"])
        let metric = try #require(training.metrics.first)
        #expect([metric.name.value, metric.value.value] == ["perplexity", "12.3"])
        #expect([metric.dataset?.value, metric.threshold?.value] == ["held-out books", "20"])
    }

    @Test func summary() throws {
        let summary = try Self.everything().euSummary
        #expect(summary.isStated)
        #expect([summary.version, summary.lastUpdate, summary.unionPlacement].map { $0?.value } == ["1", "2026-10-02", "2026-10-01"])
        #expect(summary.provider?.name.value == "Example Lab")
        #expect(summary.provider?.contact?.value == "papers@example.com")
        #expect(summary.representative?.name.value == "Example EU")
        #expect(summary.representative?.contact == nil)
        #expect(summary.modelNames.map(\.value) == ["Tiny 1.0"])
        #expect(summary.dependencies.map(\.value) == ["acme/base"])
        let text = try #require(summary[.text])
        #expect(
            [text.band, text.size, text.content, text.latestCollection].map { $0?.value }
                == ["1BTo10T", "1.5 billion tokens", "Books.", "2024-11"])
        #expect(text.continuousTraining == .no)
        #expect([text.linguistic, text.characteristics].map { $0?.value } == ["English.", "Prose."])
        #expect(
            [summary[.image], summary[.audio], summary[.video]].map { $0?.band?.value }
                == ["lessThan1M", "lessThan10000", "lessThan10000"])
        #expect(summary[.other]?.size?.value == "none")
        let used = EUTrainingSummary.Section.allCases.map { summary[$0]?.used }
        #expect(used == [.yes, .no, .no, .no, .no, .no, .no, .no])
        #expect(summary[.publicDatasets]?.description?.value == "Tiny corpus.")
        #expect(summary[.publicDatasets]?.modalities.map(\.value) == ["text"])
        #expect(summary.topDomains?.value == "domains.txt")
        #expect(summary.codeOfPractice == .no)
        #expect(
            [summary.optOutMeasures, summary.copyrightPolicy, summary.illegalContent].map { $0?.value }
                == ["None were needed.", "https://example.com/copyright", "A list of hashes."])
        #expect([summary.otherInformation, summary.location].map { $0?.value } == ["None.", "https://example.com/summary"])
    }

    @Test func json() throws {
        let json = try Self.everything().json
        #expect(json["model"]?["parameterCount"]?.number == 135_000_000)
        #expect(json["training"]?["computeFlop"]?.text == "2.1e20")
        #expect(json["data"]?["sources"]?.elements?.first?["size"]?["unit"]?.text == "tokens")
        #expect(Disclosure.none.json == .object([:]))
    }
}
