public import NNGraph

/// A rule that updates parameters from their gradients.
///
/// There are three kinds. Most rules treat every element alike and conform to
/// ``ElementwiseOptimizer``; rules that depend on the shapes of parameters conform to
/// ``GraphOptimizer``; methods that evaluate the loss several times per step, such as L-BFGS,
/// conform to ``ClosureOptimizer``.
public protocol Optimizer: Sendable {
  /// The name in config files: `adam`.
  var name: String { get }

  /// The learning rate without a schedule.
  var learningRate: Double { get }
}

/// An optimizer whose update is part of the graph of a training step.
///
/// It sees one flat tensor with all parameters of a group, and can view it parameter by parameter:
///
/// ```swift
/// /// Scales the step of each tensor by the ratio of its norm to that of its gradient.
/// func update(_ step: OptimizerUpdate) -> (parameters: Value, state: [Value]) {
///   let layout = step.layout
///   let moved = zip(layout.parts(of: step.parameters), layout.parts(of: step.gradient)).map {
///     $0 - $1 * ($0.norm() / $1.norm()) * step.scalars[0]
///   }
///   return (layout.packed(moved), [])
/// }
/// ```
///
/// Values that change from step to step (learning rate, bias corrections) are computed on the host
/// in Float64 and passed as an input; they are never constants of the graph.
public protocol GraphOptimizer: Optimizer {
  /// The state tensors for a group of parameters, in the order in which `update` takes them.
  ///
  /// A state has any shape: one element for each parameter, one tensor for each parameter tensor,
  /// or a single number.
  func state(for parameters: FlatParameters) -> [OptimizerState]

  /// The numbers that step `step` (counted from 1) needs; their count is the same at each step.
  func scalars(step: Int, learningRate: Double) -> [Double]

  /// Adds one update to the graph.
  ///
  /// - Returns: The parameters after the step, of the flat type, and the state after the step, in
  ///   the order of `state(for:)`.
  func update(_ step: OptimizerUpdate) -> (parameters: Value, state: [Value])
}

/// An optimizer that treats every element alike.
///
/// Its state has the layout of the parameters, so an update is one pass over memory.
public protocol ElementwiseOptimizer: GraphOptimizer {
  /// The state tensors of each parameter, in the order in which `update` takes them.
  var slots: [OptimizerSlot] { get }

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

extension ElementwiseOptimizer {
  /// A tensor with one element for each parameter, for each slot.
  public func state(for parameters: FlatParameters) -> [OptimizerState] {
    slots.map { OptimizerState($0.name, parameters.type, initial: $0.initial) }
  }

  /// Updates the flat tensor as a whole.
  public func update(_ step: OptimizerUpdate) -> (parameters: Value, state: [Value]) {
    let after = update(
      parameter: step.parameters, gradient: step.gradient, slots: step.state,
      scalars: step.scalars)
    return (after.parameter, after.slots)
  }
}

/// A tensor that an element-wise optimizer keeps for each parameter.
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

/// A tensor that an optimizer keeps from step to step.
public struct OptimizerState: Sendable, Hashable {
  /// Its name in checkpoints, unique among the states of a group: `exp_avg`.
  public let name: String
  /// Its type.
  public let type: TensorType
  /// The initial value of every element.
  public let initial: Double

  /// Creates a state.
  public init(_ name: String, _ type: TensorType, initial: Double = 0) {
    self.name = name
    self.type = type
    self.initial = initial
  }
}

/// What an update computes with.
public struct OptimizerUpdate {
  /// The names, shapes and offsets of the parameters.
  public let layout: FlatParameters
  /// The parameters before the step, flat.
  public let parameters: Value
  /// The gradient, in the same layout; the gaps are zero.
  public let gradient: Value
  /// The state before the step, in the order of `GraphOptimizer.state(for:)`.
  public let state: [Value]
  /// The output of `GraphOptimizer.scalars(step:learningRate:)`, each a scalar of the parameters'
  /// type.
  public let scalars: [Value]

  /// Creates the inputs of an update.
  public init(
    layout: FlatParameters, parameters: Value, gradient: Value, state: [Value], scalars: [Value]
  ) {
    self.layout = layout
    self.parameters = parameters
    self.gradient = gradient
    self.state = state
    self.scalars = scalars
  }
}
