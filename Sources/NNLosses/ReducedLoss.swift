public import NNCore
public import NNGraph

/// A loss that is the sum or mean of the losses of elements, so that examples can be weighted.
///
/// ```swift
/// struct LogCosh: ReducedLoss {
///   var name: String { "log_cosh" }
///   var target: TargetKind { .numbers }
///   var reduction: Reduction { .mean }
///
///   func elements(_ tensors: [Value]) -> ElementLosses {
///     let difference = tensors[0] - tensors[1]
///     return ElementLosses((difference.exp() + (-difference).exp()).log())
///   }
/// }
/// ```
public protocol ReducedLoss: Loss {
  /// How the losses of elements become one number.
  var reduction: Reduction { get }

  /// Adds the losses of elements to the graph.
  ///
  /// A target that is incompatible with the output is recorded in the graph and poisons the result.
  ///
  /// - Parameter tensors: In the order of `roles`.
  func elements(_ tensors: [Value]) -> ElementLosses
}

extension ReducedLoss {
  /// Adds the loss of output and target to the graph.
  public func callAsFunction(_ output: Value, _ target: Value) -> Value {
    self([output, target], weights: nil)
  }

  /// Adds the loss to the graph.
  public func callAsFunction(_ tensors: [Value]) -> Value { self(tensors, weights: nil) }

  /// Adds the loss of weighted examples to the graph; see `Reduction`.
  public func callAsFunction(_ tensors: [Value], weights: Value?) -> Value {
    if let poisoned = tensors.first(where: \.isPoisoned) { return poisoned }
    return reduction(elements(tensors), weights: weights, of: name)
  }

  /// The sum of the examples' weights; nil for a sum.
  public func divisor(of target: HostTensor, examples: Int, weights: HostTensor?) -> Double? {
    reduction.divisor(examples: examples, weights: weights)
  }
}
