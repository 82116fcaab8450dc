import NNCore
public import NNGraph

/// Concatenates its inputs along an axis; with branches, passes its input to each of them and
/// concatenates their outputs.
///
/// Layer j of branch i has the path `i.j`.
public struct Concat: MultiInputLayer {
  /// The axis to concatenate along; negative axes count from the end.
  public let axis: Int
  /// The layers of each branch; an empty branch returns the input. Without branches the layer
  /// concatenates its inputs.
  public let branches: [[any Layer]]

  /// Creates the layer; axis 1 is the channel axis of images.
  public init(axis: Int = 1, _ branches: [[any Layer]] = []) {
    self.axis = axis
    self.branches = branches
  }

  /// The name in tables and error messages: `Concat`.
  public var description: String { "Concat" }

  /// Adds the branches and the concatenation.
  public func callAsFunction(_ inputs: [Value], in scope: Scope) -> Value {
    var parts = inputs
    if !branches.isEmpty {
      guard inputs.count == 1 else {
        return scope.rejectOption("has branches, so it takes one input, gets \(inputs.count)")
      }
      parts = branches.enumerated().map { index, layers in
        scope.apply(Sequential(layers), to: inputs[0], named: String(index))
      }
    } else if inputs.count < 2 {
      return scope.rejectOption("needs at least one branch, or several inputs")
    }
    if let poisoned = parts.first(where: \.isPoisoned) { return poisoned }
    let first = parts[0].shape
    let axis = axis < 0 ? axis + first.rank : axis
    guard first.dimensions.indices.contains(axis) else {
      return scope.reject(parts[0], expected: "an axis \(self.axis) to concatenate along")
    }
    for part in parts.dropFirst() {
      guard
        part.shape.rank == first.rank, part.shape.replacing(axis: axis, with: first[axis]) == first
      else {
        let what = branches.isEmpty ? "inputs" : "branches"
        return scope.reject(
          part, expected: "\(what) of shape \(scope.batchDescription(first)) up to axis \(axis)")
      }
    }
    return Value.concatenated(parts, axis: axis)
  }
}
