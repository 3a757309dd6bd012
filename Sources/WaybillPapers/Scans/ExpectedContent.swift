/// What a name promises.
enum ExpectedContent {
    case pickle, zip, tar, compressed, numpy, safetensors, gguf, json, template, hdf5, graph, text, image, python, script, nothing

    /// - Parameters:
    ///   - name: in lower case.
    ///   - isTop: whether it is a file of the model, not a member of an archive.
    init(name: String, isTop: Bool) {
        let file = name.split(separator: "/").last.map(String.init) ?? name
        if file.hasPrefix("pytorch_model"), file.hasSuffix(".bin") || file == "data.pkl" {
            self = .pickle
            return
        }
        guard let dot = file.lastIndex(of: ".") else {
            self = .nothing
            return
        }
        self =
            switch file[file.index(after: dot)...] {
            case "pkl", "pickle", "joblib", "dill", "pt", "pth", "ckpt": .pickle
            case "zip", "npz", "keras": .zip
            case "tar": .tar
            case "gz", "tgz": .compressed
            case "npy": .numpy
            case "safetensors": .safetensors
            case "gguf": .gguf
            case "json": .json
            case "jinja", "jinja2": .template
            case "h5", "hdf5": .hdf5
            case "onnx", "pb": .graph
            case "txt", "md", "csv", "tsv", "yaml", "yml", "xml", "html", "toml", "rst", "jsonl": .text
            case "png", "jpg", "jpeg", "gif", "webp", "svg", "pdf", "mp3", "wav", "mp4": .image
            case "py": .python
            case "sh", "bash", "bat", "cmd", "ps1", "vbs", "js", "rb", "pl": .script
            default: .nothing
            }
    }

    /// In words; nil where a name promises nothing.
    var promise: String? {
        switch self {
        case .pickle: "a pickle"
        case .zip: "a zip archive"
        case .tar: "a tar archive"
        case .compressed: "compressed"
        case .numpy: "an array of numpy"
        case .safetensors: "safetensors"
        case .gguf: "GGUF"
        case .json: "JSON"
        case .hdf5: "HDF5"
        case .graph: "a graph"
        case .text: "text"
        case .image: "a picture or sound"
        case .template, .python, .script, .nothing: nil
        }
    }

    var isDataOnly: Bool {
        switch self {
        case .numpy, .safetensors, .gguf, .json, .hdf5, .graph, .text, .image: true
        default: false
        }
    }

    func accepts(_ kind: ContentKind) -> Bool {
        switch self {
        // Torch writes zip, before that pickles, before that tar; joblib compresses. What does not parse is reported as a pickle.
        case .pickle: [.pickle, .zip, .tar, .gzip, .zlib, .unreadArchive].contains(kind)
        case .zip: kind == .zip
        // A tar may be compressed whatever its name.
        case .tar, .compressed: [.tar, .gzip, .zlib, .unreadArchive].contains(kind)
        case .numpy: kind == .numpy
        case .safetensors: kind == .safetensors
        case .gguf: kind == .gguf
        case .json: kind == .json
        case .hdf5: kind == .hdf5
        case .graph: kind == .onnx || kind == .tensorflow
        case .text: kind == .unknown || kind == .json || kind == .script
        case .image: kind == .unknown
        case .template, .python, .script, .nothing: true
        }
    }
}
