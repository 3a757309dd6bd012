import ArgumentParser

/// Options of every command.
struct CommonOptions: ParsableArguments {
    @Flag(name: .long, help: "Print one JSON object on standard output, nothing else.")
    var json = false

    @Flag(name: [.customShort("q"), .long], help: "No messages, progress or summary; errors remain.")
    var quiet = false
}
