/// Metadata of published models, trimmed.
enum RealModels {
    /// sentence-transformers/all-MiniLM-L6-v2.
    static let miniLM = """
        ---
        language: en
        license: apache-2.0
        library_name: sentence-transformers
        tags:
        - sentence-transformers
        - feature-extraction
        - sentence-similarity
        - transformers
        datasets:
        - s2orc
        - flax-sentence-embeddings/stackexchange_xml
        - ms_marco
        - gooaq
        - yahoo_answers_topics
        - code_search_net
        - search_qa
        - eli5
        - snli
        - multi_nli
        - wikihow
        - natural_questions
        - trivia_qa
        - embedding-data/sentence-compression
        - embedding-data/flickr30k-captions
        - embedding-data/altlex
        - embedding-data/simple-wiki
        - embedding-data/QQP
        - embedding-data/SPECTER
        - embedding-data/PAQ_pairs
        - embedding-data/WikiAnswers
        pipeline_tag: sentence-similarity
        ---


        # all-MiniLM-L6-v2
        This is a [sentence-transformers](https://www.SBERT.net) model: It maps sentences & paragraphs to a 384 dimensional dense vector space.

        """

    /// The metadata of SmolLM2-135M-Instruct.Q4_1.gguf that is about the model, in its order.
    static func smolLM2(_ builder: inout GGUFBuilder) {
        builder.add("general.architecture", "llama")
        builder.add("general.type", "model")
        builder.add("general.name", "Smollm2 135M 8k Lc100K Mix1 Ep2")
        builder.add("general.organization", "HuggingFaceTB")
        builder.add("general.finetune", "8k-lc100k-mix1-ep2")
        builder.add("general.basename", "smollm2")
        builder.add("general.size_label", "135M")
        builder.add("general.license", "apache-2.0")
        builder.add("general.languages", ["en"])
        builder.add("llama.block_count", 30)
        builder.add("tokenizer.ggml.tokens", ["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
        builder.add("general.quantization_version", 2)
    }

    /// Front matter as on cards of gated models: prose in block texts, with marks that mean something to YAML elsewhere.
    static let gated = """
        language:
        - en
        - "no"
        license: other
        license_name: acme-community
        license_link: https://example.com/LICENSE
        extra_gated_prompt: >-
          ### ACME COMMUNITY LICENSE AGREEMENT

          "**Agreement**" means the terms & conditions: use, copy, *modify* & share.

          * item: one
          *bold* and &amp; and !important
          1. a. {b} [c]
        extra_gated_fields:
          First Name: text
          Country: country
          By clicking Submit below I accept the terms: checkbox
        model-index:
        - name: tiny
          results:
          - task: {type: text-generation}
            metrics:
            - type: accuracy
              value: 71.5
        base_model:
        - acme/base
        """
}
