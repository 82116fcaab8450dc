package import NNCore
package import NNData
import NNLayers
import NNLosses

/// The data sets of a config, read and split.
package struct RunData: Sendable {
  package let train: Dataset
  package let validation: Dataset?
  package let test: Dataset?
  /// Probable mistakes, such as a class without training examples.
  package private(set) var warnings: [String] = []

  /// The normalisation fitted to the training targets, whether or not it is the one in use.
  let fittedTargetScale: Normalization

  /// Reads every source of a config.
  ///
  /// - Parameter targetScale: The normalisation of targets that a run started with; nil for the one
  ///   fitted to the training targets.
  /// - Throws: `NNError` that names file, line, row or column of an error.
  package init(_ config: Config, targetScale: Normalization? = nil) throws(NNError) {
    let whole = try config.load(config.makeTrainSource())
    let ignored = try config.makeLoss().ignoredLabel
    var parts: (train: Dataset, validation: Dataset?) = (whole, nil)
    if case .split(let fraction, let order, let seed) = config.data.validation {
      let split = try whole.split(
        fraction: fraction, seed: UInt64(seed ?? config.seed), order: order)
      parts = (split.train, split.validation)
    }
    fittedTargetScale = try Normalization.fit(
      config.data.normalizeTarget, onTargetsOf: parts.train)
    let scale = targetScale ?? fittedTargetScale
    func scaled(_ source: DataSource) throws(NNError) -> Dataset {
      try config.load(source, encoding: whole.encoding)
        .fitting(whole.exampleTypes(config.dtype), ignoredLabel: ignored).scalingTargets(by: scale)
    }
    train = try parts.train.scalingTargets(by: scale)
    if let source = try config.makeValidationSource() {
      validation = try scaled(source)
    } else {
      validation = try parts.validation.map { part throws(NNError) in
        try part.scalingTargets(by: scale)
      }
    }
    test = try config.makeTestSource().map { source throws(NNError) in try scaled(source) }
    for other in [validation, test] {
      guard let other, train.vocabulary == nil, other.inputShape != train.inputShape,
        !other.mayHaveOtherSteps(than: train.exampleTypes(config.dtype))
      else { continue }
      throw .invalid(
        "rows have shape \(other.inputShape), those of the training data \(train.inputShape)",
        at: other.name)
    }
    warnings = unlearntClasses(ignoring: ignored, isSplit: parts.validation != nil)
  }

  /// A warning for classes in the validation or test data without training examples.
  private func unlearntClasses(ignoring ignored: Int32, isSplit: Bool) -> [String] {
    guard train.hasLabels, train.vocabulary == nil else { return [] }
    let known = train.labels
    return [("validation", validation), ("test", test)].compactMap { part, other -> String? in
      guard let other, other.hasLabels else { return nil }
      let unknown = other.labels.subtracting(known).subtracting([ignored]).sorted()
      guard !unknown.isEmpty else { return nil }
      let names = unknown.prefix(10).map { label in
        train.classNames.flatMap { $0.indices.contains(Int(label)) ? $0[Int(label)] : nil }
          ?? "\(label)"
      }
      let remedy = part == "validation" && isSplit ? "; use a smaller split or more rows of it" : ""
      return "data: \(unknown.count == 1 ? "class" : "classes") \(names.joined(separator: ", ")) "
        + "of the \(part) data \(unknown.count == 1 ? "has" : "have") no training rows\(remedy)"
    }
  }
}

/// What the data of a config depend on: configs with equal keys share them.
package struct RunDataKey: Hashable, Sendable {
  private let sources: [ComponentConfig?]
  private let split: ValidationConfig?
  private let splitSeed: Int?
  private let normalization: NormalizationKind
  private let dtype: DType
  private let losses: [LossConfig]
  private let embedding: ComponentConfig?

  /// The key of a config.
  package init(_ config: Config) {
    let data = config.data
    sources = [data.train, data.test]
    split = data.validation
    splitSeed =
      if case .split(_, _, let seed) = data.validation { seed ?? config.seed } else { nil }
    normalization = data.normalizeTarget
    dtype = config.dtype
    losses = config.losses
    // An embedding makes the inputs tokens.
    let first = config.model.firstLayer
    let isEmbedding = first.flatMap { try? Registry.layers.build($0) } is Embedding
    embedding = isEmbedding ? first : nil
  }
}

extension Dataset {
  /// The distinct labels of the targets.
  fileprivate var labels: Set<Int32> { targets.withScalars(as: Int32.self) { Set($0) } }
}

extension Config {
  /// The config with a batch size of at most the number of training examples, unless one was set.
  package func adapted(to data: RunData) -> Config {
    var config = self
    if config.data.adaptsBatchSize {
      config.data.batchSize = min(config.data.batchSize, data.train.count)
    }
    return config
  }

  /// Reads a source in the form that the config's network and loss require.
  ///
  /// - Parameters:
  ///   - source: The source of the data.
  ///   - encoding: The encodings determined by the training data; nil for the training data
  ///     themselves.
  /// - Throws: `NNError` that names file, line, row or column of an error.
  package func load(
    _ source: DataSource, encoding: DataEncoding? = nil
  ) throws(NNError) -> Dataset {
    let target = try makeLoss().target
    var request = DataRequest(ignoredLabel: target.ignoreIndex.map { Int32(clamping: $0) })
    request.task =
      target.acceptsLabels
      ? .classification : loss.lossPredictions == .classes ? .automatic : .regression
    let first = model.firstLayer.flatMap { try? Registry.layers.build($0) }
    if let embedding = first as? Embedding {
      request.readsTokens = true
      request.vocabularySize = embedding.numEmbeddings
    }
    let dataset = try makeObjective().numbering(
      source.load(encoding: encoding, request: request))
    if let ignored = request.ignoredLabel, ignored != Dataset.ignoredLabel, dataset.hasLabels,
      dataset.tokenizers != nil, dataset.labels.contains(Dataset.ignoredLabel)
    {
      throw .invalid(
        "the targets mark ignored steps with \(Dataset.ignoredLabel), as texts of several "
          + "lengths and overlapping windows do, but `\(loss.kind)` has ignore_index \(ignored)",
        at: dataset.name, hint: "leave ignore_index out")
    }
    return dataset
  }
}

extension Objective {
  /// The data with class labels as the numbers 0, 1, … where losses of numbers read them.
  func numbering(_ dataset: Dataset) -> Dataset {
    let names = dataset.namedTargets.names
    var numbered = dataset
    for name in names {
      let readers = terms.filter { $0.targetName(among: names) == name }
      if !readers.isEmpty, !readers.contains(where: \.loss.target.acceptsLabels) {
        numbered = numbered.withNumericTargets(name)
      }
    }
    return numbered
  }
}
