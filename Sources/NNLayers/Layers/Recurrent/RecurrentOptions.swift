public import NNGraph

/// The steps that a recurrent layer returns.
public enum SequenceResult: String, Sendable, CaseIterable {
  /// The output of every step [N, T, outputs]; zeros past a sequence's length.
  case all
  /// The output of each sequence's last step [N, outputs]. A bidirectional layer concatenates the
  /// last step of the forward direction and the first step of the backward direction, each of which
  /// has seen the whole sequence.
  case last
}

/// Where a GRU applies its reset gate.
public enum GRUReset: String, Sendable, CaseIterable {
  /// n = tanh(W x + b + r (U h + c)), as cuDNN and PyTorch do.
  case after
  /// n = tanh(W x + b + U (r h) + c), as published.
  case before

  var cell: RecurrentCell { self == .after ? .gru : .gruResetBefore }
}

/// The initial states of a recurrent layer.
public enum RecurrentStart: String, Sendable, CaseIterable {
  /// Zeros.
  case zeros
  /// The final states of the encoder's recurrent layer, for the decoder of an `EncoderDecoder`. The
  /// decoder's first such layer takes the states of the encoder's first one, and so on; layer
  /// counts and units must be equal.
  case encoder
}

/// The options that `RNN`, `LSTM` and `GRU` share. The defaults are PyTorch's.
public struct RecurrentOptions: Sendable, Hashable {
  /// The number of units of each layer and direction.
  public var hiddenSize: Int
  /// The number of stacked layers.
  public var layerCount: Int
  /// Whether biases are trained, one with each weight.
  public var bias: Bool
  /// The dropout probability between layers, in training.
  public var dropout: Double
  /// Whether a second network reads the steps backwards; the outputs of both are concatenated.
  public var bidirectional: Bool
  /// The steps that are returned.
  public var returns: SequenceResult
  /// The initial states.
  public var start: RecurrentStart

  /// Creates the options.
  public init(
    hiddenSize: Int, layerCount: Int = 1, bias: Bool = true, dropout: Double = 0,
    bidirectional: Bool = false, returns: SequenceResult = .all, start: RecurrentStart = .zeros
  ) {
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.bias = bias
    self.dropout = dropout
    self.bidirectional = bidirectional
    self.returns = returns
    self.start = start
  }

  var directions: Int { bidirectional ? 2 : 1 }

  /// For example `128` or `2 × 128, both directions`.
  var description: String {
    (layerCount > 1 ? "\(layerCount) × " : "") + "\(hiddenSize)"
      + (bidirectional ? ", both directions" : "")
  }
}

/// The states of a recurrent layer: [layers · directions, N, outputs], the directions of a layer
/// adjacent, and for LSTM its cells [layers · directions, N, units].
public struct RecurrentState {
  /// The hidden state h.
  public let hidden: Value
  /// The cell state c; nil except for LSTM.
  public let cell: Value?

  /// Creates a state.
  public init(hidden: Value, cell: Value? = nil) {
    self.hidden = hidden
    self.cell = cell
  }

  /// The hidden state, and the cell state for LSTM.
  var parts: [Value] { [hidden] + (cell.map { [$0] } ?? []) }

  /// The state of such parts; nil without parts.
  init?(_ parts: [Value]) {
    guard let hidden = parts.first else { return nil }
    self.init(hidden: hidden, cell: parts.dropFirst().first)
  }
}
