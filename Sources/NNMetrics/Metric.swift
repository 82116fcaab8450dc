public import NNCore

/// A metric of predictions, accumulated batch by batch.
///
/// A value type: a copy has the state of the original and is independent of it.
public protocol Metric: Sendable {
  /// The name in configs and tables: `accuracy`.
  var name: String { get }

  /// Whether larger values are better.
  var isHigherBetter: Bool { get }

  /// The predictions that the metric measures; nil (default) for any.
  var subject: MetricSubject? { get }

  /// The name in prose: `mean absolute error`; by default `name` as words.
  var title: String { get }

  /// Whether the value is a share of examples, which is shown in percent; false by default.
  var isShare: Bool { get }

  /// Whether the metric is a table, whose value is no figure of a run; false by default.
  var isTable: Bool { get }

  /// The value over all batches so far; NaN before the first example.
  var value: Double { get }

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - output: The network's output, with examples along the first axis.
  ///   - target: The targets.
  /// - Throws: `NNError` on a shape mismatch.
  mutating func update(output: HostTensor, target: HostTensor) throws(NNError)

  /// Resets to the state before the first batch.
  mutating func reset()
}

extension Metric {
  /// nil: any predictions.
  public var subject: MetricSubject? { nil }
  /// The name as words.
  public var title: String { MetricFigure.words(name) }
  /// false: a number.
  public var isShare: Bool { false }
  /// false: a figure.
  public var isTable: Bool { false }

  /// Throws unless output and target have the same shape.
  func checkSameShape(_ output: HostTensor, _ target: HostTensor) throws(NNError) {
    guard output.shape == target.shape else {
      throw .invalid(
        "metric \(name) takes targets of the output's shape \(output.shape), gets \(target.shape)")
    }
  }
}
