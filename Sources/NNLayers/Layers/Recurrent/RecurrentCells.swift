public import NNGraph

/// One step of an Elman network, for custom loops (PyTorch's `RNNCell`).
///
/// Create it once in a scope and call it for each step. It consists of ordinary values, so higher
/// derivatives are available, too.
public struct RNNCell {
  private let weights: RecurrentWeights

  /// Declares the parameters `weight_ih` [units, features], `weight_hh` [units, units], `bias_ih`,
  /// `bias_hh` [units] in a scope.
  public init(
    _ hiddenSize: Int, inputs: Int, nonlinearity: RNN.Nonlinearity = .tanh, bias: Bool = true,
    in scope: Scope
  ) {
    weights = RecurrentWeights(
      nonlinearity == .tanh ? .tanh : .relu, inputs: inputs, units: hiddenSize, bias: bias,
      suffix: "", in: scope)
  }

  /// Returns the state [N, units] after a step with input [N, features].
  public func callAsFunction(_ input: Value, hidden: Value) -> Value {
    weights.step(input, hidden: hidden, cell: nil).hidden
  }
}

/// One step of long short-term memory, for custom loops (PyTorch's `LSTMCell`).
public struct LSTMCell {
  private let weights: RecurrentWeights

  /// Declares the parameters `weight_ih` [4 units, features], `weight_hh` [4 units, units],
  /// `bias_ih`, `bias_hh` [4 units] in a scope.
  public init(_ hiddenSize: Int, inputs: Int, bias: Bool = true, in scope: Scope) {
    weights = RecurrentWeights(
      .lstm, inputs: inputs, units: hiddenSize, bias: bias, suffix: "", in: scope)
  }

  /// Returns state and cell [N, units] after a step with input [N, features].
  public func callAsFunction(
    _ input: Value, hidden: Value, cell: Value
  ) -> (hidden: Value, cell: Value) {
    let next = weights.step(input, hidden: hidden, cell: cell)
    return (next.hidden, next.cell ?? next.hidden)
  }
}

/// One step of gated recurrent units, for custom loops (PyTorch's `GRUCell`).
public struct GRUCell {
  private let weights: RecurrentWeights

  /// Declares the parameters `weight_ih` [3 units, features], `weight_hh` [3 units, units],
  /// `bias_ih`, `bias_hh` [3 units] in a scope.
  public init(
    _ hiddenSize: Int, inputs: Int, bias: Bool = true, reset: GRUReset = .after, in scope: Scope
  ) {
    weights = RecurrentWeights(
      reset.cell, inputs: inputs, units: hiddenSize, bias: bias, suffix: "", in: scope)
  }

  /// Returns the state [N, units] after a step with input [N, features].
  public func callAsFunction(_ input: Value, hidden: Value) -> Value {
    weights.step(input, hidden: hidden, cell: nil).hidden
  }
}
