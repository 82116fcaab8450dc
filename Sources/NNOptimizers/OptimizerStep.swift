public import NNCore
public import NNGraph

/// An optimizer's step in a graph: its inputs, its variables and what they become.
public struct OptimizerStep {
  /// The name of the input that holds what `Optimizer.scalars(step:learningRate:)` gives.
  public static let scalarsName = "optimizer.scalars"

  /// What each variable becomes: the parameters first, then the slots.
  public let updates: [(variable: Value, value: Value)]

  /// Adds a step to a graph.
  ///
  /// - Parameters:
  ///   - optimizer: The rule.
  ///   - parameters: The variable with all parameters.
  ///   - gradient: Its gradient, of the same shape.
  public init(_ optimizer: any Optimizer, parameters: Value, gradient: Value) {
    let graph = parameters.graph
    let count = optimizer.scalars(step: 1, learningRate: optimizer.learningRate).count
    let fed = graph.input(Self.scalarsName, TensorType([count], parameters.dtype))
    let scalars = (0..<count).map { fed.slice(at: $0, shape: []) }
    let slots = optimizer.slots.map {
      graph.variable(Self.variableName(of: $0), parameters.type)
    }
    let after = optimizer.update(
      parameter: parameters, gradient: gradient, slots: slots, scalars: scalars)
    updates = [(parameters, after.parameter)] + zip(slots, after.slots).map { ($0, $1) }
  }

  /// The name of a slot's variable.
  public static func variableName(of slot: OptimizerSlot) -> String { "optimizer.\(slot.name)" }
}

extension Optimizer {
  /// The slots before the first step, by the names of their variables.
  public func initialVariables(_ type: TensorType) -> [String: HostTensor] {
    var variables: [String: HostTensor] = [:]
    for slot in slots {
      variables[OptimizerStep.variableName(of: slot)] =
        slot.initial == 0
        ? HostTensor(zeros: type.shape, dtype: type.dtype)
        : HostTensor(
          doubles: [Double](repeating: slot.initial, count: type.shape.elementCount),
          shape: type.shape, dtype: type.dtype)
    }
    return variables
  }

  /// The input `OptimizerStep.scalarsName` of step `step`, counted from 1.
  public func scalars(step: Int, learningRate: Double, dtype: DType) -> HostTensor {
    let numbers = scalars(step: step, learningRate: learningRate)
    return HostTensor(doubles: numbers, shape: [numbers.count], dtype: dtype)
  }
}

/// What PyTorch's optimizers do to a gradient first: its sign for `maximize`, then weight decay.
func prepared(
  _ gradient: Value, parameter: Value, maximize: Bool, weightDecay: Double = 0
) -> Value {
  let signed = maximize ? -gradient : gradient
  return weightDecay == 0 ? signed : signed + parameter * weightDecay
}
