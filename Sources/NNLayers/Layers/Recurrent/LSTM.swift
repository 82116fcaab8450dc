public import NNGraph

/// Long short-term memory (PyTorch's `LSTM`): with i, f, g, o the four parts of W x + b + U h + c,
/// the cell becomes σ(f) cell + σ(i) tanh(g), and h = σ(o) tanh(cell).
///
/// Input [N, T, features]; output [N, T, outputs · directions], or [N, outputs · directions] of the
/// last step, where outputs is the number of units or the projection size. Parameters
/// `weight_ih_l0` [4 units, features], `weight_hh_l0` [4 units, outputs], `bias_ih_l0`,
/// `bias_hh_l0` [4 units] and, with a projection, `weight_hr_l0` [outputs, units]; further layers
/// at `_l1` … and the backward direction at `_reverse`; all start uniform in ±1/√units.
///
/// Source: Hochreiter, Schmidhuber, "Long short-term memory", Neural Computation 1997; projections:
/// Sak, Senior, Beaufays, "Long short-term memory based recurrent neural network architectures for
/// large vocabulary speech recognition", 2014.
public struct LSTM: Layer {
  /// The sizes and the other options that recurrent layers share.
  public let options: RecurrentOptions
  /// The size that h is projected to; nil without a projection.
  public let projectionSize: Int?

  /// Creates the layer; the defaults are PyTorch's.
  public init(
    _ hiddenSize: Int, layers: Int = 1, bias: Bool = true, dropout: Double = 0,
    bidirectional: Bool = false, projectionSize: Int? = nil, returns: SequenceResult = .all,
    start: RecurrentStart = .zeros
  ) {
    self.init(
      RecurrentOptions(
        hiddenSize: hiddenSize, layerCount: layers, bias: bias, dropout: dropout,
        bidirectional: bidirectional, returns: returns, start: start),
      projectionSize: projectionSize)
  }

  /// Creates the layer from its options.
  public init(_ options: RecurrentOptions, projectionSize: Int? = nil) {
    self.options = options
    self.projectionSize = projectionSize
  }

  /// The name in tables and error messages: `LSTM 128`.
  public var description: String {
    "LSTM \(options.description)" + (projectionSize.map { ", projected onto \($0)" } ?? "")
  }

  /// Adds the network to the graph. In the mode `generation` its states are kept between steps.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    self(input, initial: nil, in: scope).output
  }

  /// Adds the network and returns its final states and cells, too.
  ///
  /// - Parameters:
  ///   - input: [N, T, features]
  ///   - initial: The initial states and cells; nil for zeros.
  ///   - lengths: int32 [N], the length of each sequence; nil for the scope's.
  ///   - scope: The source of the parameters.
  public func callAsFunction(
    _ input: Value, initial: RecurrentState?, lengths: Value? = nil, in scope: Scope
  ) -> (output: Value, state: RecurrentState) {
    RecurrentStack(cell: .lstm, options: options, projected: projectionSize)
      .run(input, initial: initial, lengths: lengths, in: scope)
  }
}
