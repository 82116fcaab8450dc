import ArgumentParser
import NNCore
import NNReports
import NNTraining

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Validates a config and prints it with every default filled in.",
    discussion: """
      Reads the data as well, and checks the shapes of all layers, so a config that passes can be \
      trained. All errors are reported at once, each with its line and column. The output is also \
      a valid config.

      EXAMPLES:
        nntrain check mnist.yaml
        nntrain check mnist.yaml --json
        nntrain check mnist.yaml --set optimizer.adam.lr=0.01 > resolved.yaml
      """)

  @OptionGroup var configOptions: ConfigOptions
  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    try globals.useThreads()
    let config = try configOptions.load(seed: globals.seed)
    let (resolved, found) = try TrainingRun.check(config)
    let warnings = config.warnings + found
    globals.warn(warnings)
    guard !jsonOption.json else {
      var document = JSONLine()
      document.add("config", .mapping(resolved.resolvedOptions))
      document.add("warnings", warnings)
      try Console.print(document.text)
      return
    }
    try Console.print(resolved.resolvedYAML, terminator: "")
  }
}
