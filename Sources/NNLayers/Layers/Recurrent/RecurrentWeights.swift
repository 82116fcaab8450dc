import NNCore
import NNGraph

/// The parameters of one layer and direction of a recurrent network, with PyTorch's names,
/// initially uniform in ±1/√units.
struct RecurrentWeights {
  let cell: RecurrentCell
  private let input: Value
  private let hidden: Value
  private let inputBias: Value?
  private let hiddenBias: Value?
  private let projection: Value?
  private let units: Int

  /// - Parameters:
  ///   - inputs: The number of features of a step.
  ///   - projected: The projection size of h; nil without a projection.
  ///   - suffix: The suffix of the parameters' names: `_l0_reverse`.
  init(
    _ cell: RecurrentCell, inputs: Int, units: Int, projected: Int? = nil, bias: Bool,
    suffix: String, in scope: Scope
  ) {
    self.cell = cell
    self.units = units
    let wide = cell.gateCount * units
    let fan = Fan(inputs: units, outputs: units)
    func parameter(_ name: String, _ shape: Shape) -> Value {
      scope.parameter(name + suffix, shape, .layerDefault, fan: fan)
    }
    input = parameter("weight_ih", [wide, inputs])
    hidden = parameter("weight_hh", [wide, projected ?? units])
    inputBias = bias ? parameter("bias_ih", [wide]) : nil
    hiddenBias = bias ? parameter("bias_hh", [wide]) : nil
    projection = projected.map { parameter("weight_hr", [$0, units]) }
  }

  /// Runs all steps [T, N, features].
  func run(
    _ steps: Value, initial: (hidden: Value, cell: Value?)?, lengths: Value?, isReversed: Bool
  ) -> RecurrentResult {
    steps.recurrent(
      cell, inputWeight: input, bias: outerBias, hiddenWeight: hidden,
      hiddenBias: cell == .gru ? hiddenBias.map(newPart) : nil,
      projection: projection, initial: initial, lengths: lengths, isReversed: isReversed)
  }

  /// Runs one step [N, features] with ordinary ops, which have derivatives of any order.
  func step(
    _ input: Value, hidden state: Value, cell memory: Value?
  ) -> (hidden: Value, cell: Value?) {
    let product = input.matMul(self.input, transposeB: true)
    let x = outerBias.map { product + $0 } ?? product
    func gate(_ value: Value, _ index: Int) -> Value {
      value.narrowed(to: index * units..<(index + 1) * units, axis: -1)
    }
    guard !x.isPoisoned, !state.isPoisoned else { return (x, x) }
    switch cell {
    case .tanh: return ((x + state.matMul(hidden, transposeB: true)).tanh(), nil)
    case .relu: return ((x + state.matMul(hidden, transposeB: true)).relu(), nil)
    case .lstm:
      let gates = x + state.matMul(hidden, transposeB: true)
      let fresh = gate(gates, 0).sigmoid() * gate(gates, 2).tanh()
      let kept = memory.map { gate(gates, 1).sigmoid() * $0 + fresh } ?? fresh
      return (gate(gates, 3).sigmoid() * kept.tanh(), kept)
    case .gru:
      let product = state.matMul(hidden, transposeB: true)
      let r = (gate(x, 0) + gate(product, 0)).sigmoid()
      let z = (gate(x, 1) + gate(product, 1)).sigmoid()
      let inner = hiddenBias.map { gate(product, 2) + newPart($0) } ?? gate(product, 2)
      let n = (gate(x, 2) + r * inner).tanh()
      return (n + z * (state - n), nil)
    case .gruResetBefore:
      let both = hidden.narrowed(to: 0..<2 * units, axis: 0)
      let product = state.matMul(both, transposeB: true)
      let r = (gate(x, 0) + gate(product, 0)).sigmoid()
      let z = (gate(x, 1) + gate(product, 1)).sigmoid()
      let n = (gate(x, 2) + (r * state).matMul(newPart(hidden), transposeB: true)).tanh()
      return (n + z * (state - n), nil)
    }
  }

  /// The biases that are added to the gates outside the reset.
  private var outerBias: Value? {
    guard let inputBias, let hiddenBias else { return nil }
    guard cell == .gru else { return inputBias + hiddenBias }
    // The last third is added inside, where r multiplies it.
    let outer = hiddenBias.narrowed(to: 0..<2 * units, axis: 0)
    let type = TensorType([units], hiddenBias.dtype)
    let nothing = hiddenBias.graph.constant(type) {
      HostTensor(zeros: type.shape, dtype: type.dtype)
    }
    return inputBias + .concatenated([outer, nothing], axis: 0)
  }

  /// The part that belongs to GRU's n.
  private func newPart(_ value: Value) -> Value {
    value.narrowed(to: 2 * units..<3 * units, axis: 0)
  }
}
