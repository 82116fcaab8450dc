import NNKernels

/// What a recurrent network computes at each step from its input's part of the gates, x, and its
/// state h; U is the hidden weight, σ the sigmoid.
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
  /// form of cuDNN and PyTorch, which resets after the product.
  case gru
  /// The same with n = tanh(x + U (r h)), as it was published.
  case gruResetBefore

  /// Gates, each as wide as the state.
  public var gateCount: Int {
    switch self {
    case .tanh, .relu: 1
    case .lstm: 4
    case .gru, .gruResetBefore: 3
    }
  }

  var isLSTM: Bool { self == .lstm }
  var isGRU: Bool { self == .gru || self == .gruResetBefore }

  /// The cell as the loops name it.
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
