import NNCore
import NNGraph

/// The batches of a training step that have run so far, if a step has several.
///
/// With gradients gᵢ and divisors dᵢ of the batches' losses, the gradient of the mean loss over all
/// their examples is Σ dᵢ·gᵢ / Σ dᵢ; for losses that are summed it is Σ gᵢ. A batch without any
/// counted target has dᵢ = 0.
struct AccumulatedBatches {
  /// The name of the input with the numbers below.
  static let inputName = "accumulation"

  /// Σ dᵢ; 1 for summed losses, and if no target counts.
  var divisor: Double { total == 0 ? 1 : total }
  /// The gradient norms by steps of sequences, if they are logged.
  var norms = AccumulatedNorms()

  /// The weight dᵢ of the last batch.
  private var weight = 0.0
  private var total = 0.0
  private var isFirst = true

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - divisor: The divisor of its loss; nil for a sum.
  ///   - isFirst: Whether it is the first batch of a step.
  mutating func add(divisor: Double?, isFirst: Bool) {
    if isFirst { self = AccumulatedBatches() }
    self.isFirst = isFirst
    weight = divisor ?? 1
    total = divisor.map { total + $0 } ?? 1
  }

  /// The value of the input for the last batch: its weight, the divisor so far, and 1 for the first
  /// batch of a step, otherwise 0.
  var numbers: [Double] { [weight, divisor, isFirst ? 1 : 0] }

  /// The numbers in a graph.
  struct Values {
    /// The weight of the batch.
    let weight: Value
    /// The divisor of the sums.
    let divisor: Value
    /// 1 for the first batch of a step, whose gradient replaces the sums; otherwise 0.
    let isFirst: Value

    init(_ graph: Graph, _ dtype: DType) {
      let input = graph.input(AccumulatedBatches.inputName, TensorType([3], dtype))
      weight = input.slice(at: 0, shape: [])
      divisor = input.slice(at: 1, shape: [])
      isFirst = input.slice(at: 2, shape: [])
    }
  }
}
