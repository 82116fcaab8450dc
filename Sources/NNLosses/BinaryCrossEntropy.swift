public import NNCore
public import NNGraph

/// −(t·ln p + (1 − t)·ln(1 − p)) of probabilities p (PyTorch's `BCELoss`).
///
/// Logarithms are clamped to at least −100, and the gradient's denominator p·(1 − p) to at least
/// 1e-12, so that the loss of a prediction of 0 or 1 stays finite. For logits use
/// `BinaryCrossEntropyWithLogits`.
public struct BinaryCrossEntropy: ReducedLoss {
  /// A factor for each element along the last axis.
  public let weight: [Double]?
  /// The reduction of the element losses.
  public let reduction: Reduction

  /// Creates the loss.
  public init(weight: [Double]? = nil, reduction: Reduction = .mean) {
    self.weight = weight
    self.reduction = reduction
  }

  /// The name in config files: `bce`.
  public var name: String { "bce" }
  /// Targets are numbers in 0…1.
  public var target: TargetKind { .numbers }

  /// Outputs are probabilities of binary labels.
  public var output: OutputKind { .binaryProbabilities }
  /// Binary labels.
  public var predictions: PredictionKind? { .classes }
  /// Targets lie in 0…1.
  public var targetRange: ClosedRange<Double>? { 0...1 }
  /// Outputs lie in 0…1.
  public var outputRange: ClosedRange<Double>? { 0...1 }

  /// Adds the losses of elements to the graph; `output` holds probabilities.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    pointwise(tensors) { output, target in
      let certain = output.log().maximum(-100)
      let uncertain = (1 - output).log().maximum(-100)
      let losses = -(target * certain + (1 - target) * uncertain)
      // The derivative of the clamped logarithm at 0 is 0 · ∞; PyTorch clamps the denominator instead.
      let differentiable = losses.withGradient(of: [output, target]) { cotangent, sources in
        let (output, target) = (sources[0], sources[1])
        let gradient = (output - target) / (output * (1 - output)).maximum(smallestDenominator)
        let byTarget = (1 - output).log().maximum(-100) - output.log().maximum(-100)
        return [cotangent * gradient, cotangent * byTarget]
      }
      return constant(weight, like: output, axis: -1).map { differentiable * $0 } ?? differentiable
    }
  }
}

/// PyTorch stores this number in Float32 even when it computes in Float64.
private let smallestDenominator = Double(Float(1e-12))
