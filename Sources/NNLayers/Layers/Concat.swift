import NNCore
public import NNGraph

/// Passes its input to several branches and concatenates their outputs along an axis.
///
/// Layer j of branch i has the path `i.j`.
public struct Concat: Layer {
  /// The axis to concatenate along; negative axes count from the end.
  public let axis: Int
  /// The layers of each branch; an empty branch returns the input.
  public let branches: [[any Layer]]

  /// Creates the layer; axis 1 is the channel axis of images.
  public init(axis: Int = 1, _ branches: [[any Layer]]) {
    self.axis = axis
    self.branches = branches
  }

  /// The name in tables and error messages: `Concat`.
  public var description: String { "Concat" }

  /// Adds the branches and the concatenation.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard !branches.isEmpty else { return scope.rejectOption("needs at least one branch") }
    let outputs = branches.enumerated().map { index, layers in
      scope.apply(Sequential(layers), to: input, named: String(index))
    }
    if let poisoned = outputs.first(where: \.isPoisoned) { return poisoned }
    let first = outputs[0].shape
    let axis = axis < 0 ? axis + first.rank : axis
    guard first.dimensions.indices.contains(axis) else {
      return scope.reject(outputs[0], expected: "an axis \(self.axis) to concatenate along")
    }
    for output in outputs.dropFirst() {
      guard
        output.shape.rank == first.rank,
        output.shape.replacing(axis: axis, with: first[axis]) == first
      else {
        return scope.reject(
          output,
          expected: "branches of shape \(scope.batchDescription(first)) up to axis \(axis)")
      }
    }
    return Value.concatenated(outputs, axis: axis)
  }
}
