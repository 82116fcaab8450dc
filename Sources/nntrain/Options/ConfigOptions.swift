import ArgumentParser
import NNCore
import NNTraining

/// A config file with overrides.
struct ConfigOptions: ParsableArguments {
  @Argument(help: "The config: a YAML or JSON file.", completion: .file())
  var config: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change a value of the config, such as optimizer.adam.lr=0.01; may be repeated.",
      valueName: "key.path=value"))
  var changes: [String] = []

  /// The overrides, followed by that of `--seed`.
  func overrides(seed: Int?) -> [String] { changes + (seed.map { ["seed=\($0)"] } ?? []) }

  /// Reads the config.
  ///
  /// - Parameter seed: The value of `--seed`.
  func load(seed: Int?) throws(NNError) -> Config {
    guard !RunFolder(config).holdsRun else {
      throw .invalid(
        "is a run folder; expected a config file", at: config,
        hint: "a run's config is \(RunFolder(config).config)")
    }
    return try Config(contentsOf: config, overrides: overrides(seed: seed))
  }
}
