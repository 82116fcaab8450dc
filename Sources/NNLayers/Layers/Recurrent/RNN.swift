public import NNGraph

/// The Elman network h = ρ(W x + b + U h + c) (PyTorch's `RNN`), where ρ is tanh or ReLU.
///
/// Input [N, T, features]; output [N, T, units · directions], or [N, units · directions] of the
/// last step. Parameters `weight_ih_l0` [units, features], `weight_hh_l0` [units, units],
/// `bias_ih_l0`, `bias_hh_l0` [units], with further layers at `_l1` … and the backward direction at
/// `_reverse`; all start uniform in ±1/√units.
///
/// Source: Elman, "Finding structure in time", Cognitive Science 1990.
public struct RNN: Layer {
  /// The activation ρ.
  public enum Nonlinearity: String, Sendable, CaseIterable {
    /// The hyperbolic tangent.
    case tanh
    /// max(·, 0)
    case relu
  }

  /// The sizes and the other options that recurrent layers share.
  public let options: RecurrentOptions
  /// The activation ρ.
  public let nonlinearity: Nonlinearity

  /// Creates the layer; the defaults are PyTorch's.
  public init(
    _ hiddenSize: Int, layers: Int = 1, nonlinearity: Nonlinearity = .tanh, bias: Bool = true,
    dropout: Double = 0, bidirectional: Bool = false, returns: SequenceResult = .all,
    start: RecurrentStart = .zeros
  ) {
    self.init(
      RecurrentOptions(
        hiddenSize: hiddenSize, layerCount: layers, bias: bias, dropout: dropout,
        bidirectional: bidirectional, returns: returns, start: start), nonlinearity: nonlinearity)
  }

  /// Creates the layer from its options.
  public init(_ options: RecurrentOptions, nonlinearity: Nonlinearity = .tanh) {
    self.options = options
    self.nonlinearity = nonlinearity
  }

  /// The name in tables and error messages: `RNN 128`.
  public var description: String { "RNN \(options.description)" }

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
    RecurrentStack(cell: nonlinearity == .tanh ? .tanh : .relu, options: options)
      .run(input, initial: initial, lengths: lengths, in: scope)
  }
}
