import ArgumentParser
import NNTraining

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Validates a config and prints it with every default filled in.",
    discussion: """
      Reads the data too, and fits every layer to them, so that a config that passes can be \
      trained. All mistakes are told at once, each with its line and column. What is printed is a \
      config again.

      EXAMPLES:
        nntrain check mnist.yaml
        nntrain check mnist.yaml --set optimizer.adam.lr=0.01 > resolved.yaml
      """)

  @OptionGroup var configOptions: ConfigOptions

  func run() throws {
    let config = try configOptions.load()
    let (resolved, warnings) = try TrainingRun.check(config)
    Console.warn(config.warnings + warnings)
    try Console.print(resolved.resolvedYAML, terminator: "")
  }
}
