public import NNGraph

/// What a recurrent layer gives of the steps it has taken.
public enum SequenceResult: String, Sendable, CaseIterable {
  /// The output of every step [N, T, outputs]; zeros where a row has ended.
  case all
  /// That of each row's last step [N, outputs]. In both directions it is the last step of the
  /// forward one beside the first of the backward one, each of which has seen the whole row.
  case last
}

/// Where GRU resets its state.
public enum GRUReset: String, Sendable, CaseIterable {
  /// n = tanh(W x + b + r (U h + c)), as cuDNN and PyTorch do.
  case after
  /// n = tanh(W x + b + U (r h) + c), as it was published.
  case before

  var cell: RecurrentCell { self == .after ? .gru : .gruResetBefore }
}

/// The states that a recurrent layer begins with.
public enum RecurrentStart: String, Sendable, CaseIterable {
  /// Zeros.
  case zeros
  /// What the encoder's recurrent layer has ended with: for the decoder of an `EncoderDecoder`. The
  /// first such layer takes the states of the encoder's first one, and so on; layers and units must
  /// be equal.
  case encoder
}

/// The options that `RNN`, `LSTM` and `GRU` share. The defaults are PyTorch's.
public struct RecurrentOptions: Sendable, Hashable {
  /// Units of each layer and direction.
  public var hiddenSize: Int
  /// Layers, each of which reads the outputs of the one before.
  public var layerCount: Int
  /// Whether biases are learnt, one beside each weight.
  public var bias: Bool
  /// The probability of an element to be dropped between two layers, in training.
  public var dropout: Double
  /// Whether a second network reads the steps backwards; its outputs stand beside the first one's.
  public var bidirectional: Bool
  /// What is given of the steps.
  public var returns: SequenceResult
  /// What the states begin with.
  public var start: RecurrentStart

  /// Chooses options.
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

  /// `128`, `2 × 128, both directions`
  var description: String {
    (layerCount > 1 ? "\(layerCount) × " : "") + "\(hiddenSize)"
      + (bidirectional ? ", both directions" : "")
  }
}

/// The states of a recurrent layer: [layers · directions, N, outputs], directions side by side within
/// a layer, and for LSTM its cells [layers · directions, N, units].
public struct RecurrentState {
  /// h
  public let hidden: Value
  /// c; nil but for LSTM.
  public let cell: Value?

  /// Puts a state together.
  public init(hidden: Value, cell: Value? = nil) {
    self.hidden = hidden
    self.cell = cell
  }
}
