import NNCore
public import NNGraph

/// y = x·Wᵀ + b (PyTorch's `Linear`).
///
/// `units` defaults to the vocabulary size: one score for each possible next token.
///
/// Input [N, features] or [N, T, features]; weight [`units`, features], bias [`units`]; output
/// [N, `units`] or [N, T, `units`]. Weight and bias start uniform in ±1/√features.
///
/// PyTorch accepts any number of axes. Images [N, C, H, W] are rejected here: after a convolution
/// they nearly always mean that `Flatten` is missing.
public struct Dense: Layer {
  /// The number of outputs; nil for the vocabulary size.
  public let units: Int?
  /// Whether a bias is added.
  public let bias: Bool
  let weightInitializer: Initializer
  let biasInitializer: Initializer

  /// Creates a dense layer.
  public init(
    _ units: Int?, bias: Bool = true, weightInitializer: Initializer = .layerDefault,
    biasInitializer: Initializer = .layerDefault
  ) {
    self.units = units
    self.bias = bias
    self.weightInitializer = weightInitializer
    self.biasInitializer = biasInitializer
  }

  /// The name in tables and error messages: `Dense 128`.
  public var description: String { "Dense \(units.map(String.init) ?? "vocabulary")" }

  /// Adds x·Wᵀ + b to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard let units = units ?? scope.outputVocabularySize else {
      return scope.rejectOption(
        "has an output for each token of the vocabulary, and the data have none")
    }
    guard units > 0 else { return scope.rejectOption("needs at least one unit, got \(units)") }
    guard input.shape.rank == 2 || input.shape.rank == 3 else {
      return scope.reject(
        input, expected: "2 axes [N, features]",
        hint: input.shape.rank > 3 ? "add Flatten" : "add an axis for the batch")
    }
    let features = input.shape[-1]
    guard features > 0 else { return scope.reject(input, expected: "at least one feature") }
    let weight = scope.parameter("weight", [units, features], weightInitializer)
    let output = input.matMul(weight, transposeB: true)
    guard bias else { return output }
    let fan = Fan(weightShape: [units, features])
    return output + scope.parameter("bias", [units], biasInitializer, fan: fan)
  }
}
