import NNGraph

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The options and the update shared by `Adam` and `AdamW`.
public struct AdamRule: Sendable, Hashable {
  /// The learning rate.
  public let learningRate: Double
  /// β₁, the decay rate of the first moment.
  public let firstBeta: Double
  /// β₂, the decay rate of the second moment.
  public let secondBeta: Double
  /// ε, added to the denominator.
  public let epsilon: Double
  /// The weight decay: a factor of the L2 penalty, or of the decay if decoupled.
  public let weightDecay: Double
  /// Whether weight decay applies to the parameters instead of the gradient.
  public let isDecoupled: Bool
  /// Whether to use the largest second moment so far (AMSGrad).
  public let amsgrad: Bool
  /// Whether to maximize the loss.
  public let maximize: Bool

  var slots: [OptimizerSlot] {
    [OptimizerSlot("exp_avg"), OptimizerSlot("exp_avg_sq")]
      + (amsgrad ? [OptimizerSlot("max_exp_avg_sq")] : [])
  }

  func scalars(step: Int, learningRate: Double) -> [Double] {
    let first = 1 - pow(firstBeta, Double(step))
    let second = 1 - pow(secondBeta, Double(step))
    return [learningRate / first, second.squareRoot(), 1 - learningRate * weightDecay]
  }

  func update(
    parameter: Value, gradient: Value, slots: [Value], scalars: [Value]
  ) -> (parameter: Value, slots: [Value]) {
    let gradient = prepared(
      gradient, parameter: parameter, maximize: maximize,
      weightDecay: isDecoupled ? 0 : weightDecay)
    let start = isDecoupled && weightDecay != 0 ? parameter * scalars[2] : parameter
    let first = slots[0] + (gradient - slots[0]) * (1 - firstBeta)
    let second = slots[1] * secondBeta + gradient.square() * (1 - secondBeta)
    let largest = amsgrad ? slots[2].maximum(second) : second
    let denominator = largest.sqrt() / scalars[1] + epsilon
    return (
      start - first / denominator * scalars[0], [first, second] + (amsgrad ? [largest] : [])
    )
  }
}
