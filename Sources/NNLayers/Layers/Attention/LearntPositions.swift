import NNCore
public import NNGraph

/// Adds a learnt vector to each position.
///
/// Input and output [N, T, C] with T up to `maxLength`; weight [`maxLength`, C], normal with mean 0
/// and deviation 1 at the start, as an `Embedding` of positions.
public struct LearntPositions: Layer {
  /// The number of positions.
  public let maxLength: Int
  let weightInitializer: Initializer

  /// Creates the layer.
  public init(_ maxLength: Int, weightInitializer: Initializer = .normal()) {
    self.maxLength = maxLength
    self.weightInitializer = weightInitializer
  }

  /// `LearntPositions 128`
  public var description: String { "LearntPositions \(maxLength)" }

  /// Adds the vectors.
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
        "knows \(maxLength) positions, and sequences may have \(context) steps")
    }
    let weight = scope.parameter("weight", [maxLength, width], weightInitializer)
    // Reading the length says that sequences end.
    if let positions = scope.positions, scope.contextLength != nil {
      return input + weight.takeRows(positions)
    }
    return input
      + weight.reshaped(to: [weight.shape.elementCount]).slice(at: 0, shape: [steps, width])
  }
}
