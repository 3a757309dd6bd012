import Testing
import WaybillFormat
import WaybillPapers

@Suite struct ModelWeightsTests {
    @Test(arguments: [
        "model.safetensors", "model-00001-of-00002.safetensors", "pytorch_model.bin", "sub/onnx/MODEL.ONNX", "m.gguf", "m.pt", "m.pth",
        "m.ckpt",
        "m.onnx_data", "m.h5", "m.hdf5", "m.keras", "flax_model.msgpack", "m.npz", "m.tflite", "m.mlmodel", "m.pb", "m.pdparams", "m.nemo",
        "m.llamafile", "m.ggml", "adapter_model.bin",
    ])
    func weights(_ path: String) throws {
        #expect(ModelWeights.contains(try ModelPath(path), size: 1, format: .opaque))
        #expect(!ModelWeights.contains(try ModelPath(path), size: 0, format: .opaque))
    }

    @Test(arguments: [
        "README.md", "config.json", "tokenizer.json", "model.safetensors.index.json", "training_args.bin", "optimizer.pt", "scheduler.pt",
        "rng_state_0.pth", "scaler.pt", "random_states_0.pkl", "bin", "model.bin.md", "safetensors", ".bin", "data.parquet",
    ])
    func others(_ path: String) throws {
        #expect(!ModelWeights.contains(try ModelPath(path), size: 1, format: .opaque))
    }

    @Test func contentCountsWhateverTheName() throws {
        for format in [FileFormat.safetensors, .gguf] {
            #expect(ModelWeights.contains(try ModelPath("README.md"), size: 1, format: format))
            #expect(!ModelWeights.contains(try ModelPath("model.gguf"), size: 0, format: format))
        }
    }

    @Test func byPath() throws {
        let files = try [
            ModelFiles.file("b.bin", [1]), ModelFiles.file("a.gguf", [1]), ModelFiles.file("c.txt", [1]), ModelFiles.file("d.bin", []),
        ]
        #expect(ModelWeights.paths(in: files).map(\.text) == ["a.gguf", "b.bin"])
    }
}
