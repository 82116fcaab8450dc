import NNCore
public import NNGraph

/// Adds a learnt vector to each position.
///
/// Input and output [N, T, C] with T up to `maxLength`; weight [`maxLength`, C], initially normal
/// with mean 0 and standard deviation 1, as an `Embedding` of positions.
public struct LearntPositions: Layer {
  /// The number of positions.
  public let maxLength: Int
  let weightInitializer: Initializer

  /// Creates the layer.
  public init(_ maxLength: Int, weightInitializer: Initializer = .normal()) {
    self.maxLength = maxLength
    self.weightInitializer = weightInitializer
  }

  /// The name in tables and error messages: `LearntPositions 128`.
  public var description: String { "LearntPositions \(maxLength)" }

  /// Adds the vectors to the input.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard maxLength > 0 else {
      return scope.rejectOption("needs at least one position, got \(maxLength)")
    }
    guard input.shape.rank == 3, input.dtype.isFloatingPoint else {
      return scope.reject(input, expected: "3 axes [N, steps, features]")
    }
    let (steps, width) = (input.shape[1], input.shape[2])
    guard steps <= maxLength else {
      return scope.reject(input, expected: "at most \(maxLength) steps")
    }
    if scope.position != nil, let context = scope.contextLength, context > maxLength {
      return scope.rejectOption(
        "has \(maxLength) positions, but sequences may have \(context) steps")
    }
    let weight = scope.parameter("weight", [maxLength, width], weightInitializer)
    // Reading the context length also marks sequences as limited.
    if let positions = scope.positions, scope.contextLength != nil {
      return input + weight.gatherRows(positions)
    }
    return input
      + weight.reshaped(to: [weight.shape.elementCount]).slice(at: 0, shape: [steps, width])
  }
}
