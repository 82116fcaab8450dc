public import NNCore

/// A figure about predictions, gathered batch by batch.
///
/// A value type: a copy starts where the original stands; a fresh one starts empty.
public protocol Metric: Sendable {
  /// The name as in a config file and in tables: `accuracy`.
  var name: String { get }

  /// Whether larger figures are better.
  var isHigherBetter: Bool { get }

  /// The figure over all batches so far; NaN before the first example.
  var value: Double { get }

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - output: What the network gave, examples along the first axis.
  ///   - target: What was right.
  /// - Throws: `NNError` when the two do not fit each other.
  mutating func update(output: HostTensor, target: HostTensor) throws(NNError)

  /// Forgets all batches.
  mutating func reset()
}

extension Metric {
  /// Throws unless output and target have one shape.
  func checkSameShape(_ output: HostTensor, _ target: HostTensor) throws(NNError) {
    guard output.shape == target.shape else {
      throw .invalid(
        "metric \(name) takes targets of the output's shape \(output.shape), gets \(target.shape)")
    }
  }
}
