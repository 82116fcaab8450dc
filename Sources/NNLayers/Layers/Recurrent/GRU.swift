public import NNGraph

/// Gated recurrent units (PyTorch's `GRU`): with r and z two parts of σ(W x + b + U h + c),
/// h = (1 − z) n + z h, where n = tanh(W x + b + r (U h + c)), or with r h inside the product.
///
/// Input [N, T, features]; output [N, T, units · directions], or [N, units · directions] of the last
/// step. Parameters `weight_ih_l0` [3 units, features], `weight_hh_l0` [3 units, units],
/// `bias_ih_l0`, `bias_hh_l0` [3 units], in the order r, z, n, with further layers at `_l1` … and the
/// backward direction at `_reverse`; all start uniform in ±1/√units.
///
/// Source: Cho et al., "Learning phrase representations using RNN encoder–decoder for statistical
/// machine translation", EMNLP 2014.
public struct GRU: Layer {
  /// Sizes and what else recurrent layers share.
  public let options: RecurrentOptions
  /// Whether r multiplies the product of the state, or the state itself.
  public let reset: GRUReset

  /// Creates the layer; the defaults are PyTorch's.
  public init(
    _ hiddenSize: Int, layers: Int = 1, bias: Bool = true, dropout: Double = 0,
    bidirectional: Bool = false, reset: GRUReset = .after, returns: SequenceResult = .all, start: RecurrentStart = .zeros
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

  /// `GRU 128`
  public var description: String { "GRU \(options.description)" }

  /// Adds the network. In the mode `generation` its states last from step to step.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    self(input, initial: nil, in: scope).output
  }

  /// Adds the network and gives its last states, too.
  ///
  /// - Parameters:
  ///   - input: [N, T, features]
  ///   - initial: The states to begin with; zeros where nil.
  ///   - lengths: int32 [N], the steps of each row; the scope's where nil.
  ///   - scope: Where the parameters come from.
  public func callAsFunction(
    _ input: Value, initial: RecurrentState?, lengths: Value? = nil, in scope: Scope
  ) -> (output: Value, state: RecurrentState) {
    RecurrentStack(cell: reset.cell, options: options)
      .run(input, initial: initial, lengths: lengths, in: scope)
  }
}
