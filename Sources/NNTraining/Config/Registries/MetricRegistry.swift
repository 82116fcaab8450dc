package import NNMetrics

extension Registry where Product == any Metric {
  /// The metrics.
  package static let metrics = Registry(
    "metric", example: "`accuracy` or `top_k: 5`",
    [
      Row("accuracy") { options in
        let ignoreIndex = options.value("ignore_index", .wholeNumber, default: -100)
        return { Accuracy(ignoreIndex: ignoreIndex) }
      },
      Row("top_k") { options in
        let k = options.value("k", .wholeNumber(1...), default: 5)
        let ignoreIndex = options.value("ignore_index", .wholeNumber, default: -100)
        return { TopK(k: k, ignoreIndex: ignoreIndex) }
      },
      Row("confusion_matrix") { options in
        let ignoreIndex = options.value("ignore_index", .wholeNumber, default: -100)
        return { ConfusionMatrix(ignoreIndex: ignoreIndex) }
      },
      Row("mae") { _ in { MeanAbsoluteError() } },
      Row("rmse") { _ in { RootMeanSquaredError() } },
      Row("r2") { _ in { R2() } },
    ])
}
