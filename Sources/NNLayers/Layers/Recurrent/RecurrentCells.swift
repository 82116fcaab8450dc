public import NNGraph

/// One step of a plain recurrent network, for loops written by hand (PyTorch's `RNNCell`).
///
/// Made once in a scope, it is called as often as there are steps. It consists of ordinary values,
/// so gradients of gradients are there, too.
public struct RNNCell {
  private let weights: RecurrentWeights

  /// Takes parameters `weight_ih` [units, features], `weight_hh` [units, units], `bias_ih`, `bias_hh`
  /// [units] from a scope.
  public init(
    _ hiddenSize: Int, inputs: Int, nonlinearity: RNN.Nonlinearity = .tanh, bias: Bool = true,
    in scope: Scope
  ) {
    weights = RecurrentWeights(
      nonlinearity == .tanh ? .tanh : .relu, inputs: inputs, units: hiddenSize, bias: bias,
      suffix: "", in: scope)
  }

  /// The state [N, units] after a step of input [N, features].
  public func callAsFunction(_ input: Value, hidden: Value) -> Value {
    weights.step(input, hidden: hidden, cell: nil).hidden
  }
}

/// One step of long short-term memory, for loops written by hand (PyTorch's `LSTMCell`).
public struct LSTMCell {
  private let weights: RecurrentWeights

  /// Takes parameters `weight_ih` [4 units, features], `weight_hh` [4 units, units], `bias_ih`,
  /// `bias_hh` [4 units] from a scope.
  public init(_ hiddenSize: Int, inputs: Int, bias: Bool = true, in scope: Scope) {
    weights = RecurrentWeights(
      .lstm, inputs: inputs, units: hiddenSize, bias: bias, suffix: "", in: scope)
  }

  /// State and cell [N, units] after a step of input [N, features].
  public func callAsFunction(
    _ input: Value, hidden: Value, cell: Value
  ) -> (hidden: Value, cell: Value) {
    let next = weights.step(input, hidden: hidden, cell: cell)
    return (next.hidden, next.cell ?? next.hidden)
  }
}

/// One step of gated recurrent units, for loops written by hand (PyTorch's `GRUCell`).
public struct GRUCell {
  private let weights: RecurrentWeights

  /// Takes parameters `weight_ih` [3 units, features], `weight_hh` [3 units, units], `bias_ih`,
  /// `bias_hh` [3 units] from a scope.
  public init(
    _ hiddenSize: Int, inputs: Int, bias: Bool = true, reset: GRUReset = .after, in scope: Scope
  ) {
    weights = RecurrentWeights(
      reset.cell, inputs: inputs, units: hiddenSize, bias: bias, suffix: "", in: scope)
  }

  /// The state [N, units] after a step of input [N, features].
  public func callAsFunction(_ input: Value, hidden: Value) -> Value {
    weights.step(input, hidden: hidden, cell: nil).hidden
  }
}
