import WaybillCommands

let tool = CommandLineTool(Array(CommandLine.arguments.dropFirst()))
tool.prepareProcess()
tool.runAndExit()
