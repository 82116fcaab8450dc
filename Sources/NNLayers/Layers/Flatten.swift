import NNCore
public import NNGraph

/// Flattens adjacent axes into one (PyTorch's `Flatten`).
///
/// Input [N, C, H, W]; output [N, C·H·W] by default.
public struct Flatten: Layer {
  /// The first axis to flatten; negative axes count from the end.
  public let startDim: Int
  /// The last axis to flatten.
  public let endDim: Int

  /// Creates the layer; by default every axis but the first is flattened.
  public init(startDim: Int = 1, endDim: Int = -1) {
    self.startDim = startDim
    self.endDim = endDim
  }

  /// The name in tables and error messages: `Flatten`.
  public var description: String { "Flatten" }
  /// The values of the input.
  public var result: LayerResult { .input }

  /// Adds the view to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    let rank = input.shape.rank
    let first = startDim < 0 ? startDim + rank : startDim
    let last = endDim < 0 ? endDim + rank : endDim
    guard first >= 0, first <= last, last < rank else {
      return scope.reject(input, expected: "axes \(startDim)…\(endDim)")
    }
    let dimensions = input.shape.dimensions
    let joined = dimensions[first...last].saturatingProduct
    return input.reshaped(
      to: Shape(dimensions[..<first] + [joined] + dimensions[(last + 1)...]))
  }
}
