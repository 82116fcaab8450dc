public import NNGraph

/// Gated recurrent units (PyTorch's `GRU`): with the gates r, z = σ(W x + b + U h + c),
/// h = (1 − z) n + z h, where n = tanh(W x + b + r (U h + c)), or tanh(W x + b + U (r h) + c).
///
/// Input [N, T, features]; output [N, T, units · directions], or [N, units · directions] of the
/// last step. Parameters `weight_ih_l0` [3 units, features], `weight_hh_l0` [3 units, units],
/// `bias_ih_l0`, `bias_hh_l0` [3 units], in the order r, z, n, further layers at `_l1` … and the
/// backward direction at `_reverse`; all start uniform in ±1/√units.
///
/// Source: Cho et al., "Learning phrase representations using RNN encoder–decoder for statistical
/// machine translation", EMNLP 2014.
public struct GRU: Layer {
  /// The sizes and the other options that recurrent layers share.
  public let options: RecurrentOptions
  /// Whether r multiplies U h + c (after the matrix product) or h (before it).
  public let reset: GRUReset

  /// Creates the layer; the defaults are PyTorch's.
  public init(
    _ hiddenSize: Int, layers: Int = 1, bias: Bool = true, dropout: Double = 0,
    bidirectional: Bool = false, reset: GRUReset = .after, returns: SequenceResult = .all,
    start: RecurrentStart = .zeros
  ) {
    self.init(
      RecurrentOptions(
        hiddenSize: hiddenSize, layerCount: layers, bias: bias, dropout: dropout,
        bidirectional: bidirectional, returns: returns, start: start), reset: reset)
  }

  /// Creates the layer from its options.
  public init(_ options: RecurrentOptions, reset: GRUReset = .after) {
    self.options = options
    self.reset = reset
  }

  /// The name in tables and error messages: `GRU 128`.
  public var description: String { "GRU \(options.description)" }

  /// Adds the network to the graph. In the mode `generation` its states are kept between steps.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    self(input, initial: nil, in: scope).output
  }

  /// Adds the network and returns its final states, too.
  ///
  /// - Parameters:
  ///   - input: [N, T, features]
  ///   - initial: The initial states; nil for zeros.
  ///   - lengths: int32 [N], the length of each sequence; nil for the scope's.
  ///   - scope: The source of the parameters.
  public func callAsFunction(
    _ input: Value, initial: RecurrentState?, lengths: Value? = nil, in scope: Scope
  ) -> (output: Value, state: RecurrentState) {
    RecurrentStack(cell: reset.cell, options: options)
      .run(input, initial: initial, lengths: lengths, in: scope)
  }
}
