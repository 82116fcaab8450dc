import NNCore
import NNData
import NNFormats
import NNText

/// A checkpoint from which a run continues, and its comparison with the present config and data.
struct Resumption {
  /// The saved state.
  let checkpoint: Checkpoint
  /// The normalisation that the weights were trained with; nil if unknown.
  let normalization: Normalization?
  /// The normalisation of targets that they were trained with; nil if unknown.
  let targetScale: Normalization?
  /// Warnings for the user before the run continues.
  private(set) var warnings: [String]

  private let folder: RunFolder
  private let origin: CheckpointOrigin?
  /// The recorded config; nil if unknown.
  private let recorded: Config?
  /// The schedules that the run started with; nil if unknown.
  var recordedSchedule: [ComponentConfig]? { recorded?.schedule }
  private var differences: [ConfigDifference] = []
  private let skipped: [(path: String, error: NNError)]

  /// Options that affect how long a run trains and what it writes, but not what it learns.
  private static let harmless = [
    "name", "epochs", "early_stopping", "metrics", "checkpoint", "log", "search",
  ]
  /// The last part of options that determine where inputs are, on which no number depends.
  private static let storage = ".stream"
  /// Options that determine the batches of an epoch.
  private static let order = [
    "seed", "data.batch_size", "data.shuffle", "data.shuffle_window", "data.sampler",
    "data.drop_last", "data.validation",
    "data.test", "data.subset", "cross_validate", "accumulate",
  ]

  /// Finds a folder's newest intact checkpoint; nil if there is none.
  ///
  /// - Throws: `NNError` if there are checkpoints but none can be read, or if the config has
  ///   another optimizer or floating-point type.
  init?(in folder: RunFolder, for config: Config) throws(NNError) {
    guard let found = try Checkpoint.search(folder.checkpoints) else { return nil }
    checkpoint = found.checkpoint
    skipped = found.skipped
    self.folder = folder
    origin = try CheckpointOrigin(of: checkpoint, in: folder)
    warnings = []
    do throws(NNError) {
      normalization = try origin?.facts?.normalization()
      targetScale = try origin?.facts?.targetScale()
    } catch { throw error.at(folder.path) }
    recorded = try? origin.map { origin throws(NNError) in
      try Config(recorded: origin.config, source: "config.yaml")
    }
    guard let old = recorded else { return }
    compare(with: config)
    // Until the data have been read, a batch size that adapts to them is unknown.
    if config.data.adaptsBatchSize { differences.removeAll { $0.name == "data.batch_size" } }
    let (was, now) = (old.optimizer.kind, config.optimizer.kind)
    if was != now {
      // The options of different optimizers cannot be compared.
      throw refusal(
        "the checkpoint holds the optimizer state of \(was), which \(now) cannot continue")
    }
    try requireGroups(of: old, in: config)
    if old.dtype != config.dtype {
      throw refusal(
        "the checkpoint's numbers are \(old.dtype), those of the config \(config.dtype)")
    }
  }

  /// Rejects other groups of parameters: a group's optimizer state has the layout of its parameters.
  private func requireGroups(of old: Config, in config: Config) throws(NNError) {
    func text(_ patterns: [String]) -> String { "[\(patterns.joined(separator: ", "))]" }
    if old.freeze != config.freeze {
      throw refusal(
        "the run froze other parameters: freeze \(text(old.freeze)) -> \(text(config.freeze))")
    }
    func groups(_ config: Config) -> [String] {
      config.optimizerGroups.map { group in
        "\(text(group.parameters)) by \(group.resolved(from: config.optimizer).kind)"
      }
    }
    let (was, now) = (groups(old), groups(config))
    if was != now {
      throw refusal(
        "the checkpoint holds the optimizer state of other parameter groups: "
          + "\(was.isEmpty ? "none" : was.joined(separator: "; ")) -> "
          + "\(now.isEmpty ? "none" : now.joined(separator: "; "))")
    }
  }

  /// Lists the options that affect learning and differ from the recorded config.
  private mutating func compare(with config: Config) {
    guard let recorded else { return }
    // Held-out rows are missing in training; other test data do not matter.
    var harmless = Self.harmless
    if !recorded.testIsHeldOut, !config.testIsHeldOut { harmless.append("data.test") }
    if [recorded, config].allSatisfy({ $0.crossValidate?.fold == nil }),
      recorded.groupColumns == config.groupColumns
    {
      harmless.append("cross_validate")
    }
    differences = ConfigDifference.list(from: recorded, to: config).filter { difference in
      !harmless.contains { Self.is(difference.name, within: $0) }
        && !(Self.is(difference.name, within: "data") && difference.name.hasSuffix(Self.storage))
    }
  }

  /// Compares the config and the data with those of the checkpoint.
  ///
  /// - Parameters:
  ///   - config: The config, adapted to the data.
  ///   - data: The training data.
  ///   - fitted: The normalisation of inputs fitted to these data.
  ///   - targets: The normalisation of targets fitted to these data.
  /// - Throws: `NNError` if classes, tokens or column names have changed, or, in the middle of an
  ///   epoch, if batches would have other examples.
  mutating func check(
    _ config: Config, _ data: Dataset, fitted: Normalization, targets: Normalization
  ) throws(NNError) {
    compare(with: config)
    let isMoved = differences.contains { difference in
      Self.order.contains { Self.is(difference.name, within: $0) }
    }
    if checkpoint.progress.stepInEpoch > 0, isMoved { throw middleOfEpoch() }
    for (kind, was, now) in [
      ("input", origin?.facts?.featureNames, data.featureNames),
      ("target", origin?.facts?.targetNames, data.targetNames),
    ] {
      guard let was, let now, was != now else { continue }
      throw .invalid(
        "the \(kind) columns are no longer those that the run was trained with: "
          + "\(was.joined(separator: ", ")) -> \(now.joined(separator: ", "))", at: data.name,
        hint: "name them in the source, such as features: [\(was.joined(separator: ", "))]")
    }
    if let facts = origin?.facts, facts.classNames != data.classNames {
      func text(_ names: [String]?) -> String {
        guard let names else { return "no names" }
        return names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", …" : "")
      }
      throw .invalid(
        "the classes are no longer those that the run was trained with: "
          + "\(text(facts.classNames)) -> \(text(data.classNames))", at: data.name,
        hint: "resume with the data that the run started with, or begin a new run")
    }
    if let facts = origin?.facts, facts.columns != data.columns {
      let changed = Set(data.columns ?? []).symmetricDifference(facts.columns ?? []).map(\.name)
      throw .invalid(
        "columns are no longer encoded as the run was trained with: "
          + Set(changed).sorted().prefix(12).joined(separator: ", "), at: data.name,
        hint: "resume with the data and options that the run started with, or begin a new run")
    }
    if let tokenizers = data.tokenizers { try check(tokenizers, of: data) }
    var changes = differences.map(\.description)
    if let rows = origin?.rows, rows != data.count {
      if checkpoint.progress.stepInEpoch > 0 { throw middleOfEpoch(rows: (rows, data.count)) }
      changes.append("training rows \(rows) -> \(data.count)")
    }
    if !changes.isEmpty {
      warnings.append(
        "\(folder.path): the run continues with other settings, so it will not end with the same "
          + "bits as an uninterrupted run: \(changes.joined(separator: "; "))")
    }
    for (subject, kept, found) in [
      ("normalisation", normalization, fitted), ("normalisation of targets", targetScale, targets),
    ] {
      guard let kept, kept != found else { continue }
      warnings.append(
        "\(folder.path): the \(subject) fitted when the run began is kept, since the weights were "
          + "trained with it; the data would now result in another one\(Self.example(kept, found))")
    }
  }

  /// Renames the newer checkpoints that could not be read.
  mutating func setAsideDamaged() {
    for (path, error) in skipped {
      let target = Checkpoint.setAside(path)
      warnings.append(
        "\(error.withoutHint); continuing from step \(checkpoint.progress.step)"
          + (target.map { "; the file is now called \($0)" } ?? ""))
    }
  }

  /// Extends the error of a state that is incompatible with the network by the differences.
  func explained(_ error: NNError) -> NNError {
    guard !differences.isEmpty else { return error.at(folder.path) }
    return NNError(
      error.kind, error.message, at: error.place.map { "\(folder.path): \($0)" } ?? folder.path,
      hint: "what differs from the run: \(list()); resume with the old values, or begin a new run")
  }

  // MARK: - Parts

  private func check(_ tokenizers: TokenizerPair, of data: Dataset) throws(NNError) {
    for (path, tokenizer) in [
      (folder.tokenizer, tokenizers.input), (folder.targetTokenizer, tokenizers.output),
    ] where RunFolder.exists(path) {
      let text = try TokenizerFile.encoded(tokenizer)
      guard try FileBytes.read(path).elementsEqual(text.utf8) else {
        throw .invalid(
          "the texts are no longer split into the tokens of \(path), which the run was trained "
            + "with", at: data.name,
          hint: "resume with the data that the run started with, or begin a new run")
      }
    }
  }

  private func middleOfEpoch(rows: (Int, Int)? = nil) -> NNError {
    let progress = checkpoint.progress
    let changes = list(rows.map { ["training rows \($0.0) -> \($0.1)"] } ?? [])
    return refusal(
      "the checkpoint was written after step \(progress.stepInEpoch) of epoch \(progress.epoch + 1), "
        + "whose remaining batches would change with the new settings: \(changes)")
  }

  private func refusal(_ message: String) -> NNError {
    .invalid(
      message, at: folder.path,
      hint: "resume with the old values, or begin a new run with the weights: "
        + "--init \(folder.model)")
  }

  private func list(_ more: [String] = []) -> String {
    (differences.map(\.description) + more).joined(separator: "; ")
  }

  private static func `is`(_ name: String, within section: String) -> Bool {
    name == section || name.hasPrefix(section + ".")
  }

  private static func example(_ old: Normalization, _ new: Normalization) -> String {
    func text(_ scale: Normalization, _ channel: Int) -> String {
      guard scale.offsets.indices.contains(channel) else { return "none" }
      return "(x - \(scale.offsets[channel])) / \(scale.divisors[channel])"
    }
    let count = max(old.offsets.count, new.offsets.count)
    let channel = (0..<count).first { text(old, $0) != text(new, $0) }
    return channel.map { " (channel \($0): \(text(old, $0)) -> \(text(new, $0)))" } ?? ""
  }
}
