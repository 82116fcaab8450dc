import ArgumentParser
import NNCore
import NNFormats
import NNTraining

/// A config file, or a run folder with its config, with overrides.
struct RunOrConfig: ParsableArguments {
  @Argument(
    help: ArgumentHelp("A config file or a run folder.", valueName: "config-or-run"),
    completion: .file())
  var path: String

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change a value of the config; may be repeated.", valueName: "key.path=value"))
  var changes: [String] = []

  /// Reads the config.
  ///
  /// - Parameter seed: The value of `--seed`.
  func load(seed: Int?) throws(NNError) -> Config {
    let folder = RunFolder(path)
    let overrides = changes + (seed.map { ["seed=\($0)"] } ?? [])
    return FileBytes.exists(folder.config)
      ? try Config(recordedAt: folder.config, overrides: overrides)
      : try Config(contentsOf: path, overrides: overrides)
  }
}
