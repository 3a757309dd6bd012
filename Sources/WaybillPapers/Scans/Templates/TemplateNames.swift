/// The words of chat templates (Protocol/SCANS.md).
enum TemplateNames {
    /// What escapes from sandboxes begin with.
    static let escapeRoots: Set<String> = [
        "lipsum", "cycler", "joiner", "self", "request", "config", "url_for", "get_flashed_messages",
    ]

    /// Attributes of escapes that do not begin with an underscore.
    static let escapeAttributes: Set<String> = [
        "mro", "func_globals", "func_code", "func_closure", "func_defaults", "im_func", "im_self", "im_class", "gi_frame", "gi_code",
        "cr_frame", "cr_code", "ag_frame", "ag_code", "tb_frame", "tb_next", "f_globals", "f_locals", "f_builtins", "f_back", "f_code",
        "co_code", "co_consts", "subclasses", "popen", "system", "eval", "exec", "environ", "builtins", "globals",
    ]

    static let functions: Set<String> = [
        "raise_exception", "strftime_now", "range", "namespace", "dict", "caller", "super", "loop", "tojson",
    ]

    static let methods: Set<String> = [
        "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith", "upper", "lower", "title", "capitalize",
        "replace", "items", "keys", "values", "get", "join", "index", "find", "rfind", "count", "isdigit", "isnumeric", "isalpha",
        "isalnum", "isspace", "islower", "isupper", "removeprefix", "removesuffix", "partition", "rpartition", "zfill", "append", "pop",
        "extend", "insert", "update", "copy", "cycle", "changed", "swapcase", "casefold", "center", "ljust", "rjust",
    ]

    static let keys: Set<String> = [
        "role", "content", "text", "type", "name", "arguments", "function", "function_call", "functions", "tool_calls", "tool_call",
        "tool_call_id", "tool_responses",
        "id", "index", "index0", "first", "last", "length", "previtem", "nextitem", "depth", "depth0", "revindex", "revindex0",
        "parameters", "properties", "required",
        "description", "return", "returns", "output", "response", "result", "results", "reasoning_content", "reasoning", "thinking",
        "thought", "image", "images",
        "image_url", "url", "video", "video_url", "audio", "audio_url", "input_audio", "documents", "document", "title", "source", "date",
        "system", "user", "assistant",
        "enum", "default", "items", "anyOf", "oneOf", "allOf", "format", "minimum", "maximum", "nullable", "additionalProperties", "key",
        "value", "data", "message",
        "messages", "tools", "tool", "system_message", "loop_messages", "tool_name", "tool_plan", "citations", "doc_id", "snippet",
        "context", "prefix", "suffix", "found",
        "is_first", "is_last", "is_tool", "last_query_index", "multi_step_tool", "weight", "mode", "channel", "recipient", "end_turn",
        "call_id", "parts",
        "custom_tools", "builtin_tools", "python", "browser", "schema", "json_schema", "definitions", "ref", "path", "label", "input",
        "inputs", "outputs",
        "queries", "query", "question", "answer", "count", "n", "i", "flag", "state", "current", "previous", "next",
    ]

    static let filters: Set<String> = [
        "abs", "batch", "capitalize", "center", "count", "d", "default", "dictsort", "e", "escape", "filesizeformat", "first", "float",
        "forceescape", "format", "groupby", "indent", "int", "items", "join", "last", "length", "list", "lower", "map", "max", "min",
        "pprint", "random", "reject", "rejectattr", "replace", "reverse", "round", "safe", "select", "selectattr", "slice", "sort",
        "string", "striptags", "sum", "title", "tojson", "trim", "truncate", "unique", "upper", "urlencode", "urlize", "wordcount",
        "wordwrap", "xmlattr", "from_json", "fromjson",
    ]

    static let tests: Set<String> = [
        "boolean", "callable", "defined", "divisibleby", "eq", "equalto", "escaped", "even", "false", "filter", "float", "ge", "gt",
        "greaterthan", "in", "integer", "iterable", "le", "lessthan", "lower", "lt", "mapping", "ne", "none", "number", "odd", "sameas",
        "sequence", "string", "test", "true", "undefined", "upper",
    ]

    /// Words that name parts of a message, not what someone wrote.
    static let partNames: Set<String> = [
        "image", "image_url", "video", "video_url", "audio", "audio_url", "input_audio", "text", "type", "content", "tool_calls",
        "tool_call",
        "thinking", "reasoning_content", "reasoning", "name", "role", "file", "document", "documents", "think", "citations", "none", "null",
    ]

    /// Whether a text is words that a person would write, and no mark of a prompt: `deploy`, but not `</think>` or `/no_think`.
    static func isWord(_ text: String) -> Bool {
        let scalars = text.unicodeScalars.filter { !$0.properties.isWhitespace }
        guard let first = scalars.first, !"<[{(/|`#*=-_:".unicodeScalars.contains(first), !text.contains("<|"), !text.contains("|>"),
            !text.contains("</")
        else { return false }
        return scalars.contains { $0.properties.isAlphabetic } && !partNames.contains(text.lowercased())
            || scalars.count > 2 && scalars.allSatisfy { ("0"..."9").contains($0) }
    }
}
