extension Registry where Product == Void {
  /// The metrics.
  package static let metrics = Registry(
    "metric", example: "`accuracy` or `top_k: 5`",
    [
      Row("accuracy") { _ in {} },
      Row("top_k") { options in
        let k = options.value("k", .wholeNumber(1...), default: 5)
        return { _ = k }
      },
      Row("confusion_matrix") { _ in {} },
      Row("mae") { _ in {} },
      Row("rmse") { _ in {} },
      Row("r2") { _ in {} },
    ])
}
