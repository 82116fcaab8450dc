package import NNCore
package import NNData
import NNLosses

/// The data that a config names, read and split.
package struct RunData {
  package let train: Dataset
  package let validation: Dataset?
  package let test: Dataset?

  /// Reads every source of a config.
  ///
  /// - Throws: `NNError` naming file, line, row or column of whatever is wrong.
  package init(_ config: Config) throws(NNError) {
    let takesLabels = try config.makeLoss().target.acceptsLabels
    // A loss over numbers sees class labels as the numbers 0, 1, ….
    func load(
      _ source: DataSource, encoding: DataEncoding? = nil
    ) throws(NNError) -> Dataset {
      let dataset = try source.load(encoding: encoding)
      return takesLabels ? dataset : dataset.withNumericTargets()
    }
    let whole = try load(config.makeTrainSource())
    switch config.data.validation {
    case .split(let fraction):
      let parts = try whole.split(fraction: fraction, seed: UInt64(config.seed))
      train = parts.train
      validation = parts.validation
    case .source:
      train = whole
      if let source = try config.makeValidationSource() {
        validation = try load(source, encoding: whole.encoding)
          .fitting(train.rowTypes(config.dtype))
      } else {
        validation = nil
      }
    case nil:
      train = whole
      validation = nil
    }
    if let source = try config.makeTestSource() {
      test = try load(source, encoding: whole.encoding).fitting(train.rowTypes(config.dtype))
    } else {
      test = nil
    }
    for other in [validation, test] {
      guard let other, train.vocabulary == nil, other.inputShape != train.inputShape,
        !other.mayHaveOtherSteps(than: train.rowTypes(config.dtype))
      else { continue }
      throw .invalid(
        "rows have shape \(other.inputShape), those of the training data \(train.inputShape)",
        at: other.name)
    }
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
  /// - Throws: `NNError` where they then take more memory than there is.
  func fitting(_ known: NetworkInput<(shape: Shape, dtype: DType)>) throws(NNError) -> Dataset {
    guard mayHaveOtherSteps(than: known) else { return self }
    let steps = known.rows.shape[0]
    try MemoryLimit.check(
      [count, known.rows.shape.byteCount(of: .float64)].saturatingProduct,
      "\(count) rows filled up to the \(steps) steps of the training data", at: name)
    return filledUp(toSteps: known.rows.shape[0])
  }
}
