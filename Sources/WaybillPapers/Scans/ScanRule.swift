/// A rule of Protocol/SCANS.md, by its name there.
public enum ScanRule: String, Sendable, CaseIterable {
    case pickleDangerousGlobal = "pickle.dangerous-global"
    case pickleUnlistedGlobal = "pickle.unlisted-global"
    case pickleUnresolvedGlobal = "pickle.unresolved-global"
    case pickleUnknownCall = "pickle.unknown-call"
    case pickleExtension = "pickle.extension"
    case pickleBuildOnGlobal = "pickle.build-on-global"
    case pickleMalformed = "pickle.malformed"
    case pickleLimit = "pickle.limit"
    case pickleEmbedded = "pickle.embedded"
    case pickleAllocation = "pickle.allocation"
    case picklePersistentID = "pickle.persistent-id"
    case pickleTrailingData = "pickle.trailing-data"

    case contentCodeInstead = "content.code-instead"
    case contentMismatch = "content.mismatch"
    case contentPolyglot = "content.polyglot"
    case executableBinary = "executable.binary"
    case executableScript = "executable.script"

    case archivePath = "archive.path"
    case archiveLinkEscape = "archive.link-escape"
    case archiveHeaderMismatch = "archive.header-mismatch"
    case archiveOverlap = "archive.overlap"
    case archiveLink = "archive.link"
    case archiveSpecialFile = "archive.special-file"
    case archiveDuplicateName = "archive.duplicate-name"
    case archiveAmbiguousEnd = "archive.ambiguous-end"
    case archiveUnlistedData = "archive.unlisted-data"
    case archiveBomb = "archive.bomb"
    case archiveEncrypted = "archive.encrypted"
    case archiveUnreadable = "archive.unreadable"
    case archiveMalformed = "archive.malformed"
    case archiveDepth = "archive.depth"
    case numpyMalformed = "numpy.malformed"

    case safetensorsHeader = "safetensors.header"
    case safetensorsLeadingSpace = "safetensors.leading-space"
    case safetensorsDuplicateKey = "safetensors.duplicate-key"
    case safetensorsTensor = "safetensors.tensor"
    case safetensorsOverlap = "safetensors.overlap"
    case safetensorsHole = "safetensors.hole"
    case safetensorsTrailingBytes = "safetensors.trailing-bytes"
    case safetensorsMetadata = "safetensors.metadata"
    case ggufHeader = "gguf.header"
    case ggufDuplicateKey = "gguf.duplicate-key"
    case ggufDuplicateTensor = "gguf.duplicate-tensor"
    case ggufNestedArray = "gguf.nested-array"
    case ggufAlignment = "gguf.alignment"
    case ggufTensor = "gguf.tensor"
    case ggufOverlap = "gguf.overlap"
    case ggufHole = "gguf.hole"
    case ggufTrailingBytes = "gguf.trailing-bytes"

    case templateMalformed = "template.malformed"
    case templateLimit = "template.limit"
    case templateUnderscoreAttribute = "template.underscore-attribute"
    case templateAttrFilter = "template.attr-filter"
    case templateImport = "template.import"
    case templateEscapeRoot = "template.escape-root"
    case templateBuiltName = "template.built-name"
    case templateScript = "template.script"
    case templateUnusualMethod = "template.unusual-method"
    case templateUnknownCall = "template.unknown-call"
    case templateUnknownFilter = "template.unknown-filter"
    case templateComputedItem = "template.computed-item"
    case templateContentCondition = "template.content-condition"
    case templateTimeCondition = "template.time-condition"
    case templateHiddenCharacters = "template.hidden-characters"
    case templateLink = "template.link"
    case templateUnusualAttribute = "template.unusual-attribute"

    case codeAutoMap = "code.auto-map"
    case codeAutoMapRemote = "code.auto-map-remote"
    case codeCustomModule = "code.custom-module"
    case codePython = "code.python"
    case codeBytecode = "code.bytecode"
    case codeTorchScript = "code.torchscript"
    case codeTrustRemoteCode = "code.trust-remote-code"
    case jsonMalformed = "json.malformed"
    case jsonDuplicateKey = "json.duplicate-key"
    case indexPath = "index.path"
    case kerasLambda = "keras.lambda"
    case kerasCustomObject = "keras.custom-object"
    case tensorflowOperation = "tensorflow.operation"
    case onnxExternalPath = "onnx.external-path"
    case onnxCustomDomain = "onnx.custom-domain"
    case protobufMalformed = "protobuf.malformed"

    public var severity: ScanSeverity {
        switch self {
        case .pickleDangerousGlobal, .pickleUnlistedGlobal, .pickleUnresolvedGlobal, .pickleUnknownCall, .pickleExtension,
            .pickleBuildOnGlobal, .pickleMalformed, .pickleLimit, .pickleEmbedded, .contentCodeInstead, .archivePath, .archiveLinkEscape,
            .archiveHeaderMismatch, .archiveOverlap, .templateMalformed, .templateLimit, .templateUnderscoreAttribute,
            .templateAttrFilter, .templateImport, .templateEscapeRoot, .templateBuiltName, .templateScript, .kerasLambda,
            .tensorflowOperation, .onnxExternalPath:
            .unsafe
        case .picklePersistentID, .pickleTrailingData, .executableScript, .templateUnusualAttribute, .codePython, .onnxCustomDomain:
            .note
        default: .suspicious
        }
    }
}
