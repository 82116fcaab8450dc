public import NNCore
public import NNGraph

/// A loss defined by a function of output and target.
///
/// ```swift
/// let loss = CustomLoss("log_cosh", reduction: .mean) { output, target in
///   ((output - target).exp() + (target - output).exp()).log()
/// }
/// ```
public struct CustomLoss: ReducedLoss {
  /// The name in tables.
  public let name: String
  /// The kind of targets that the loss expects.
  public let target: TargetKind
  /// How the function's losses of elements become one number; `none` where it returns one number.
  public let reduction: Reduction
  private let function: @Sendable (_ output: Value, _ target: Value) -> Value

  /// Creates a loss from its function.
  ///
  /// - Parameters:
  ///   - name: The name in tables.
  ///   - target: The kind of targets that the loss expects.
  ///   - reduction: How the function's losses of elements become one number; `none` (default) for a
  ///     function that returns one number, whose examples cannot have weights.
  ///   - function: Returns the loss, or the losses of elements [N, …].
  public init(
    _ name: String = "custom", target: TargetKind = .numbers, reduction: Reduction = .none,
    _ function: @escaping @Sendable (_ output: Value, _ target: Value) -> Value
  ) {
    self.name = name
    self.target = target
    self.reduction = reduction
    self.function = function
  }

  /// Without a reduction the number of labels that are not ignored; otherwise that of examples, nil
  /// for a sum.
  public func divisor(of target: HostTensor, examples: Int, weights: HostTensor?) -> Double? {
    reduction == .none
      ? counted(in: target, examples: examples, weights: weights)
      : reduction.divisor(examples: examples, weights: weights)
  }

  /// Adds the function to the graph.
  public func elements(_ tensors: [Value]) -> ElementLosses {
    ElementLosses(function(tensors[0], tensors[1]))
  }
}
