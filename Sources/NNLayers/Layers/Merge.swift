import NNCore
public import NNGraph

/// Combines several inputs of one shape element by element (Keras' `Add`, `Average`, …).
///
/// Shapes may differ where one of them has extent 1, which is broadcast.
public struct Merge: MultiInputLayer {
  /// How elements are combined.
  public enum Operation: String, Sendable, CaseIterable {
    /// x₁ + x₂ + …
    case add
    /// x₁ − x₂; two inputs.
    case subtract
    /// x₁ · x₂ · …
    case multiply
    /// (x₁ + x₂ + …) / n
    case average
    /// The largest.
    case maximum
    /// The smallest.
    case minimum
  }

  /// How elements are combined.
  public let operation: Operation

  /// Creates the layer.
  public init(_ operation: Operation) { self.operation = operation }

  /// The name in tables and error messages: `Add`.
  public var description: String {
    operation.rawValue.prefix(1).uppercased() + operation.rawValue.dropFirst()
  }

  /// Adds the combination of the inputs to the graph.
  public func callAsFunction(_ inputs: [Value], in scope: Scope) -> Value {
    guard let first = inputs.first, inputs.count > 1, operation != .subtract || inputs.count == 2
    else {
      return scope.rejectOption(
        "takes \(operation == .subtract ? "two inputs" : "two inputs or more"), gets "
          + "\(inputs.count)")
    }
    let all = inputs.dropFirst().reduce(first) { left, right in
      guard !left.isPoisoned else { return left }
      guard left.shape.broadcast(with: right.shape) != nil else {
        return scope.reject(
          right, expected: "inputs of the first one's shape \(scope.batchDescription(first.shape))")
      }
      return combined(left, right)
    }
    return operation == .average ? all / Double(inputs.count) : all
  }

  private func combined(_ left: Value, _ right: Value) -> Value {
    switch operation {
    case .add, .average: left + right
    case .subtract: left - right
    case .multiply: left * right
    case .maximum: left.maximum(right)
    case .minimum: left.minimum(right)
    }
  }
}

/// The scalar product of two inputs along an axis (Keras' `Dot`), for similarities.
///
/// Two inputs of one shape; that axis becomes 1. With `normalize` the result is the cosine
/// Σxy / (‖x‖·‖y‖), each norm at least 1e-12.
public struct DotProduct: MultiInputLayer {
  /// The axis of the sum; negative axes count from the end.
  public let axis: Int
  /// Whether inputs are divided by their norms.
  public let normalize: Bool

  /// Creates the layer; by default along the last axis and without norms.
  public init(axis: Int = -1, normalize: Bool = false) {
    self.axis = axis
    self.normalize = normalize
  }

  /// The name in tables and error messages: `DotProduct`.
  public var description: String { "DotProduct" }

  /// Adds the products to the graph.
  public func callAsFunction(_ inputs: [Value], in scope: Scope) -> Value {
    guard inputs.count == 2 else {
      return scope.rejectOption("takes two inputs, gets \(inputs.count)")
    }
    let (left, right) = (inputs[0], inputs[1])
    guard left.shape == right.shape else {
      return scope.reject(
        right, expected: "the first input's shape \(scope.batchDescription(left.shape))")
    }
    let axis = axis < 0 ? axis + left.shape.rank : axis
    guard axis > 0, axis < left.shape.rank else {
      return scope.reject(left, expected: "an axis \(self.axis) other than the batch axis")
    }
    let product = (left * right).sum(axes: [axis], keepDimensions: true)
    guard normalize else { return product }
    func norm(_ value: Value) -> Value {
      value.square().sum(axes: [axis], keepDimensions: true).sqrt().maximum(1e-12)
    }
    return product / (norm(left) * norm(right))
  }
}
