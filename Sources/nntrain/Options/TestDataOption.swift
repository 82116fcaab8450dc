import ArgumentParser
import NNCore
import NNData
import NNFormats
import NNTraining

/// `--data`, for commands that use a trained network on test data.
struct TestDataOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The test data: a named source, a source as in a config, an .npz or .csv file, or a folder of \
      images or texts (default: the test source of the run).
      """, valueName: "source"))
  var data: String?

  /// The examples of the source, encoded like the run's training data.
  ///
  /// - Parameters:
  ///   - model: The run's network.
  ///   - folder: The run's folder, for messages.
  ///   - seed: The seed of generated data; nil for that of the config.
  /// - Throws: `NNError` if there is no source, or if it cannot be read.
  func dataset(
    for model: TrainedModel, in folder: String, seed: Int?
  ) throws(NNError) -> Dataset {
    var config = try model.recordedConfig()
    if let data { return try model.dataset(from: data, seed: seed) }
    if let seed, let source = config.data.test?.source {
      config.data.test = .source(source.replacing("seed", with: .integer(seed)))
    }
    guard let test = try config.loadTestData(encoding: model.encoding) else {
      let example = try config.makeTrainSource().example
      throw .invalid(
        "the run's config has no test source", at: folder,
        hint: "give one with --data, such as --data \(example)")
    }
    return test
  }
}

/// `--data`, for commands that analyze a trained network.
struct AnalyzedDataOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The examples: a named source, a source as in a config, or an .npz or .csv file (default: the \
      run's test data, else its validation data, else its training data).
      """, valueName: "source"))
  var data: String?

  /// The examples, encoded like the run's training data.
  ///
  /// - Parameter model: The run's network.
  /// - Throws: `NNError` if they cannot be read.
  func dataset(for model: TrainedModel) throws(NNError) -> Dataset {
    if let data { return try model.dataset(from: data, seed: nil) }
    let config = try model.recordedConfig()
    if let test = try config.loadTestData(encoding: model.encoding) { return test }
    let data = try RunData(config)
    return data.validation ?? data.train
  }
}

extension TrainedModel {
  /// The examples of a source that an option names, encoded like the training data.
  ///
  /// - Parameter seed: The seed of generated data; nil for that of the config.
  /// - Throws: `NNError` if there is no such source, or if it cannot be read.
  fileprivate func dataset(from data: String, seed: Int?) throws(NNError) -> Dataset {
    let config = try recordedConfig()
    return try config.load(
      source(named: data, in: config, seed: seed ?? config.seed), encoding: encoding)
  }

  private func source(
    named data: String, in config: Config, seed: Int
  ) throws(NNError) -> DataSource {
    // A file name alone is read like the training data's file, a folder like their folder.
    let isFolder = FileBytes.exists("\(data)/.")
    let folderKind = config.data.train.kind == "text_folder" ? "text_folder" : "image_folder"
    let kind =
      TableKind.of(path: data)?.rawValue
      ?? (data.hasSuffix(".npz") ? "npz" : isFolder ? folderKind : nil)
    if let kind, !data.contains("{"), config.data.train.kind == kind {
      var config = config
      if kind == folderKind {
        // A table of files belongs to one folder.
        config.data.test = .source(
          config.data.train.replacing("path", with: .string(data))
            .replacing("manifest", with: .null).replacing("target", with: .null))
      } else {
        config.data.test = .source(config.data.train.replacing(kind, with: .string(data)))
      }
      config.crossValidate = nil
      if let source = try config.makeTestSource() { return source }
    }
    return try Config.dataSource(from: data, seed: seed, encoding: encoding)
  }
}

extension ComponentConfig {
  /// The component with another value for one of its options.
  fileprivate func replacing(_ name: String, with value: ConfigValue) -> ComponentConfig {
    var copy = self
    for index in copy.options.indices where copy.options[index].name == name {
      copy.options[index].value = value
    }
    return copy
  }
}
