import NNCore
import NNGraph

/// The batches of a training step that have run so far, if a step has several.
///
/// With gradients gᵢ and divisors dᵢ of a loss in the batches i, the gradient of the mean loss over
/// all their examples is Σ dᵢ·gᵢ / Σ dᵢ; for losses that are summed it is Σ gᵢ. A batch in which
/// nothing counts has dᵢ = 0.
///
/// One loss needs no more than that: its gradients are summed with the weights dᵢ, and the sum is
/// divided at the end. Several losses have one gradient but different divisors. Each enters the
/// objective of batch i with its share dᵢ / Σ dᵢ, whose divisor is known before the first batch, and
/// the gradients are summed.
struct AccumulatedBatches {
  /// The name of the input with the numbers below.
  static let inputName = "accumulation"

  /// The weight of the last batch's gradient in the sums; 1 for several losses.
  private(set) var weight = 1.0
  /// What the sums are to be divided by: Σ dᵢ of the only loss; 1 for a sum, for several losses, and
  /// if nothing counts.
  var divisor: Double { total == 0 ? 1 : total }
  /// The gradient norms by steps of sequences, if they are logged.
  var norms = AccumulatedNorms()

  private var total = 1.0
  /// The numbers of the input.
  private(set) var numbers: [Double] = []

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - divisors: The divisor of each loss; nil for a sum.
  ///   - part: The part of the step that the batch is.
  mutating func add(_ divisors: [Double?], of part: BatchPart) {
    if part.index == 0 {
      norms = AccumulatedNorms()
      total = 0
    }
    numbers.removeAll(keepingCapacity: true)
    if divisors.count == 1 {
      weight = divisors[0] ?? 1
      total = divisors[0].map { total + $0 } ?? 1
      numbers.append(weight)
      numbers.append(divisor)
    } else {
      total = 1
      for (divisor, total) in zip(divisors, part.divisors) {
        numbers.append(divisor.map { total == 0 ? 0 : $0 / total } ?? 1)
      }
    }
    numbers.append(part.index == 0 ? 1 : 0)
  }

  /// The numbers in a graph.
  struct Values {
    /// The factor of each of several losses in the objective; nil for one.
    let shares: [Value]?
    /// 1 for the first batch of a step, whose gradient replaces the sums; otherwise 0.
    private let isFirst: Value
    /// The weight of the batch's gradient and the divisor of the sums; nil for several losses.
    private let only: (weight: Value, divisor: Value)?

    /// - Parameter losses: The number of losses.
    init(_ graph: Graph, _ dtype: DType, losses: Int) {
      let count = losses == 1 ? 3 : losses + 1
      let input = graph.input(AccumulatedBatches.inputName, TensorType([count], dtype))
      let numbers = (0..<count).map { input.slice(at: $0, shape: []) }
      isFirst = numbers[count - 1]
      only = losses == 1 ? (numbers[0], numbers[1]) : nil
      shares = losses == 1 ? nil : Array(numbers.dropLast())
    }

    /// A sum after this batch.
    func adding(_ gradient: Value, to sum: Value) -> Value {
      let part = only.map { gradient * $0.weight } ?? gradient
      return isFirst.select(part, sum + part)
    }

    /// The gradient of the step from its sum.
    func gradient(_ sum: Value) -> Value { only.map { sum / $0.divisor } ?? sum }
  }
}
