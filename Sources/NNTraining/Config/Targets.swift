import NNCore
import NNData
import NNLosses
import NNMetrics

extension PredictionKind {
  /// The metrics for it, for messages.
  var metrics: String {
    Registry.metrics.names.filter { ComponentConfig(kind: $0).metricPredictions == self }
      .joined(separator: ", ")
  }
}

/// Facts about a loss or metric, as the component that a config describes states them.
extension ComponentConfig {
  /// What a loss trains a network to predict; nil if it is for classes and numbers alike.
  var lossPredictions: PredictionKind? {
    (try? Registry.losses.build(self)).flatMap { $0.predictions }
  }

  /// What a network must predict for a metric; nil for anything.
  var metricPredictions: PredictionKind? {
    switch try? Registry.metrics.build(self) {
    case .output(let metric)?: metric.subject?.predictions
    case .translation?: .classes
    case nil: nil
    }
  }

  /// The figure of a metric, such as `accuracy` or `top_5`; nil for a metric that is a table or is
  /// measured by translating.
  package var figure: String? { metric.flatMap { $0.isTable ? nil : $0.name } }

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

  /// The metric of the outputs and targets that its options name; nil for one that is measured by
  /// translating.
  var metric: (any Metric)? {
    guard case .output(let metric) = try? Registry.metrics.build(self) else { return nil }
    let (output, target) = tensors
    return TensorMetric(metric, output: output, target: target)
  }

  /// What a network trained on a data source is used for.
  var use: DataUse? { (try? Registry.sources.build(self))?.use }

  /// Why a metric cannot measure outputs of a kind, as a part of a sentence that ends with the
  /// loss; nil if it can.
  func mismatch(with output: OutputKind) -> (message: String, hint: String)? {
    switch metric?.subject {
    case .rankedClasses where output.isBinary:
      let others = Registry.metrics.names.filter {
        [.classes, .binaryLabels].contains(ComponentConfig(kind: $0).metric?.subject)
      }
      return (
        "ranks classes, of which each example has one; outputs are independent binary labels under",
        "metrics for it: \(others.joined(separator: ", "))"
      )
    case .binaryLabels where !output.isBinary:
      return (
        "counts examples whose binary labels are all correct; outputs are not binary labels under",
        "use accuracy, or the loss bce_with_logits"
      )
    default: return nil
    }
  }
}

extension Config {
  /// A figure of a run in words, and whether it is a share of examples, which is shown in percent.
  ///
  /// - Parameter name: As in `metrics.csv` without its prefix, or in `test.json`: `top_5`.
  package func title(ofFigure name: String) -> (text: String, isShare: Bool) {
    if name == "loss" { return ("loss (\(MetricFigure.words(loss.kind)))", false) }
    if let score = TranslationScore.Figure(rawValue: name) { return (score.title, false) }
    let metric = metrics.lazy.compactMap(\.metric).first { $0.name == name }
    return metric.map { ($0.title, $0.isShare) } ?? (MetricFigure.words(name), false)
  }
}
