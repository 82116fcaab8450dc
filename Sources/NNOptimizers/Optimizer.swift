public import NNGraph

/// A rule that updates parameters from their gradients.
///
/// An optimizer sees one flat tensor with all parameters, so an update is one pass over memory.
/// Values that change from step to step (learning rate, bias corrections) are computed on the host
/// in Float64 and passed as an input; they are never constants of the graph.
public protocol Optimizer: Sendable {
  /// The name in config files: `adam`.
  var name: String { get }

  /// The learning rate without a schedule.
  var learningRate: Double { get }

  /// The state tensors of each parameter, in the order in which `update` takes them.
  var slots: [OptimizerSlot] { get }

  /// The numbers that step `step` (counted from 1) needs; their count is the same at each step.
  func scalars(step: Int, learningRate: Double) -> [Double]

  /// Adds one update to the graph.
  ///
  /// - Parameters:
  ///   - parameter: The parameters before the step.
  ///   - gradient: The gradient, of the same shape.
  ///   - slots: The state before the step.
  ///   - scalars: The output of `scalars(step:learningRate:)`, each a scalar of the parameter's
  ///     type.
  /// - Returns: Parameters and state after the step.
  func update(
    parameter: Value, gradient: Value, slots: [Value], scalars: [Value]
  ) -> (parameter: Value, slots: [Value])
}

/// A tensor that an optimizer keeps for each parameter.
public struct OptimizerSlot: Sendable, Hashable {
  /// PyTorch's name in the optimizer's state: `exp_avg`.
  public let name: String
  /// The initial value of every element.
  public let initial: Double

  /// Creates a slot.
  public init(_ name: String, initial: Double = 0) {
    self.name = name
    self.initial = initial
  }
}
