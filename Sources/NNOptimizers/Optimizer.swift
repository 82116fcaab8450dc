public import NNGraph

/// How parameters follow their gradients.
///
/// An optimizer sees one flat tensor with all parameters, so that a step is one pass over memory.
/// What changes from step to step (learning rate, bias corrections) is computed on the host in
/// Float64 and fed, never built into the graph.
public protocol Optimizer: Sendable {
  /// The name as in a config file: `adam`.
  var name: String { get }

  /// The learning rate without a schedule.
  var learningRate: Double { get }

  /// The state kept for each parameter, in the order in which `update` takes it.
  var slots: [OptimizerSlot] { get }

  /// The numbers that step `step` (counted from 1) needs, the same number of them at each step.
  func scalars(step: Int, learningRate: Double) -> [Double]

  /// Adds one step to the graph.
  ///
  /// - Parameters:
  ///   - parameter: Values before the step.
  ///   - gradient: Of the same shape.
  ///   - slots: The state before the step.
  ///   - scalars: What `scalars(step:learningRate:)` gave, each a scalar of the parameter's type.
  /// - Returns: Values and state after the step.
  func update(
    parameter: Value, gradient: Value, slots: [Value], scalars: [Value]
  ) -> (parameter: Value, slots: [Value])
}

/// A tensor that an optimizer keeps for each parameter.
public struct OptimizerSlot: Sendable, Hashable {
  /// PyTorch's name in the optimizer's state: `exp_avg`.
  public let name: String
  /// The first value of every element.
  public let initial: Double

  /// Creates a slot.
  public init(_ name: String, initial: Double = 0) {
    self.name = name
    self.initial = initial
  }
}
