public import NNCore
public import NNGraph

/// An optimizer's update in a graph: its inputs, its variables and their updates.
public struct OptimizerStep {
  /// The name of the input that holds the output of `GraphOptimizer.scalars(step:learningRate:)`.
  public static let scalarsName = scalarsName(group: nil)

  /// The new value of each variable: the parameters first, then the state.
  public let updates: [(variable: Value, value: Value)]

  /// Adds an update of one parameter tensor of any shape to a graph; the state is flat.
  ///
  /// - Parameters:
  ///   - optimizer: The optimizer.
  ///   - parameters: The variable with all parameters.
  ///   - gradient: Its gradient, of the same shape.
  public init(_ optimizer: any GraphOptimizer, parameters: Value, gradient: Value) {
    self.init(
      optimizer, layout: FlatParameters(parameters.type), parameters: parameters,
      gradient: gradient.flat)
  }

  /// Adds an update of a group of parameters to a graph.
  ///
  /// - Parameters:
  ///   - optimizer: The optimizer.
  ///   - layout: The parameters of the group.
  ///   - group: What distinguishes the names of the group's inputs and variables; nil for none.
  ///   - parameters: The variable that holds the parameters, flat.
  ///   - gradient: Their gradient in the same layout.
  public init(
    _ optimizer: any GraphOptimizer, layout: FlatParameters, group: String? = nil,
    parameters: Value, gradient: Value
  ) {
    let graph = parameters.graph
    let count = optimizer.scalars(step: 1, learningRate: optimizer.learningRate).count
    let fed = graph.input(Self.scalarsName(group: group), TensorType([count], parameters.dtype))
    let scalars = (0..<count).map { fed.slice(at: $0, shape: []) }
    let state = optimizer.state(for: layout).map {
      graph.variable(Self.variableName(of: $0.name, group: group), $0.type)
    }
    let after = optimizer.update(
      OptimizerUpdate(
        layout: layout, parameters: parameters.flat, gradient: gradient, state: state,
        scalars: scalars))
    let new =
      parameters.shape.rank == 1
      ? after.parameters : after.parameters.reshaped(to: parameters.shape)
    updates = [(parameters, new)] + zip(state, after.state).map { ($0, $1) }
  }

  /// The name of a slot's variable.
  public static func variableName(of slot: OptimizerSlot) -> String {
    variableName(of: slot.name, group: nil)
  }

  /// The name of the variable of a state tensor: `optimizer.exp_avg`, with a group
  /// `optimizer.1.exp_avg`.
  public static func variableName(of state: String, group: String?) -> String {
    "optimizer.\(group.map { "\($0)." } ?? "")\(state)"
  }

  /// The name of the input that holds the numbers of a step of a group.
  public static func scalarsName(group: String?) -> String {
    variableName(of: "scalars", group: group)
  }
}

extension GraphOptimizer {
  /// The initial state for parameters of one type, by the names of its variables.
  public func initialVariables(_ type: TensorType) -> [String: HostTensor] {
    initialVariables(FlatParameters(type))
  }

  /// The initial state for a group of parameters, by the names of its variables.
  public func initialVariables(
    _ parameters: FlatParameters, group: String? = nil
  ) -> [String: HostTensor] {
    var variables: [String: HostTensor] = [:]
    for state in state(for: parameters) {
      let (shape, dtype) = (state.type.shape, state.type.dtype)
      variables[OptimizerStep.variableName(of: state.name, group: group)] =
        state.initial == 0
        ? HostTensor(zeros: shape, dtype: dtype)
        : HostTensor(
          doubles: [Double](repeating: state.initial, count: shape.elementCount), shape: shape,
          dtype: dtype)
    }
    return variables
  }

  /// The value of the input `OptimizerStep.scalarsName` at step `step`, counted from 1.
  public func scalars(step: Int, learningRate: Double, dtype: DType) -> HostTensor {
    let numbers = scalars(step: step, learningRate: learningRate)
    return HostTensor(doubles: numbers, shape: [numbers.count], dtype: dtype)
  }
}

extension Value {
  /// The elements in one axis.
  fileprivate var flat: Value {
    shape.rank == 1 ? self : reshaped(to: [shape.elementCount])
  }
}

/// The gradient as PyTorch's optimizers use it: negated for `maximize`, then with weight decay.
func prepared(
  _ gradient: Value, parameter: Value, maximize: Bool, weightDecay: Double = 0
) -> Value {
  let signed = maximize ? -gradient : gradient
  return weightDecay == 0 ? signed : signed + parameter * weightDecay
}
