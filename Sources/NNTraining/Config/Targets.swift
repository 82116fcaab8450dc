import NNMetrics

/// What a network is trained to predict.
enum PredictionKind: String {
  case classes
  case numbers

  /// The metrics for it, for messages.
  var metrics: String {
    Registry.metrics.names.filter { ComponentConfig(kind: $0).metricTarget == self }
      .joined(separator: ", ")
  }
}

extension ComponentConfig {
  /// The kind of predictions of a loss; nil if it is for classes and numbers alike.
  var lossTarget: PredictionKind? {
    switch kind {
    case "cross_entropy", "nll", "bce", "bce_with_logits": .classes
    case "l1", "smooth_l1", "huber": .numbers
    default: nil
    }
  }

  /// The kind of predictions of a metric.
  var metricTarget: PredictionKind {
    ["mae", "rmse", "r2", "nmse"].contains(kind) ? .numbers : .classes
  }

  /// The figure of a metric, such as `accuracy` or `top_5`; nil for a metric that is a table or is
  /// measured by translating.
  package var figure: String? {
    guard kind != "confusion_matrix", let metric else { return nil }
    let (output, target) = tensors
    return TensorMetric(metric, output: output, target: target).name
  }

  /// The names of the output and the target that a metric is measured on; nil for the main ones.
  var tensors: (output: String?, target: String?) {
    func name(_ option: String) -> String? {
      if case .string(let name) = self[option] { name } else { nil }
    }
    return (name("output"), name("target"))
  }

  /// Whether a greater value of a metric is better.
  package var increases: Bool { metric?.isHigherBetter ?? false }

  /// Whether this is a metric that is measured by translating.
  var isTranslationScore: Bool { TranslationScore.Figure(rawValue: kind) != nil }

  private var metric: (any Metric)? {
    guard case .output(let metric) = try? Registry.metrics.build(self) else { return nil }
    return metric
  }
}
