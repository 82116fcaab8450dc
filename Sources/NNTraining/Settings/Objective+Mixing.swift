import NNCore
import NNLosses

/// Targets of mixed examples.
extension Objective {
  /// Why examples and targets cannot be mixed; nil if they can.
  ///
  /// - Parameter name: The augmentation.
  func problem(mixingBy name: String) -> NNError? {
    guard terms.count == 1 else {
      return .invalid(
        "`\(name)` mixes one target, and there are \(terms.count) losses", hint: "leave it out")
    }
    if case .classLabels = main.target {
      return .invalid(
        "`\(name)` mixes labels to distributions, and the loss `\(main.name)` takes labels",
        hint: "use cross_entropy")
    }
    return nil
  }

  /// Why examples cannot be mixed in adversarial training.
  ///
  /// - Parameter name: The augmentation.
  static func problem(mixingPerturbed name: String) -> NNError {
    .invalid(
      "`\(name)` mixes targets, and adversarial training perturbs examples of one target",
      hint: "leave one of them out")
  }
}
