import ArgumentParser
import NNCore
import NNTraining

/// A config file with changes to it.
struct ConfigOptions: ParsableArguments {
  @Argument(help: "The config: a YAML or JSON file.", completion: .file())
  var config: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change a value of the config, such as optimizer.adam.lr=0.01; may be repeated.",
      valueName: "key.path=value"))
  var changes: [String] = []

  @OptionGroup var seedOptions: SeedOptions

  /// The changes with that of `--seed`, which comes last.
  var overrides: [String] { changes + (seedOptions.seed.map { ["seed=\($0)"] } ?? []) }

  /// Reads the config.
  func load() throws(NNError) -> Config { try Config(contentsOf: config, overrides: overrides) }
}
