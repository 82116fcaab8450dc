import NNCore
import NNData
import NNLosses
import NNMetrics

extension Config {
  /// The figures that a run computes after every epoch, in the order of their columns in
  /// `metrics.csv`: `train_loss`, `val_loss` if there is validation, each metric that is a number; after a loss
  /// each of its parts if there are several.
  ///
  /// Metrics are computed on the validation data, or on the training data if there are none; the
  /// prefix of their names shows which: `val_accuracy` or `train_accuracy`.
  public var figures: [String] {
    (["train_loss"] + (data.validation == nil ? [] : ["val_loss"])).flatMap { loss in
      [loss] + lossNames.map { "\(loss)_\($0)" }
    } + metricFigures
  }

  /// The figures that are metrics.
  package var metricFigures: [String] { metrics.compactMap(\.figure).map(figure(ofMetric:)) }

  /// The name of a metric's figure in a run: `val_accuracy` for `accuracy`.
  package func figure(ofMetric name: String) -> String {
    MetricFigure.name(of: name, onValidation: data.validation != nil)
  }

  /// The full name of a figure, as in `figures`: a metric's name may lack its prefix, as in the
  /// tables of older versions. Nil for a figure that the run does not compute.
  package func figure(named name: String) -> String? {
    if figures.contains(name) { return name }
    let full = figure(ofMetric: name)
    return metricFigures.contains(full) ? full : nil
  }

  /// The figure by which epochs are compared: that of early stopping, otherwise `val_loss`, or
  /// `train_loss` without validation.
  public var monitor: String {
    let monitored = earlyStopping?.monitor ?? (data.validation == nil ? "train_loss" : "val_loss")
    return figure(named: monitored) ?? monitored
  }

  /// Whether a greater value of `monitor` is better, as for accuracy.
  public var monitorIncreases: Bool { isGreaterBetter(monitor) }

  /// Whether a greater value of a figure is better, by its name in `metrics.csv` or `test.json`.
  package func isGreaterBetter(_ name: String) -> Bool {
    metrics.contains { metric in
      if let figure = metric.figure {
        metric.increases && [figure, self.figure(ofMetric: figure)].contains(name)
      } else {
        metric.isTranslationScore && metric.kind == name
      }
    }
  }

  /// Settings that are allowed but probably mistakes.
  public var warnings: [String] {
    var warnings: [String] = []
    if let warning = outputWarning { warnings.append(warning) }
    if data.shuffle == false, data.dropLast, epochs > 1 {
      warnings.append(
        "data: with `drop_last` and without `shuffle` the last rows are never trained on")
    }
    if data.test == nil, let score = metrics.first(where: \.isTranslationScore) {
      warnings.append(
        "metrics: `\(score.kind)` is measured on test data, and `data` names none; "
          + "nntrain evaluate --data accepts a source")
    }
    return warnings
  }

  /// Reports incompatible sections.
  func checkSections(against root: ConfigNode, problems: ConfigProblems) {
    if model.isEmpty, let node = root["model"] {
      problems.report("`model` has no layers", at: node.position)
    }
    checkTargetScale(root, problems)
    checkMonitor(root, problems)
    checkMetrics(root, problems)
    checkUpdates(root, problems)
    checkAdversarialTraining(root, problems)
    checkAugmentations(root, problems)
  }

  private func checkTargetScale(_ root: ConfigNode, _ problems: ConfigProblems) {
    guard data.normalizeTarget != .none, let node = root["data"]?["normalize_target"] else {
      return
    }
    if lossOutput != .numbers {
      problems.report(
        "`normalize_target` scales numbers to be predicted, and the loss `\(loss.kind)` takes "
          + "\(loss.lossPredictions == .classes ? "classes" : "probabilities")", at: node.position,
        hint: "leave it out, or use a loss such as mse")
    }
  }

  private func checkMonitor(_ root: ConfigNode, _ problems: ConfigProblems) {
    guard let stopping = earlyStopping, let node = root["early_stopping"] else { return }
    let position = (node["monitor"] ?? node).position
    if data.validation == nil, stopping.monitor.hasPrefix("val_") {
      problems.report(
        "early stopping monitors `\(stopping.monitor)`, and there is no validation", at: position,
        hint: "add `validation: {split: 0.1}` to `data`")
    } else if let score = metrics.first(where: {
      $0.isTranslationScore && [$0.kind, "val_\($0.kind)"].contains(stopping.monitor)
    }) {
      problems.report(
        "early stopping monitors `\(score.kind)`, which is measured on the test data once the run "
          + "has ended", at: position, hint: "figures: \(figures.joined(separator: ", "))")
    } else if figure(named: stopping.monitor) == nil {
      problems.report(
        "early stopping monitors `\(stopping.monitor)`, which is not computed", at: position,
        hint: Suggestion.nearest(to: stopping.monitor, in: metrics.compactMap(\.figure))
          .map { "did you mean `\($0)`?" }
          ?? Suggestion.hint(for: stopping.monitor, in: figures, plural: "figures"))
    }
  }

  private func checkMetrics(_ root: ConfigNode, _ problems: ConfigProblems) {
    guard let node = root["metrics"] else { return }
    var seen: Set<String> = []
    for (index, metric) in metrics.enumerated() {
      let position = (node.items?[index] ?? node).position
      let tensors = [metric.tensors.output, metric.tensors.target].compactMap(\.self)
      if !seen.insert(metric.figure ?? "\([metric.kind] + tensors)").inserted {
        problems.report("the metric `\(metric.kind)` is listed twice", at: position)
      }
      if metric.isTranslationScore {
        for source in [data.train, data.test?.source].compactMap(\.self)
        where source.use != .translation {
          problems.report(
            "the metric `\(metric.kind)` is measured by translating, and `\(source.kind)` holds no "
              + "pairs of texts", at: position,
            hint: "use a source such as {pairs: sentences.tsv}, or leave the metric out")
        }
        if testIsHeldOut {
          problems.report(
            "the metric `\(metric.kind)` is measured by translating a whole source, and the test rows "
              + "are a part of one", at: position,
            hint: "name a source in `data.test`, or leave the metric out")
        }
      }
      if let reason = mismatch(of: metric) {
        problems.report(reason.message, at: position, hint: reason.hint)
      }
    }
  }

  /// Why a metric cannot measure the outputs of the config's network; nil if it can.
  func mismatch(of metric: ComponentConfig) -> (message: String, hint: String)? {
    let loss = loss(ofOutput: metric.tensors.output).component
    let built = try? Registry.losses.build(loss)
    let output = built?.output ?? .numbers
    if metric.metric?.subject == .quantiles, let built, built.quantiles == nil {
      return (
        "the metric `\(metric.kind)` measures quantiles, and the loss `\(loss.kind)` predicts none",
        "use the loss `quantile`, or leave the metric out"
      )
    }
    if let reason = metric.mismatch(with: output) {
      return ("the metric `\(metric.kind)` \(reason.message) `\(loss.kind)`", reason.hint)
    }
    guard let given = loss.lossPredictions, let needed = metric.metricPredictions, given != needed
    else { return nil }
    return (
      "the metric `\(metric.kind)` needs \(needed.rawValue), and the loss `\(loss.kind)` has "
        + given.rawValue, "metrics for \(given.rawValue): \(given.metrics)"
    )
  }
}
