import NNCore
import NNData

/// The data that a config names, read and split.
struct RunData {
  let train: Dataset
  let validation: Dataset?
  let test: Dataset?

  /// Reads every source of a config.
  ///
  /// - Throws: `NNError` naming file, line, row or column of whatever is wrong.
  init(_ config: Config) throws(NNError) {
    let whole = try config.makeTrainSource().load()
    switch config.data.validation {
    case .split(let fraction):
      let parts = try whole.split(fraction: fraction, seed: UInt64(config.seed))
      train = parts.train
      validation = parts.validation
    case .source:
      train = whole
      validation = try config.makeValidationSource()?.load(classNames: whole.classNames)
    case nil:
      train = whole
      validation = nil
    }
    test = try config.makeTestSource()?.load(classNames: whole.classNames)
    for other in [validation, test] {
      guard let other, other.inputShape != train.inputShape else { continue }
      throw .invalid(
        "rows have shape \(other.inputShape), those of the training data \(train.inputShape)",
        at: other.name)
    }
  }
}
