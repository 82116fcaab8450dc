import NNCore

/// How scores become predictions.
public enum PredictionRule: Hashable, Sendable {
  /// By shapes: several scores along axis 1 name the class with the largest; one score for each target
  /// is a decision.
  case byShape
  /// The class with the largest score along axis 1; a single class is always the one.
  case classes
  /// Each score is a decision of its own: yes where it is above a threshold.
  case decisions

  /// Whether each score of a batch is a decision of its own.
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

/// Scores next to what is true, element by element, where each is a decision of its own.
struct DecisionScores {
  let scores: [Double]
  /// Whether a target is at least ½; nil where it is to be ignored.
  let truths: [Bool?]

  /// Reads a batch of outputs and as many targets.
  ///
  /// - Throws: `NNError` when there are more or fewer targets than outputs.
  init(
    _ output: HostTensor, _ target: HostTensor, ignoreIndex: Int, metric: String
  ) throws(NNError) {
    guard output.elementCount == target.elementCount else {
      throw .invalid(
        "metric \(metric) takes targets of the output's shape \(output.shape), gets \(target.shape)"
      )
    }
    scores = output.doubles
    truths = target.doubles.map { $0 == Double(ignoreIndex) ? nil : $0 >= 0.5 }
  }

  /// The scores that count, each with its truth.
  var counted: [(score: Double, truth: Bool)] {
    zip(scores, truths).compactMap { score, truth in truth.map { (score, $0) } }
  }
}
