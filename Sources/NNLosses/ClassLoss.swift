public import NNCore
import NNGraph

/// A loss of the likelihood of class labels, which may have a weight for each class.
public protocol ClassLoss: ReducedLoss {
  /// A weight for each class; nil for 1 each.
  var weight: [Double]? { get }
  /// Labels with this value are ignored.
  var ignoreIndex: Int { get }
}

extension ClassLoss {
  /// Classes.
  public var predictions: PredictionKind? { .classes }

  /// For a mean over labels, Σ class weight of the labels that are not ignored; otherwise the number
  /// of examples; nil for a sum. Examples with weights count that many times.
  public func divisor(of target: HostTensor, examples: Int, weights: HostTensor?) -> Double? {
    guard reduction == .mean, target.dtype == .int32 else {
      return reduction.divisor(examples: examples, weights: weights)
    }
    return ClassLikelihood.weight(
      of: target, weights: weight, ignoreIndex: ignoreIndex, examples: weights)
  }

  /// The poisoned result for an output without a class axis; nil otherwise.
  func rankProblem(of output: Value) -> ElementLosses? {
    guard output.shape.rank < 1 else { return nil }
    return ElementLosses(
      output.graph.report("loss \(name) takes an output [N, classes], gets \(output.shape)"))
  }
}
