import NNCore
public import NNGraph

/// Reshapes each example (PyTorch's `Unflatten` of all axes but the batch axis).
public struct Reshape: Layer {
  /// The shape of one example; one extent may be −1, inferred from the others.
  public let shape: [Int]

  /// Creates the layer from the shape of one example, without the batch axis.
  public init(_ shape: [Int]) { self.shape = shape }

  /// The name in tables and error messages: `Reshape [1, 28, 28]`.
  public var description: String { "Reshape \(shape)" }
  /// The values of the input.
  public var result: LayerResult { .input }

  /// Adds the view to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard shape.allSatisfy({ $0 > 0 || $0 == -1 }), shape.count(where: { $0 == -1 }) <= 1 else {
      return scope.rejectOption("needs positive extents, one of which may be -1, got \(shape)")
    }
    guard input.shape.rank >= 1 else { return scope.reject(input, expected: "a batch axis") }
    let elements = input.shape.dimensions.dropFirst().saturatingProduct
    let known = shape.filter { $0 != -1 }.saturatingProduct
    guard shape.contains(-1) ? elements % known == 0 : elements == known else {
      return scope.reject(
        input, expected: "examples of \(shape.contains(-1) ? "a multiple of " : "")\(known) numbers"
      )
    }
    let extents = shape.map { $0 == -1 ? elements / known : $0 }
    return input.reshaped(to: Shape([input.shape[0]] + extents))
  }
}
