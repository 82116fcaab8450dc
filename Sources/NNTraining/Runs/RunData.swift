package import NNCore
package import NNData
import NNLosses

/// The data that a config names, read and split.
package struct RunData {
  package let train: Dataset
  package let validation: Dataset?
  package let test: Dataset?
  /// What is allowed but hardly meant, such as a class without training rows.
  package private(set) var warnings: [String] = []

  /// The scale that the training targets give, whether or not it is the one in use.
  let fittedTargetScale: Normalization

  /// Reads every source of a config.
  ///
  /// - Parameter targetScale: The scale of targets that a run started with; nil for the one that the
  ///   training targets give.
  /// - Throws: `NNError` naming file, line, row or column of whatever is wrong.
  package init(_ config: Config, targetScale: Normalization? = nil) throws(NNError) {
    let whole = try config.load(config.makeTrainSource())
    let ignored = try config.makeLoss().ignoredLabel
    var parts: (train: Dataset, validation: Dataset?) = (whole, nil)
    if case .split(let fraction, let order) = config.data.validation {
      let split = try whole.split(fraction: fraction, seed: UInt64(config.seed), order: order)
      parts = (split.train, split.validation)
    }
    fittedTargetScale = try Normalization.fit(
      config.data.normalizeTarget, onTargetsOf: parts.train)
    let scale = targetScale ?? fittedTargetScale
    func scaled(_ source: DataSource) throws(NNError) -> Dataset {
      try config.load(source, encoding: whole.encoding)
        .fitting(whole.rowTypes(config.dtype), ignoredLabel: ignored).scalingTargets(by: scale)
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
        !other.mayHaveOtherSteps(than: train.rowTypes(config.dtype))
      else { continue }
      throw .invalid(
        "rows have shape \(other.inputShape), those of the training data \(train.inputShape)",
        at: other.name)
    }
    warnings = unlearntClasses(ignoring: ignored, isSplit: parts.validation != nil)
  }

  /// A warning for the classes that validation or test data have and the training rows have not.
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

extension Dataset {
  /// The labels that stand among the targets.
  fileprivate var labels: Set<Int32> { targets.withScalars(as: Int32.self) { Set($0) } }
}

extension Config {
  /// The config with a batch size of at most the number of training rows, unless one was given.
  package func adapted(to data: RunData) -> Config {
    var config = self
    if config.data.adaptsBatchSize {
      config.data.batchSize = min(config.data.batchSize, data.train.count)
    }
    return config
  }

  /// Reads a source as the config's network and loss take it.
  ///
  /// - Parameters:
  ///   - source: Where the data come from.
  ///   - encoding: What the training data settled; nil for the training data themselves.
  /// - Throws: `NNError` naming file, line, row or column of whatever is wrong.
  package func load(
    _ source: DataSource, encoding: DataEncoding? = nil
  ) throws(NNError) -> Dataset {
    let target = try makeLoss().target
    var request = DataRequest(ignoredLabel: target.ignoreIndex.map { Int32(clamping: $0) })
    request.task =
      target.acceptsLabels
      ? .classification : loss.lossTarget == .classes ? .automatic : .regression
    if let first = model.first?.component, first.kind == "embedding" {
      request.readsTokens = true
      if case .integer(let size) = first["num_embeddings"] { request.vocabularySize = size }
    }
    let dataset = try source.load(encoding: encoding, request: request)
    // A loss over numbers sees class labels as the numbers 0, 1, ….
    guard target.acceptsLabels else { return dataset.withNumericTargets() }
    if let ignored = request.ignoredLabel, ignored != Dataset.ignoredLabel, dataset.hasLabels,
      dataset.tokenizers != nil, dataset.labels.contains(Dataset.ignoredLabel)
    {
      throw .invalid(
        "the targets mark steps that do not count with \(Dataset.ignoredLabel), as texts of several "
          + "lengths and overlapping windows do, and `\(loss.kind)` has ignore_index \(ignored)",
        at: dataset.name, hint: "leave ignore_index out")
    }
    return dataset
  }
}

extension Dataset {
  /// Whether these rows, or those that a network was trained on, are series of several lengths, so
  /// that the two may differ in their steps.
  func mayHaveOtherSteps(than known: NetworkInput<(shape: Shape, dtype: DType)>) -> Bool {
    let (own, known) = (rowTypes(known.rows.dtype), known)
    let (shape, other) = (own.rows.shape.dimensions, known.rows.shape.dimensions)
    return vocabulary == nil && (own.lengths != nil || known.lengths != nil)
      && shape.count == other.count && shape.count >= 2
      && shape.dropFirst().elementsEqual(other.dropFirst())
  }

  /// The same series, filled up to the steps of those that a network was trained on.
  ///
  /// - Parameter ignoredLabel: The label of steps after the end, which does not count.
  /// - Throws: `NNError` where they then take more memory than there is.
  func fitting(
    _ known: NetworkInput<(shape: Shape, dtype: DType)>, ignoredLabel: Int32
  ) throws(NNError) -> Dataset {
    guard mayHaveOtherSteps(than: known) else { return self }
    let steps = known.rows.shape[0]
    try MemoryLimit.check(
      [count, known.rows.shape.byteCount(of: .float64)].saturatingProduct,
      "\(count) rows filled up to the \(steps) steps of the training data", at: name)
    return filledUp(toSteps: steps, label: ignoredLabel)
  }
}
