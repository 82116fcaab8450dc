import NNCore
import NNGraph

/// The catalogue's row for an op.
struct OpRow: Sendable, CustomStringConvertible {
  /// The Swift type of the op.
  let typeName: String
  /// Valid inputs.
  let samples: [OpSample]
  /// Input types that the shape rule must reject.
  let refusals: [[TensorType]]
  /// Valid inputs of the op that must reject them.
  let refusing: OpSample?
  /// How many times the op can be differentiated; 2 means any number.
  private(set) var derivatives = 2

  /// Creates a row.
  ///
  /// - Parameters:
  ///   - typeName: The Swift type of the op.
  ///   - samples: Valid inputs.
  ///   - refusals: Input types that the shape rule must reject.
  ///   - refusing: A sample of the op, with its attributes, that must reject them; the first sample
  ///     by default.
  init(
    _ typeName: String, _ samples: [OpSample], refuses refusals: [[TensorType]],
    by refusing: OpSample? = nil
  ) {
    self.typeName = typeName
    self.samples = samples
    self.refusals = refusals
    self.refusing = refusing ?? samples.first
  }

  /// The same row for an op whose gradient is not its derivative.
  var withoutGradient: OpRow { differentiable(times: 0) }

  /// The same row for an op that can be differentiated this many times.
  func differentiable(times derivatives: Int) -> OpRow {
    var row = self
    row.derivatives = derivatives
    return row
  }

  /// The error for these inputs; nil if they are valid.
  func refusal(_ types: [TensorType]) -> OpError? {
    guard let op = refusing?.op else { return nil }
    do throws(OpError) {
      _ = try op.inferTypes(types)
      return nil
    } catch {
      return error
    }
  }

  var description: String { typeName }
}
