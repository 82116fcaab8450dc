import NNCore
public import NNGraph

/// y = x·Wᵀ + b with the weight of an earlier layer, such as an embedding's table (weight tying).
/// The two share the weight, and its gradient is the sum of both.
///
/// Input [.., features]; the weight [units, features] is `<path>.weight`; bias [units] starts as
/// zeros; output [.., units].
///
/// Source: Press, Wolf, "Using the output embedding to improve language models", 2017.
public struct TiedLinear: Layer {
  /// The path of the layer whose weight is used.
  public let path: String
  /// Whether a bias is added; it is not shared.
  public let bias: Bool

  /// Creates the layer.
  public init(to path: String, bias: Bool = false) {
    self.path = path
    self.bias = bias
  }

  /// The name in tables and error messages: `TiedLinear embedding`.
  public var description: String { "TiedLinear \(path)" }

  /// Adds x·Wᵀ + b to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    let found = scope.builtParameter("\(path).weight")
    if let found, found.isPoisoned { return found }
    guard let weight = found, weight.shape.rank == 2 else {
      return scope.rejectOption("no layer before it is called `\(path)` and has a weight [.., ..]")
    }
    guard input.shape.rank >= 2, input.shape[-1] == weight.shape[1] else {
      return scope.reject(
        input, expected: "\(weight.shape[1]) features, as in `\(path)`, in the last axis")
    }
    let output = input.matMul(weight, transposeB: true)
    guard bias else { return output }
    return output + scope.parameter("bias", [weight.shape[0]], .zeros)
  }
}
