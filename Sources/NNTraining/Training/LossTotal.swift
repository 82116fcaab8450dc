import NNCore
import NNData
import NNLosses

/// Accumulates the loss over batches, equal to that of all their examples in one batch.
struct LossTotal: Sendable, Hashable, Codable {
  /// Σ loss · divisor over the batches, or Σ loss if losses are summed.
  private(set) var sum: Double
  /// Σ divisor; 0 if losses are summed.
  private(set) var divisor: Double

  init(sum: Double = 0, divisor: Double = 0) {
    self.sum = sum
    self.divisor = divisor
  }

  /// Adds a batch's loss and its divisor; nil for a sum. A batch without any counted target, whose
  /// loss is 0/0, changes nothing.
  mutating func add(_ loss: Double, divisor: Double?) {
    guard divisor != 0 else { return }
    sum += loss * (divisor ?? 1)
    self.divisor += divisor ?? 0
  }

  /// The loss over all batches; NaN for a mean over no target.
  ///
  /// - Parameter isSum: Whether losses are summed.
  func value(isSum: Bool) -> Double { isSum ? sum : sum / divisor }
}

extension Loss {
  /// Whether the losses of batches are summed.
  var isSum: Bool { divisor(of: noTarget, examples: 1) == nil }

  /// The divisor of the loss for a batch, as `divisor(of:examples:weights:)`: every label counts,
  /// even if an example has one for each step.
  ///
  /// - Parameter target: The target that the loss reads; nil if it reads none.
  func divisor(of target: HostTensor?, in batch: BatchTargets) -> Double? {
    let target = target ?? noTarget
    let areLabels = target.dtype == .int32 && target.shape.rank == 2
    return divisor(
      of: target, examples: areLabels ? target.elementCount : batch.count, weights: batch.weights)
  }
}

/// Stands for the target of losses that read none.
private let noTarget = HostTensor([Float(0)])
