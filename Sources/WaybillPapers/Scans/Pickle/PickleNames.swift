/// What pickles may import, and what is known to do harm (Protocol/SCANS.md).
enum PickleNames {
    enum Verdict {
        case allowed
        case unlisted
        case dangerous
        /// No name that Python could import.
        case impossible
    }

    static func verdict(_ global: PickleGlobal) -> Verdict {
        if isAllowed(module: global.module, name: global.name) { return .allowed }
        // With a dotted name, protocol 4 walks attributes: `collections` and `abc.sys.modules`.
        if isDangerous(module: global.module, name: global.name) { return .dangerous }
        return isPath(global.module) && isPath(global.name) ? .unlisted : .impossible
    }

    /// Identifiers with points between them.
    static func isPath(_ text: String) -> Bool {
        var isStart = true
        for scalar in text.unicodeScalars {
            if scalar == "." {
                if isStart { return false }
                isStart = true
            } else if isStart {
                guard scalar == "_" || scalar.properties.isXIDStart else { return false }
                isStart = false
            } else {
                guard scalar == "_" || scalar.properties.isXIDContinue else { return false }
            }
        }
        return !isStart
    }

    // MARK: Allowed

    static func isAllowed(module: String, name: String) -> Bool {
        guard let names = allowed[module] else { return false }
        return names.contains(name)
    }

    /// Bytes of an element of a storage class of torch.
    static let storageWidths: [String: Int] = [
        "FloatStorage": 4, "DoubleStorage": 8, "HalfStorage": 2, "BFloat16Storage": 2, "LongStorage": 8, "IntStorage": 4,
        "ShortStorage": 2, "CharStorage": 1, "ByteStorage": 1, "BoolStorage": 1, "ComplexFloatStorage": 8, "ComplexDoubleStorage": 16,
        "QUInt8Storage": 1, "QInt8Storage": 1, "QInt32Storage": 4, "QUInt4x2Storage": 1, "QUInt2x4Storage": 1, "UntypedStorage": 1,
    ]

    private static let torchTypes: Set<String> = [
        "float16", "float32", "float64", "bfloat16", "half", "float", "double", "int8", "int16", "int32", "int64", "uint8", "uint16",
        "uint32", "uint64", "short", "int", "long", "bool", "complex32", "complex64", "complex128", "cfloat", "cdouble", "chalf",
        "quint8", "qint8", "qint32", "quint4x2", "quint2x4", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz",
        "float8_e8m0fnu", "float4_e2m1fn_x2", "bits8", "bits16", "bits1x8", "bits2x4", "bits4x2",
        "strided", "sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc", "contiguous_format", "channels_last",
        "channels_last_3d", "preserve_format", "per_tensor_affine", "per_channel_affine", "per_tensor_symmetric",
        "per_channel_symmetric", "per_channel_affine_float_qparams",
        "Size", "device", "Tensor",
    ]

    private static let numpyTypes: Set<String> = [
        "bool", "bool_", "int8", "int16", "int32", "int64", "intc", "intp", "int_", "longlong", "uint8", "uint16", "uint32", "uint64",
        "uintc",
        "uintp", "uint", "ulonglong", "float16", "float32", "float64", "longdouble", "float128", "half", "single", "double", "complex64",
        "complex128", "clongdouble", "str_", "bytes_", "void", "datetime64", "timedelta64", "dtype", "ndarray",
    ]

    private static let allowed: [String: Set<String>] = [
        "collections": ["OrderedDict", "Counter", "defaultdict", "deque"],
        "builtins": [
            "set", "frozenset", "bytearray", "bytes", "complex", "slice", "range", "list", "dict", "tuple", "int", "float", "bool", "str",
            "object",
        ],
        "copyreg": ["_reconstructor"],
        "_codecs": ["encode"],
        "datetime": ["datetime", "date", "time", "timedelta", "timezone"],
        "decimal": ["Decimal"], "fractions": ["Fraction"], "uuid": ["UUID"], "argparse": ["Namespace"],
        "pathlib": pathTypes, "pathlib._local": pathTypes,
        "torch": torchTypes.union(storageWidths.keys).subtracting(["UntypedStorage"]),
        "torch.cuda": Set(storageWidths.keys).subtracting(["UntypedStorage"]),
        "torch.storage": ["UntypedStorage", "TypedStorage", "_TypedStorage"],
        "torch._utils": [
            "_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3", "_rebuild_parameter", "_rebuild_parameter_with_state",
            "_rebuild_qtensor", "_rebuild_sparse_tensor", "_rebuild_sparse_csr_tensor", "_rebuild_meta_tensor_no_storage",
            "_rebuild_nested_tensor", "_rebuild_device_tensor_from_numpy", "_rebuild_device_tensor_from_cpu_tensor",
        ],
        "torch._tensor": ["_rebuild_from_type_v2"],
        "torch.nn.parameter": ["Parameter", "Buffer"],
        "torch.serialization": ["_get_layout"],
        "numpy": numpyTypes,
        "numpy.dtypes": [
            "BoolDType", "Int8DType", "Int16DType", "Int32DType", "Int64DType", "UInt8DType", "UInt16DType", "UInt32DType", "UInt64DType",
            "Float16DType", "Float32DType", "Float64DType", "Complex64DType", "Complex128DType", "StrDType", "BytesDType", "LongLongDType",
            "ULongLongDType", "DateTime64DType", "TimeDelta64DType",
        ],
        "numpy.core.multiarray": ["_reconstruct", "scalar"], "numpy._core.multiarray": ["_reconstruct", "scalar"],
        "numpy.core.numeric": ["_frombuffer"], "numpy._core.numeric": ["_frombuffer"],
        "joblib.numpy_pickle": ["NumpyArrayWrapper"],
    ]

    private static let pathTypes: Set<String> = ["Path", "PosixPath", "WindowsPath", "PurePath", "PurePosixPath", "PureWindowsPath"]

    // MARK: Dangerous

    /// Whether the name, or one that it walks over, is known for harm. Only makes a finding plainer: what is not allowed is unsafe anyway.
    static func isDangerous(module: String, name: String) -> Bool {
        let parts = module.split(separator: ".").map(String.init)
        if let first = parts.first, dangerousModules.contains(first) { return true }
        if dangerousNames.contains(module + "." + name) { return true }
        if parts.contains(where: dangerousModules.contains) { return true }
        let path = name.split(separator: ".").map(String.init)
        guard path.count > 1 || module == "builtins" else { return false }
        return path.contains { dangerousAttributes.contains($0) || dangerousModules.contains($0) }
    }

    /// A name of the dangerous ones that ordinary words are not taken for.
    static func isUnmistakable(module: String, name: String) -> Bool {
        isDangerous(module: module, name: name) && dangerousCalls.contains(name)
    }

    private static let dangerousCalls: Set<String> = [
        "system", "popen", "Popen", "call", "check_call", "check_output", "run", "getoutput", "getstatusoutput", "execv", "execve", "execl",
        "execlp", "execvp", "spawnl", "spawnv", "posix_spawn", "startfile", "eval", "exec", "compile", "__import__", "open", "getattr",
        "setattr", "import_module", "loads", "load", "run_path", "run_module", "_run_code", "spawn", "rmtree", "remove", "unlink",
        "urlopen", "urlretrieve", "attrgetter", "methodcaller", "interact", "runcode", "apply", "execfile", "CDLL",
    ]

    private static let dangerousAttributes: Set<String> = [
        "eval", "exec", "compile", "__import__", "open", "getattr", "setattr", "delattr", "globals", "locals", "vars", "breakpoint",
        "input", "execfile", "apply", "memoryview", "type", "__dict__", "__globals__", "__subclasses__", "__class__", "__base__",
        "__bases__", "__mro__", "__getattribute__", "__getattr__", "__setattr__", "__builtins__", "__init__", "__reduce__",
        "__reduce_ex__", "__call__", "__code__", "modules", "system", "popen", "help", "map", "filter", "__build_class__",
    ]

    private static let dangerousModules: Set<String> = [
        "os", "posix", "nt", "ntpath", "posixpath", "subprocess", "_posixsubprocess", "commands", "popen2", "sys", "pty", "platform",
        "shutil", "tempfile", "glob", "fileinput", "io", "_io", "runpy", "importlib", "_frozen_importlib", "imp", "pkgutil",
        "zipimport", "ctypes", "_ctypes", "cffi", "marshal", "pickle", "_pickle", "cPickle", "dill", "cloudpickle", "shelve",
        "types", "code", "codeop", "pdb", "bdb", "cmd", "timeit", "trace", "profile", "cProfile", "pydoc", "doctest", "unittest",
        "test", "idlelib", "lib2to3", "distutils", "setuptools", "pip", "venv", "ensurepip", "webbrowser", "antigravity", "this",
        "socket", "_socket", "socketserver", "ssl", "select", "selectors", "asyncio", "asyncore", "asynchat", "multiprocessing",
        "concurrent", "threading", "_thread", "signal", "sched", "http", "httplib", "urllib", "urllib2", "urllib3", "requests", "httpx",
        "aiohttp", "ftplib", "smtplib", "telnetlib", "poplib", "imaplib", "nntplib", "xmlrpc", "paramiko", "operator", "_operator",
        "functools", "_functools", "itertools", "inspect", "gc", "site", "sysconfig", "atexit", "linecache", "logging", "ast", "dis",
        "symtable", "readline", "rlcompleter", "resource", "mmap", "winreg", "_winapi", "msvcrt", "builtin", "__main__", "bokeh", "IPython",
    ]

    private static let dangerousNames: Set<String> = [
        "torch.load", "torch.hub.load", "torch.hub.load_state_dict_from_url", "torch.hub.download_url_to_file",
        "torch.storage._load_from_bytes", "torch.serialization.load", "torch.jit.load", "torch.ops.load_library", "torch.compile",
        "torch.jit.unsupported_tensor_ops.execWrapper", "torch._dynamo.guards.GuardBuilder.get", "torch.utils.cpp_extension.load",
        "torch.utils.cpp_extension.load_inline", "torch.utils.collect_env.run", "torch._inductor.codecache.compile_file",
        "torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression", "torch.distributed.rpc.rpc_sync",
        "numpy.load", "numpy.save", "numpy.fromfile", "numpy.memmap", "numpy.loadtxt", "numpy.genfromtxt",
        "numpy.testing._private.utils.runstring",
        "numpy.f2py.crackfortran.getlincoef", "numpy.f2py.crackfortran.myeval", "numpy.f2py.crackfortran._eval_length",
        "numpy.core.multiarray.fromfile", "numpy.ctypeslib.load_library", "pandas.eval", "pandas.read_pickle",
        "pandas.io.pickle.read_pickle",
        "pandas.core.computation.eval.eval", "joblib.load", "joblib.numpy_pickle.load", "joblib.numpy_pickle.NDArrayWrapper",
        "sklearn.externals.joblib.load", "tensorflow.io.read_file", "tensorflow.io.write_file", "tensorflow.load_op_library",
        "keras.models.load_model", "codecs.open", "copyreg.add_extension", "_codecs.decode", "codecs.decode", "codecs.getdecoder",
        "collections.namedtuple", "_collections_abc.sys", "pathlib.os", "builtins.callable", "getpass.getpass", "uuid._get_command_stdout",
    ]
}
