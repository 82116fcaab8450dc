public import NNCore
public import NNGraph

/// An optimizer's update in a graph: its inputs, its variables and their updates.
public struct OptimizerStep {
  /// The name of the input that holds the output of `Optimizer.scalars(step:learningRate:)`.
  public static let scalarsName = "optimizer.scalars"

  /// The new value of each variable: the parameters first, then the slots.
  public let updates: [(variable: Value, value: Value)]

  /// Adds an update to a graph.
  ///
  /// - Parameters:
  ///   - optimizer: The optimizer.
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
  /// The initial slots, by the names of their variables.
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

  /// The value of the input `OptimizerStep.scalarsName` at step `step`, counted from 1.
  public func scalars(step: Int, learningRate: Double, dtype: DType) -> HostTensor {
    let numbers = scalars(step: step, learningRate: learningRate)
    return HostTensor(doubles: numbers, shape: [numbers.count], dtype: dtype)
  }
}

/// The gradient as PyTorch's optimizers use it: negated for `maximize`, then with weight decay.
func prepared(
  _ gradient: Value, parameter: Value, maximize: Bool, weightDecay: Double = 0
) -> Value {
  let signed = maximize ? -gradient : gradient
  return weightDecay == 0 ? signed : signed + parameter * weightDecay
}
