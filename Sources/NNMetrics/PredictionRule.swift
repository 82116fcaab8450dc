import NNCore

/// How scores are turned into predictions.
public enum PredictionRule: Hashable, Sendable {
  /// By shape: several scores along axis 1 predict the class with the largest score; one score for
  /// each target is a binary decision.
  case byShape
  /// The class with the largest score along axis 1; a single class is always predicted.
  case classes
  /// Each score is an independent binary decision: yes if it is above a threshold.
  case decisions

  /// Whether the scores of a batch are binary decisions.
  func readsDecisions(_ output: HostTensor, _ target: HostTensor) -> Bool {
    switch self {
    case .classes: return false
    case .decisions: return true
    case .byShape:
      let hasClasses = output.shape.rank >= 2 && output.shape[1] > 1
      return !hasClasses || (output.shape == target.shape && !target.dtype.isFloatingPoint)
    }
  }
}

/// Scores of binary decisions with their labels, element by element.
struct DecisionScores {
  let scores: [Double]
  /// Whether a target is at least ½; nil where it is ignored.
  let labels: [Bool?]

  /// Reads a batch of outputs and targets.
  ///
  /// - Throws: `NNError` when the numbers of outputs and targets differ.
  init(
    _ output: HostTensor, _ target: HostTensor, ignoreIndex: Int, metric: String
  ) throws(NNError) {
    guard output.elementCount == target.elementCount else {
      throw .invalid(
        "metric \(metric) takes targets of the output's shape \(output.shape), gets \(target.shape)"
      )
    }
    scores = output.doubles
    labels = target.doubles.map { $0 == Double(ignoreIndex) ? nil : $0 >= 0.5 }
  }

  /// The scores that are not ignored, each with its label.
  var counted: [(score: Double, label: Bool)] {
    zip(scores, labels).compactMap { score, label in label.map { (score, $0) } }
  }
}
