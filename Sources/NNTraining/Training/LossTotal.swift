import NNCore
import NNData
import NNLosses

/// The loss over many batches, as the loss gives it for all their rows at once.
struct LossTotal {
  /// Σ loss · divisor over the batches, or Σ loss where losses add up.
  private(set) var sum: Double
  /// Σ divisor; 0 where losses add up.
  private(set) var divisor: Double

  init(sum: Double = 0, divisor: Double = 0) {
    self.sum = sum
    self.divisor = divisor
  }

  /// Takes in a batch's loss and what it was divided by; nil where it is a sum. A batch in which
  /// nothing counts, whose loss is 0/0, changes nothing.
  mutating func add(_ loss: Double, divisor: Double?) {
    guard divisor != 0 else { return }
    sum += loss * (divisor ?? 1)
    self.divisor += divisor ?? 0
  }

  /// The loss over all batches; NaN for a mean over nothing.
  ///
  /// - Parameter isSum: Whether losses add up.
  func value(isSum: Bool) -> Double { isSum ? sum : sum / divisor }
}

extension Loss {
  /// Whether the losses of batches add up.
  var isSum: Bool { divisor(of: HostTensor([Float(0)]), examples: 1) == nil }
}

extension Loss {
  /// What the loss divides its sum over a batch by, as `divisor(of:examples:)`: every label counts,
  /// also where a row has one for each step.
  func divisor(of batch: Batch) -> Double? {
    let targets = batch.targets
    let areLabels = targets.dtype == .int32 && targets.shape.rank == 2
    return divisor(of: targets, examples: areLabels ? targets.elementCount : batch.count)
  }
}
