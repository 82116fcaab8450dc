public import NNGraph

/// Sets each element to 0 with probability p while training, and scales the others by 1/(1 − p)
/// (inverted dropout; PyTorch's `Dropout`). Does nothing in evaluation mode.
///
/// Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting",
/// JMLR 2014.
public struct Dropout: Layer {
  /// The probability of dropping an element, 0…1.
  public let probability: Double

  /// Creates the layer.
  public init(_ probability: Double = 0.5) { self.probability = probability }

  /// The name in tables and error messages: `Dropout 0.5`.
  public var description: String { "Dropout \(probability)" }
  /// The values of the input, in evaluation.
  public var result: LayerResult { .input }

  /// Adds the dropout mask in training mode.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard (0...1).contains(probability) else {
      return scope.rejectOption("needs a probability in 0…1, got \(probability)")
    }
    guard scope.mode == .training, probability > 0 else { return input }
    // 1/(1 − p) is infinite here, and every element is dropped.
    guard probability < 1 else { return input * 0 }
    let uniform = scope.randomUniform(input.shape)
    let threshold = scope.graph.constant(probability, dtype: input.dtype)
    return input * (uniform.isAtLeast(threshold) * (1 / (1 - probability)))
  }
}
