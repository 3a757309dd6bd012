import Testing
import WaybillFormat
import WaybillPapers

@Suite struct GGUFClaimsTests {
    @Test func realMetadata() throws {
        let file = try GGUFBuilder.file("SmolLM2-135M-Instruct.Q4_1.gguf") { RealModels.smolLM2(&$0) }
        let derived = PapersDerivation.derive([file])
        #expect(derived.notices.isEmpty)
        #expect(derived.values(.licenses) == ["apache-2.0"])
        #expect(derived.values(.languages) == ["en"])
        #expect(derived.papers.claims.count == 2)
        #expect(derived.evidence(.licenses, "apache-2.0") == ["SmolLM2-135M-Instruct.Q4_1.gguf: general.license"])
        #expect(derived.evidence(.languages, "en") == ["SmolLM2-135M-Instruct.Q4_1.gguf: general.languages"])
        #expect(try ModelFiles.isPublishable(derived, [file]))
    }

    @Test func everyKey() throws {
        let file = try GGUFBuilder.file {
            $0.add("general.license", "other")
            $0.add("general.license.name", "acme")
            $0.add("general.license.link", "https://example.com/l")
            $0.add("general.base_model.count", 4)
            $0.add("general.base_model.0.name", "Base")
            $0.add("general.base_model.0.organization", "Acme")
            $0.add("general.base_model.0.repo_url", "https://huggingface.co/acme/base-1b")
            $0.add("general.base_model.1.name", "Other")
            $0.add("general.base_model.1.organization", "Org")
            $0.add("general.base_model.1.repo_url", "https://example.com/org/other")
            $0.add("general.base_model.2.repo_url", "https://example.com/third")
            $0.add("general.base_model.3.name", "Fourth")
            $0.add("general.base_model.3.organization", "")
            $0.add("general.dataset.count", 1)
            $0.add("general.dataset.0.repo_url", "https://huggingface.co/datasets/acme/text/")
            $0.add("general.datasets", ["acme/text", "squad", ""])
            $0.add("general.languages", ["no", "en"])
        }
        let derived = PapersDerivation.derive([file])
        #expect(derived.notices.isEmpty)
        #expect(derived.values(.licenses) == ["other"])
        #expect(derived.values(.licenseNames) == ["acme"])
        #expect(derived.values(.licenseLinks) == ["https://example.com/l"])
        #expect(derived.values(.baseModels) == ["Fourth", "Org/Other", "acme/base-1b", "https://example.com/third"])
        #expect(derived.baseModels.map(\.name) == derived.values(.baseModels))
        #expect(derived.baseModels.allSatisfy { $0.relation == .noAssertion })
        #expect(derived.values(.datasets) == ["acme/text", "squad"])
        #expect(derived.values(.languages) == ["en", "no"])
        #expect(derived.evidence(.baseModels, "acme/base-1b") == ["model.gguf: general.base_model.0.repo_url"])
        #expect(
            derived.evidence(.baseModels, "Org/Other")
                == ["model.gguf: general.base_model.1.name", "model.gguf: general.base_model.1.organization"])
        #expect(
            derived.evidence(.datasets, "acme/text") == ["model.gguf: general.dataset.0.repo_url", "model.gguf: general.datasets"])
        #expect(try ModelFiles.isPublishable(derived, [file]))
    }

    @Test(arguments: [
        ("https://huggingface.co/acme/base", "acme/base"), ("HTTP://HF.co/acme/base/", "acme/base"),
        ("https://www.huggingface.co/a.b/c_d-1", "a.b/c_d-1"), ("https://huggingface.co/acme/base/tree/main", "Org/Name"),
        ("https://huggingface.co/datasets/acme", "Org/Name"), ("https://huggingface.co/acme", "Org/Name"),
        ("https://huggingface.co.example.com/acme/base", "Org/Name"), ("https://u@huggingface.co/acme/base", "Org/Name"),
        ("https://huggingface.co/acme/../base", "Org/Name"), ("https://huggingface.co/acme/b%61se", "Org/Name"),
        ("https://huggingface.co/acme/base?x=1", "Org/Name"), ("ftp://huggingface.co/acme/base", "Org/Name"),
        ("huggingface.co/acme/base", "Org/Name"), ("https://huggingface.co//acme/base", "Org/Name"),
    ])
    func hubAddresses(_ url: String, _ name: String) throws {
        let file = try GGUFBuilder.file {
            $0.add("general.base_model.count", 1)
            $0.add("general.base_model.0.repo_url", url)
            $0.add("general.base_model.0.organization", "Org")
            $0.add("general.base_model.0.name", "Name")
        }
        #expect(PapersDerivation.derive([file]).values(.baseModels) == [name])
    }

    struct Unusable: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var problem: String
        var fill: @Sendable (inout GGUFBuilder) -> Void
    }

    /// Beside `general.languages`, which is fine.
    private static let unusable: [Unusable] = [
        Unusable(testDescription: "number", problem: "general.license is neither text nor a list of texts") {
            $0.add("general.license", 1)
        },
        Unusable(testDescription: "invalid UTF-8", problem: "general.license is not UTF-8") {
            $0.add("general.license", raw: [0x6D, 0xFF])
        },
        Unusable(testDescription: "2,049 bytes", problem: "general.license is longer than 2048 bytes") {
            $0.add("general.license", String(repeating: "x", count: 2_049))
        },
        Unusable(testDescription: "64 KiB", problem: "general.license is longer than 64 KiB") {
            $0.add("general.license", String(repeating: "x", count: 64 << 10 + 1))
        },
        Unusable(testDescription: "no count", problem: "general.base_model has no count") {
            $0.add("general.base_model.0.name", "x")
        },
        Unusable(testDescription: "large count", problem: "general.base_model has no count") {
            $0.add("general.base_model.count", 1_025)
            $0.add("general.base_model.0.name", "x")
        },
        Unusable(testDescription: "text for a count", problem: "general.base_model has no count") {
            $0.add("general.base_model.count", "1")
            $0.add("general.base_model.0.name", "x")
        },
        Unusable(testDescription: "beyond the count", problem: "general.base_model has members beyond its count") {
            $0.add("general.base_model.count", 1)
            $0.add("general.base_model.0.name", "x")
            $0.add("general.base_model.1.name", "y")
        },
        Unusable(testDescription: "a gap", problem: "general.base_model has a member without a name") {
            $0.add("general.base_model.count", 2)
            $0.add("general.base_model.0.name", "x")
        },
        Unusable(testDescription: "a list for a name", problem: "general.base_model has a member with a list for a name") {
            $0.add("general.base_model.count", 1)
            $0.add("general.base_model.0.name", ["x", "y"])
        },
        Unusable(testDescription: "a long name", problem: "general.base_model has a member whose name is longer than 2048 bytes") {
            $0.add("general.base_model.count", 1)
            $0.add("general.base_model.0.organization", String(repeating: "x", count: 1_024))
            $0.add("general.base_model.0.name", String(repeating: "y", count: 1_024))
        },
        Unusable(testDescription: "a bad member", problem: "general.datasets is not UTF-8") {
            $0.add("general.datasets", ["good", "\u{FFFD}"])
        },
    ]

    @Test(arguments: unusable) func placesThatCannotBeRead(_ case: Unusable) throws {
        let file = try GGUFBuilder.file {
            $0.add("general.languages", ["en"])
            `case`.fill(&$0)
        }
        let derived = PapersDerivation.derive([file])
        #expect(Array(derived.papers.claims.keys) == [.languages])
        let notice = try #require(derived.notices.first)
        #expect(derived.notices.count == 1)
        #expect(notice.hasPrefix("model.gguf: \(`case`.problem)"), "\(notice)")
    }

    @Test func keysThatStandTwice() throws {
        let file = try GGUFBuilder.file {
            $0.add("general.license", "mit")
            $0.add("general.languages", ["en"])
            $0.add("general.license", "gpl-3.0")
        }
        let derived = PapersDerivation.derive([file])
        #expect(derived.isEmpty)
        #expect(derived.notices == ["model.gguf: the GGUF metadata has a key that stands twice: nothing is taken from it"])
    }

    @Test func truncated() throws {
        var builder = GGUFBuilder()
        RealModels.smolLM2(&builder)
        let bytes = builder.bytes.dropLast(64)
        let whole = PapersDerivation.derive([try ModelFiles.file("model.gguf", Array(bytes), format: .gguf)])
        #expect(whole.values(.licenses) == ["apache-2.0"])
        for count in stride(from: 0, to: bytes.count - 1, by: 7) {
            let derived = PapersDerivation.derive([try ModelFiles.file("model.gguf", Array(bytes.prefix(count)), format: .gguf)])
            #expect(derived.isEmpty)
            #expect(derived.notices == ["model.gguf: the GGUF metadata cannot be read: nothing is taken from it"])
        }
    }

    @Test func onlyFilesOfTheFormat() throws {
        var builder = GGUFBuilder()
        RealModels.smolLM2(&builder)
        let derived = PapersDerivation.derive([try ModelFiles.file("model.gguf", builder.bytes, format: .opaque)])
        #expect(derived.isEmpty)
        #expect(derived.notices.isEmpty)
        let elsewhere = PapersDerivation.derive([try ModelFiles.file("sub/weights.bin", builder.bytes, format: .gguf)])
        #expect(elsewhere.evidence(.licenses, "apache-2.0") == ["sub/weights.bin: general.license"])
    }

    @Test func indices() throws {
        let file = try GGUFBuilder.file {
            $0.add("general.base_model.count", 1)
            $0.add("general.base_model.0.name", "right")
            for index in ["00", "+0", "-1", "1024", "99999999999999999999", "", "0.0"] {
                $0.add("general.base_model.\(index).name", "wrong")
            }
        }
        let derived = PapersDerivation.derive([file])
        #expect(derived.values(.baseModels) == ["right"])
        #expect(derived.notices.isEmpty)
    }
}
