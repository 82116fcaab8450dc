import NNKernels

/// The formulas of a recurrent step. x is the input's part of the gates, h the state, U the hidden
/// weight, σ the sigmoid.
public enum RecurrentCell: String, Hashable, Sendable, CaseIterable {
  /// h = tanh(x + U h)
  case tanh
  /// h = max(x + U h, 0)
  case relu
  /// i, f, g, o = x + U h; c = σ(f) c + σ(i) tanh(g); h = σ(o) tanh(c)
  ///
  /// Source: Hochreiter, Schmidhuber, "Long short-term memory", 1997, with the forget gate of Gers,
  /// Schmidhuber, Cummins, 2000.
  case lstm
  /// r, z = σ(x + U h); n = tanh(x + r (U h + b)); h = (1 − z) n + z h
  ///
  /// Source: Cho et al., "Learning phrase representations using RNN encoder–decoder", 2014, in the
  /// variant of cuDNN and PyTorch, which resets after the matrix product.
  case gru
  /// The same with n = tanh(x + U (r h)), as in the original paper.
  case gruResetBefore

  /// The number of gates, each of as many elements as there are units.
  public var gateCount: Int {
    switch self {
    case .tanh, .relu: 1
    case .lstm: 4
    case .gru, .gruResetBefore: 3
    }
  }

  package var isLSTM: Bool { self == .lstm }
  var isGRU: Bool { self == .gru || self == .gruResetBefore }

  /// The constant of the C loops.
  var loopName: nn_cell {
    switch self {
    case .tanh: NN_CELL_TANH
    case .relu: NN_CELL_RELU
    case .lstm: NN_CELL_LSTM
    case .gru: NN_CELL_GRU
    case .gruResetBefore: NN_CELL_GRU_RESET_BEFORE
    }
  }
}
