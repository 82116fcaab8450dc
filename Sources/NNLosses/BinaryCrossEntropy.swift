public import NNCore
public import NNGraph

/// −(t·ln p + (1 − t)·ln(1 − p)) of probabilities p (PyTorch's `BCELoss`).
///
/// Logarithms are at least −100, and the gradient's denominator p·(1 − p) at least 1e-12, so that
/// certain predictions stay finite. For logits use `BinaryCrossEntropyWithLogits`.
public struct BinaryCrossEntropy: Loss {
  /// A factor for each element along the last axis.
  public let weight: [Double]?
  /// What becomes of the losses of single elements.
  public let reduction: Reduction

  /// Creates the loss.
  public init(weight: [Double]? = nil, reduction: Reduction = .mean) {
    self.weight = weight
    self.reduction = reduction
  }

  /// `bce`
  public var name: String { "bce" }
  /// Numbers in 0…1.
  public var target: TargetKind { .numbers }

  /// Probabilities of decisions.
  public var output: OutputKind { .decisionProbabilities }
  /// 0…1
  public var targetRange: ClosedRange<Double>? { 0...1 }
  /// 0…1
  public var outputRange: ClosedRange<Double>? { 0...1 }

  /// The number of examples; nil for a sum.
  public func divisor(of target: HostTensor, examples: Int) -> Double? {
    reduction.divisor(examples: examples)
  }

  /// Adds the loss; `output` holds probabilities.
  public func callAsFunction(_ output: Value, _ target: Value) -> Value {
    pointwise(output, target, reduction) { output, target in
      let certain = output.log().maximum(-100)
      let uncertain = (1 - output).log().maximum(-100)
      let losses = -(target * certain + (1 - target) * uncertain)
      let differentiable = losses.graph.add(
        BoundedGradient(), [losses.detached(), output, target])[0]
      return constant(weight, like: output, axis: -1).map { differentiable * $0 } ?? differentiable
    }
  }

  /// The losses, seen by the gradient walk as a function of probabilities and targets.
  ///
  /// The derivative of the clamped logarithm at 0 is 0·∞; PyTorch bounds the denominator instead.
  private struct BoundedGradient: ViewOp {
    static let name = "binaryCrossEntropy"
    /// PyTorch holds this number in Float32, also where it computes in Float64.
    static let smallest = Double(Float(1e-12))

    func inferTypes(_ inputs: [TensorType]) -> [TensorType] { [inputs[0]] }

    func gradient(_ context: GradientContext) -> [Value?] {
      let (output, target) = (context.inputs[1], context.inputs[2])
      let slope = (output - target) / (output * (1 - output)).maximum(Self.smallest)
      let towardsTarget = (1 - output).log().maximum(-100) - output.log().maximum(-100)
      return [nil, context.cotangent * slope, context.cotangent * towardsTarget]
    }

    func byteOffset(input: TensorType) -> Int { 0 }
  }
}
