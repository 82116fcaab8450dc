import NNCore
public import NNGraph

/// Gives its input to several branches and joins their outputs along an axis.
///
/// Layer j of branch i stands at `i.j` in the path.
public struct Concat: Layer {
  /// The axis to join along; negative axes count from the end.
  public let axis: Int
  /// The layers of each branch; an empty branch passes the input through.
  public let branches: [[any Layer]]

  /// Creates the layer; axis 1 holds the channels of pictures.
  public init(axis: Int = 1, _ branches: [[any Layer]]) {
    self.axis = axis
    self.branches = branches
  }

  /// `Concat`
  public var description: String { "Concat" }

  /// Adds the branches and the joined tensor.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard !branches.isEmpty else { return scope.rejectOption("needs at least one branch") }
    let outputs = branches.enumerated().map { index, layers in
      scope.apply(Sequential(layers), to: input, named: String(index))
    }
    if let poisoned = outputs.first(where: \.isPoisoned) { return poisoned }
    let first = outputs[0].shape
    let axis = axis < 0 ? axis + first.rank : axis
    guard first.dimensions.indices.contains(axis) else {
      return scope.reject(outputs[0], expected: "an axis \(self.axis) to join along")
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
