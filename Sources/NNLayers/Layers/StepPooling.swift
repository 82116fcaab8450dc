import NNCore
public import NNGraph

/// One vector for each sequence: the mean, sum or maximum of its valid steps, as PyTorch's
/// `EmbeddingBag` makes of the vectors of tokens.
///
/// Input [N, T, features]; output [N, features]. Steps past a sequence's length do not count; without
/// lengths all steps do.
public struct StepPooling: Layer {
  /// What is computed of the steps.
  public enum Mode: String, Sendable, CaseIterable {
    /// Σₜ xₜ ÷ length
    case mean
    /// Σₜ xₜ
    case sum
    /// The largest xₜ of each feature.
    case max
  }

  /// What is computed of the steps.
  public let mode: Mode

  /// Creates the layer; by default the mean.
  public init(_ mode: Mode = .mean) { self.mode = mode }

  /// The name in tables and error messages: `StepPooling mean`.
  public var description: String { "StepPooling \(mode.rawValue)" }

  /// Adds the pooling to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard input.shape.rank == 3, input.shape[1] > 0 else {
      return scope.reject(
        input, expected: "3 axes [N, steps, features]",
        hint: input.shape.rank == 2 ? "add an embedding before tokens" : nil)
    }
    guard scope.mode != .generation else {
      return scope.rejectOption(
        "combines all steps of a sequence, so it cannot run step by step; generation needs layers "
          + "with one output per step")
    }
    guard let lengths = scope.lengths else {
      return switch mode {
      case .mean: input.mean(axes: [1])
      case .sum: input.sum(axes: [1])
      case .max: input.max(axes: [1])
      }
    }
    let (rows, steps) = (input.shape[0], input.shape[1])
    let counts = lengths.converted(to: input.dtype)
    let positions = scope.graph.constant(
      HostTensor(doubles: (0..<steps).map(Double.init), shape: [1, steps, 1], dtype: input.dtype))
    let isValid = counts.reshaped(to: [rows, 1, 1]).isGreater(than: positions)
    switch mode {
    case .mean:
      return isValid.select(input, 0).sum(axes: [1]) / counts.reshaped(to: [rows, 1])
    case .sum: return isValid.select(input, 0).sum(axes: [1])
    case .max:
      let least =
        input.dtype == .float32
        ? -Double(Float.greatestFiniteMagnitude) : -Double.greatestFiniteMagnitude
      return isValid.select(input, least).max(axes: [1])
    }
  }
}
