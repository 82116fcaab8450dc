import NNCore
import NNData
import NNLosses

/// The data that a config names, read and split.
struct RunData {
  let train: Dataset
  let validation: Dataset?
  let test: Dataset?

  /// Reads every source of a config.
  ///
  /// - Throws: `NNError` naming file, line, row or column of whatever is wrong.
  init(_ config: Config) throws(NNError) {
    let takesLabels = try config.makeLoss().target.acceptsLabels
    // A loss over numbers sees class labels as the numbers 0, 1, ….
    func load(
      _ source: DataSource, classNames: [String]? = nil
    ) throws(NNError) -> Dataset {
      let dataset = try source.load(classNames: classNames)
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
        validation = try load(source, classNames: whole.classNames)
      } else {
        validation = nil
      }
    case nil:
      train = whole
      validation = nil
    }
    if let source = try config.makeTestSource() {
      test = try load(source, classNames: whole.classNames)
    } else {
      test = nil
    }
    for other in [validation, test] {
      guard let other, train.vocabulary == nil, other.inputShape != train.inputShape else {
        continue
      }
      throw .invalid(
        "rows have shape \(other.inputShape), those of the training data \(train.inputShape)",
        at: other.name)
    }
  }
}
