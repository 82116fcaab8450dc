import NNCore
import NNGraph

/// The activation between the two linear layers of a transformer's feed-forward network.
public enum TransformerActivation: String, Sendable, CaseIterable {
  /// max(x, 0)
  case relu
  /// x·Φ(x), exact.
  case gelu
  /// x·Φ(x) with PyTorch's tanh approximation.
  case geluTanh = "gelu_tanh"

  /// Applies the activation.
  func callAsFunction(_ value: Value) -> Value {
    switch self {
    case .relu: value.relu()
    case .gelu: value.gelu()
    case .geluTanh: value.gelu(approximation: .tanh)
    }
  }
}

/// The options that encoder and decoder layers of a transformer share; the defaults are PyTorch's.
public struct TransformerOptions: Sendable, Hashable {
  /// The number of heads.
  public var numHeads: Int
  /// The width of the feed-forward network.
  public var dimFeedforward: Int
  /// The dropout probability, everywhere in the layer.
  public var dropout: Double
  /// The activation between the linear layers.
  public var activation: TransformerActivation
  /// ε of layer normalisation.
  public var layerNormEps: Double
  /// Whether normalisation comes before each sublayer (pre-norm) rather than after the sum
  /// (post-norm).
  public var normFirst: Bool
  /// Whether linear layers and normalisations have biases.
  public var bias: Bool
  /// Whether later steps are masked.
  public var isCausal: Bool
  /// Rotary position embedding of queries and keys of self-attention; nil for none.
  public var rotary: RotaryPositions?

  /// Creates the options.
  public init(
    numHeads: Int, dimFeedforward: Int = 2048, dropout: Double = 0.1,
    activation: TransformerActivation = .relu, layerNormEps: Double = 1e-5,
    normFirst: Bool = false, bias: Bool = true, isCausal: Bool = false,
    rotary: RotaryPositions? = nil
  ) {
    self.numHeads = numHeads
    self.dimFeedforward = dimFeedforward
    self.dropout = dropout
    self.activation = activation
    self.layerNormEps = layerNormEps
    self.normFirst = normFirst
    self.bias = bias
    self.isCausal = isCausal
    self.rotary = rotary
  }
}

/// Builds the sublayers of a transformer layer one after another, each with normalisation before it
/// or after the sum.
struct TransformerBlock {
  let options: TransformerOptions
  let scope: Scope
  private var norms = 0
  private(set) var value: Value

  init(_ options: TransformerOptions, _ value: Value, in scope: Scope) {
    self.options = options
    self.value = value
    self.scope = scope
  }

  /// Adds value + part(value), with the next normalisation before the part or after the sum.
  mutating func add(_ part: (Value) -> Value) {
    guard !value.isPoisoned else { return }
    norms += 1
    let norm = LayerNorm(epsilon: options.layerNormEps, bias: options.bias)
    func normalised(_ value: Value) -> Value { scope.apply(norm, to: value, named: "norm\(norms)") }
    let branch = dropped(part(options.normFirst ? normalised(value) : value))
    let sum = branch.isPoisoned ? branch : value + branch
    value = options.normFirst ? sum : normalised(sum)
  }

  /// Adds attention under a name.
  mutating func addAttention(_ attention: MultiheadAttention, named name: String) {
    let scope = scope
    add { scope.apply(attention, to: $0, named: name) }
  }

  /// Adds linear2(dropout(activation(linear1(value)))).
  mutating func addFeedForward() {
    let width = value.isPoisoned ? 1 : value.shape[-1]
    let (options, scope) = (options, scope)
    add { value in
      let first = Dense(options.dimFeedforward, bias: options.bias)
      let inner = scope.apply(first, to: value, named: "linear1")
      guard !inner.isPoisoned else { return inner }
      return scope.apply(
        Dense(width, bias: options.bias),
        to: Self.dropped(options.activation(inner), options, scope), named: "linear2")
    }
  }

  private func dropped(_ value: Value) -> Value { Self.dropped(value, options, scope) }

  private static func dropped(
    _ value: Value, _ options: TransformerOptions, _ scope: Scope
  ) -> Value {
    value.isPoisoned ? value : Dropout(options.dropout)(value, in: scope)
  }
}
