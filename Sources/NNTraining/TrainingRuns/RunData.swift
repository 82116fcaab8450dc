package import NNCore
package import NNData
import NNGraph
import NNLayers
import NNLosses

/// The data sets of a config, read and split.
package struct RunData: Sendable {
  package let train: Dataset
  package let validation: Dataset?
  package let test: Dataset?
  /// Probable mistakes, such as a class without training examples.
  package private(set) var warnings: [String] = []
  /// The rows of the training source in each part.
  package let partition: Partition
  /// What was filled in, unknown, clipped or left out, by the part of the run.
  package var notes: [(part: DataPart, notes: [DataNote])] {
    // Parts of the training data's source share its notes.
    let all: [(part: DataPart, notes: [DataNote])] = [
      (.training, train.notes),
      (.validation, partition.validation == nil ? validation?.notes ?? [] : []),
      (.test, partition.test == nil ? test?.notes ?? [] : []),
    ]
    return all.filter { !$0.notes.isEmpty }
  }

  /// The normalisation fitted to the training targets, whether or not it is the one in use.
  let fittedTargetScale: Normalization

  /// Reads every source of a config.
  ///
  /// Everything that is fitted to data is fitted to the training rows of the partition alone.
  ///
  /// - Parameters:
  ///   - config: The config.
  ///   - known: The whole training source, if it has been read; nil to read it.
  ///   - targetScale: The normalisation of targets that a run started with; nil for the one fitted to
  ///     the training targets.
  /// - Throws: `NNError` that names file, line, row or column of an error.
  package init(
    _ config: Config, whole known: Dataset? = nil, targetScale: Normalization? = nil
  ) throws(NNError) {
    let whole = if let known { known } else { try config.loadTrainingSource() }
    let ignored = try config.makeLoss().ignoredLabel
    partition = try config.partition(of: whole.splitRows)
    // Columns of tables, too, are fitted to the training rows alone.
    let isWhole = partition.train.count == whole.count
    let fitted = try isWhole ? whole : whole.fittingColumns(to: partition.train)
    let training = isWhole ? fitted : fitted.selecting(partition.train)
    fittedTargetScale = try Normalization.fit(
      config.data.normalizeTarget, onTargetsOf: training)
    let scale = targetScale ?? fittedTargetScale
    func scaled(_ source: DataSource) throws(NNError) -> Dataset {
      try config.load(source, encoding: training.encoding)
        .fitting(fitted.exampleTypes(config.dtype), ignoredLabel: ignored).scalingTargets(by: scale)
    }
    func heldOut(
      _ source: DataSource?, else rows: [Int]?
    ) throws(NNError) -> Dataset? {
      if let source { return try scaled(source) }
      return try rows.map { rows throws(NNError) in
        try fitted.selecting(rows).scalingTargets(by: scale)
      }
    }
    train = try training.scalingTargets(by: scale)
    validation = try heldOut(config.makeValidationSource(), else: partition.validation)
    test = try heldOut(config.makeTestSource(), else: partition.test)
    for other in [validation, test] {
      guard let other, train.vocabulary == nil, other.inputShape != train.inputShape,
        !other.mayHaveOtherSteps(than: train.exampleTypes(config.dtype))
      else { continue }
      throw .invalid(
        "rows have shape \(other.inputShape), those of the training data \(train.inputShape)",
        at: other.name)
    }
    warnings = partition.notes + unlearntClasses(ignoring: ignored)
  }

  /// A warning for classes in the validation or test data without training examples.
  private func unlearntClasses(ignoring ignored: Int32) -> [String] {
    guard train.hasLabels, train.vocabulary == nil || train.targetShape.rank == 0 else { return [] }
    let known = train.labels
    return [
      ("validation", validation, partition.validation != nil),
      ("test", test, partition.test != nil),
    ].compactMap { part, other, isSplit -> String? in
      guard let other, other.hasLabels else { return nil }
      let unknown = other.labels.subtracting(known).subtracting([ignored]).sorted()
      guard !unknown.isEmpty else { return nil }
      let names = unknown.prefix(10).map { label in
        train.classNames.flatMap { $0.indices.contains(Int(label)) ? $0[Int(label)] : nil }
          ?? "\(label)"
      }
      let remedy = isSplit ? "; use a smaller split or more rows of it" : ""
      return "data: \(unknown.count == 1 ? "class" : "classes") \(names.joined(separator: ", ")) "
        + "of the \(part) data \(unknown.count == 1 ? "has" : "have") no training rows\(remedy)"
    }
  }
}

/// What the data of a config depend on: configs with equal keys share them.
package struct RunDataKey: Hashable, Sendable {
  private let training: ComponentConfig
  private let heldOut: [HeldOutConfig?]
  private let folds: CrossValidationConfig?
  private let subset: SubsetRule?
  private let normalization: NormalizationKind
  private let dtype: DType
  private let losses: [LossConfig]
  private let embedding: ComponentConfig?

  /// The key of a config.
  package init(_ config: Config) {
    // With the seeds that divide the rows written out.
    let config = config.reseeded(config.seed)
    let data = config.data
    training = data.train
    heldOut = [data.validation, data.test]
    folds = config.crossValidate
    subset = data.subset
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
  /// The config with what depends on the training data: a batch size of at most their number, unless
  /// one was set, and the weights of classes.
  ///
  /// - Throws: `NNError` for weights of classes that the data do not have.
  package func adapted(to data: RunData) throws(NNError) -> Config {
    var config = try weightingClasses(of: data.train)
    if config.data.adaptsBatchSize {
      config.data.batchSize = min(config.data.batchSize, data.train.count)
    }
    return config
  }

  /// Reads the whole training source, from which parts may be held out.
  ///
  /// - Throws: `NNError` that names file, line, row or column of an error.
  package func loadTrainingSource() throws(NNError) -> Dataset { try load(makeTrainSource()) }

  /// The test data as a trained network reads them; nil if the config names none.
  ///
  /// - Parameter encoding: The encodings of the network's training data.
  /// - Throws: `NNError` that names file, line, row or column of an error.
  package func loadTestData(encoding: DataEncoding) throws(NNError) -> Dataset? {
    if testIsHeldOut {
      let data = try RunData(self)
      guard data.train.classNames == encoding.classNames else {
        throw .invalid(
          "the classes are no longer those that the run was trained with", at: data.train.name,
          hint: "the test rows are part of the training source; restore it, or name others with "
            + "--data")
      }
      return data.test
    }
    return try makeTestSource().map { source throws(NNError) in
      try load(source, encoding: encoding)
    }
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
    if case .imageFolder = source { request.threads = Machine.current.threads }
    let first = model.firstLayer.flatMap { try? Registry.layers.build($0) }
    request.groupBy = groupColumns
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
