public import NNCore

/// A metric of a certain output of a network and a certain target of its data.
///
/// Its name is that of the metric with the output's: `accuracy_digit`.
public struct TensorMetric: Metric {
  /// The metric.
  public private(set) var metric: any Metric
  /// The names of the output and the target; nil for the main one.
  public let tensors: (output: String?, target: String?)

  /// Creates a metric of an output and a target.
  public init(_ metric: any Metric, output: String?, target: String?) {
    self.metric = metric
    tensors = (output, target)
  }

  /// The metric's name with that of the output, or of the target without one.
  public var name: String {
    ([metric.name] + [tensors.output ?? tensors.target].compactMap(\.self)).joined(separator: "_")
  }
  /// As for the metric.
  public var isHigherBetter: Bool { metric.isHigherBetter }
  /// As for the metric.
  public var subject: MetricSubject? { metric.subject }
  /// The metric's title with the name of the output, or of the target without one.
  public var title: String {
    [metric.title, tensors.output ?? tensors.target].compactMap(\.self).joined(separator: " of ")
  }
  /// As for the metric.
  public var isShare: Bool { metric.isShare }
  /// As for the metric.
  public var isTable: Bool { metric.isTable }
  /// The metric's value.
  public var value: Double { metric.value }

  /// Adds a batch to the metric.
  public mutating func update(output: HostTensor, target: HostTensor) throws(NNError) {
    try metric.update(output: output, target: target)
  }

  /// Resets the metric.
  public mutating func reset() { metric.reset() }
}
